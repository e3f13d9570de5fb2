/* SPDX-License-Identifier: Apache-2.0 */
#include "store/demo_store.h"

#include "gen/demo_sql.h"

enum errc demo_store_enter(struct pg *db, struct arena *a, struct err *e)
{
	return pg_exec(db, a, &sql_demo_enter, NULL, NULL, e);
}

enum errc demo_store_status(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	enum errc rc = pg_exec(db, a, &sql_demo_status, NULL, out, e);

	return rc == E_OK && pg_len(*out) == 0 ? err_set(e, E_NOTFOUND, "Printer not found") : rc;
}

enum errc demo_store_prints(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	return pg_exec(db, a, &sql_demo_prints, NULL, out, e);
}

enum errc demo_store_totals(struct pg *db, struct arena *a, int days, struct pg_result **out,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, days);
	return pg_exec(db, a, &sql_demo_totals, &args, out, e);
}
