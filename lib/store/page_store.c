/* SPDX-License-Identifier: Apache-2.0 */
#include "store/page_store.h"

#include "gen/page_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, out, e);
}

static enum errc found(enum errc rc, struct pg_result *const *r, const char *thing,
    struct err *e)
{
	if (rc == E_OK && pg_len(*r) == 0)
		return err_set(e, E_NOTFOUND, "%s not found", thing);
	return rc;
}

enum errc page_store_printers(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	return pg_exec(db, a, &sql_page_printers, &args, out, e);
}

enum errc page_store_printer(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return found(by_id(db, a, &sql_page_printer, id, out, e), out, "Printer", e);
}

enum errc page_store_printer_jobs(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_page_printer_jobs, printer, out, e);
}

enum errc page_store_commands(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_page_commands, printer, out, e);
}

enum errc page_store_jobs(struct pg *db, struct arena *a, const int64_t window[2],
    struct list *out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return list_exec(db, a, &sql_page_jobs, &args, out, e);
}

enum errc page_store_job(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e)
{
	return found(by_id(db, a, &sql_page_job, id, out, e), out, "Job", e);
}

enum errc page_store_events(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_page_job_events, job, out, e);
}
