/* SPDX-License-Identifier: Apache-2.0 */
#include "store/status_store.h"

#include "gen/status_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc status_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_status_row, id, out, e);
}

enum errc status_store_latest(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e)
{
	enum errc rc = by_id(db, a, &sql_status_latest, printer, out, e);

	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "No status found");
	return rc;
}

enum errc status_store_history(struct pg *db, struct arena *a, const char *printer,
    const int64_t window[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, printer);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_status_history, &args, out, e);
}

enum errc status_store_insert(struct pg *db, struct arena *a, const struct status_new *s,
    const char **id, bool *alarming, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, s->printer);
	pg_text(&args, s->json);
	rc = pg_exec(db, a, &sql_status_insert, &args, &r, e);
	if (rc != E_OK)
		return rc;
	*id = pg_get(r, 0, "id");
	*alarming = pg_get_bool(r, 0, "alarming");
	pg_args_init(&args, a);
	pg_text(&args, *id);
	pg_bool(&args, s->gives_job);
	return pg_exec(db, a, &sql_status_printer, &args, NULL, e);
}

enum errc status_store_alert(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_status_alert, id, NULL, e);
}

enum errc status_store_job(struct pg *db, struct arena *a, const char *id,
    struct status_job *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_status_job, id, &r, e);

	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Print job not found");
	if (rc == E_OK)
		*out = (struct status_job){ .id = pg_get(r, 0, "id"), .status = pg_get(r, 0, "status"),
			.printer = pg_get(r, 0, "printer_id"), .plates = pg_get_int(r, 0, "plates_requested"),
			.is_local = pg_get_bool(r, 0, "local") };
	return rc;
}

enum errc status_store_report(struct pg *db, struct arena *a, const char *id,
    const struct job_report *r, struct err *e)
{
	const char *const figures[] = { r->status, r->progress, r->layer, r->layers, r->reason,
		r->minutes, r->grams, r->plates };
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		pg_text(&args, figures[i]);
	pg_bool(&args, r->starts);
	pg_bool(&args, r->ends);
	return pg_exec(db, a, &sql_status_job_report, &args, NULL, e);
}

enum errc status_store_tell(struct pg *db, struct arena *a, const char *id,
    const struct job_news *n, struct err *e)
{
	const char *const words[] = { n->event, n->severity, n->message, n->topic, n->reason, n->note,
		n->title };
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		pg_text(&args, words[i]);
	pg_bool(&args, n->alert);
	return pg_exec(db, a, &sql_status_job_told, &args, NULL, e);
}
