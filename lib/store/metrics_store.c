/* SPDX-License-Identifier: Apache-2.0 */
#include "store/metrics_store.h"

#include "gen/metrics_sql.h"

enum errc metrics_store_figures(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	return pg_exec(db, a, &sql_metrics_figures, &args, out, e);
}
