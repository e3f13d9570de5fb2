/* SPDX-License-Identifier: Apache-2.0 */
#include "store/shape_store.h"

#include "gen/shape_sql.h"

enum errc shape_store_columns(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	return pg_exec(db, a, &sql_shape_columns, &args, out, e);
}
