/* SPDX-License-Identifier: Apache-2.0 */
#include "store/setting_store.h"

#include "gen/setting_sql.h"

enum errc setting_store_list(struct pg *db, struct arena *a, const char *category,
    const int64_t window[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, category);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_setting_list, &args, out, e);
}

enum errc setting_store_put(struct pg *db, struct arena *a, const char *list,
    bool of_installation, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, list);
	pg_bool(&args, of_installation);
	return pg_exec(db, a, &sql_setting_put, &args, NULL, e);
}
