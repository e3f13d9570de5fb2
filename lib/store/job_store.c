/* SPDX-License-Identifier: Apache-2.0 */
#include "store/job_store.h"

#include "gen/job_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, &r, e);
	if (rc == E_OK && st->rows == PG_MAYBE && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Job not found");
	if (out != NULL)
		*out = r;
	return rc;
}

enum errc job_store_list_l(struct pg *db, struct arena *a, const char *states,
    const int64_t window[2], struct list *out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, states);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return list_exec(db, a, &sql_job_list_l, &args, out, e);
}

enum errc job_store_show_l(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_job_show_l, id, out, e);
}

enum errc job_store_events(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_job_events, id, out, e);
}

enum errc job_store_temperatures(struct pg *db, struct arena *a, const char *id, int64_t points,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_int(&args, points);
	return pg_exec(db, a, &sql_job_temperatures, &args, out, e);
}

enum errc job_store_list_p(struct pg *db, struct arena *a, const struct job_filter *f,
    struct list *out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->status);
	pg_text(&args, f->printer);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return list_exec(db, a, &sql_job_list_p, &args, out, e);
}

static enum errc print_job(enum errc rc, struct err *e)
{
	return rc == E_NOTFOUND ? err_set(e, E_NOTFOUND, "Print job not found") : rc;
}

enum errc job_store_detail_p(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return print_job(by_id(db, a, &sql_job_detail_p, id, out, e), e);
}

enum errc job_store_row_p(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e)
{
	return print_job(by_id(db, a, &sql_job_row_p, id, out, e), e);
}

enum errc job_store_facts(struct pg *db, struct arena *a, const char *id, struct job_facts *out,
    struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_job_facts, id, &r, e);

	if (rc != E_OK)
		return rc;
	*out = (struct job_facts){
		.id = pg_get(r, 0, "id"),
		.status = pg_get(r, 0, "status"),
		.hold = pg_get(r, 0, "hold_reason"),
		.printer = pg_get(r, 0, "printer_id"),
		.target = pg_get(r, 0, "target"),
		.file = pg_get(r, 0, "file_id"),
		.copies_done = pg_get_int(r, 0, "plates_completed"),
		.has_gcode = pg_get_bool(r, 0, "has_gcode"),
		.is_analysed = pg_get_bool(r, 0, "analysed"),
	};
	return E_OK;
}

enum errc job_store_analysed(struct pg *db, struct arena *a, const char *id, bool *out,
    struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_job_analysed, id, &r, e);

	*out = rc == E_OK && pg_get_bool(r, 0, "analysed");
	return rc;
}

enum errc job_store_product(struct pg *db, struct arena *a, const char *id,
    struct job_source *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_job_product, id, &r, e);

	if (rc == E_NOTFOUND)
		return err_set(e, E_NOTFOUND, "Product not found");
	if (rc != E_OK)
		return rc;
	*out = (struct job_source){ .file = pg_get(r, 0, "file_id"), .printable = true,
		.slice_ok = true, .layers = pg_get(r, 0, "total_layers"),
		.estimated = pg_get(r, 0, "estimated") };
	return E_OK;
}

enum errc job_store_file(struct pg *db, struct arena *a, const char *file, const char *slice,
    struct job_source *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, file);
	pg_text(&args, slice);
	rc = pg_exec(db, a, &sql_job_file, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "File not found");
	if (rc != E_OK)
		return rc;
	*out = (struct job_source){ .file = pg_get(r, 0, "id"),
		.printable = pg_get_bool(r, 0, "printable"),
		.slice_ok = pg_get_bool(r, 0, "slice_ok"), .layers = pg_get(r, 0, "layers"),
		.estimated = pg_get(r, 0, "estimated") };
	return E_OK;
}

enum errc job_store_insert(struct pg *db, struct arena *a, const struct job_new *j,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, j->target.printer);
	pg_text(&args, j->product);
	pg_text(&args, j->file);
	pg_text(&args, j->slice);
	pg_text(&args, j->status);
	pg_text(&args, j->priority);
	pg_int(&args, j->plates);
	pg_text(&args, j->ams);
	pg_text(&args, j->settings);
	pg_text(&args, j->notes);
	pg_text(&args, j->custom_fields);
	pg_text(&args, j->layers);
	pg_text(&args, j->estimated);
	pg_bool(&args, j->is_local_user);
	pg_text(&args, j->target.any ? "any" : j->target.group != NULL ? "group" : "printer");
	pg_text(&args, j->target.group);
	pg_text(&args, j->target.model);
	pg_text(&args, j->target.material);
	pg_text(&args, j->target.nozzle);
	rc = pg_exec(db, a, &sql_job_insert, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc job_store_created(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_job_created, id, NULL, e);
}

enum errc job_store_count_print(struct pg *db, struct arena *a, const char *file, struct err *e)
{
	return by_id(db, a, &sql_job_count_print, file, NULL, e);
}

enum errc job_store_claim(struct pg *db, struct arena *a, const char *id, const char *printer,
    const char *by, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, printer);
	pg_text(&args, by);
	return pg_exec(db, a, &sql_job_claim, &args, NULL, e);
}

enum errc job_store_claim_any(struct pg *db, struct arena *a, const char *id, const char *by,
    const char **printer, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, by);
	rc = pg_exec(db, a, &sql_job_claim_any, &args, &r, e);
	*printer = rc == E_OK && pg_len(r) > 0 ? pg_get(r, 0, "printer_id") : NULL;
	return rc;
}

enum errc job_store_why(struct pg *db, struct arena *a, const char *id, const char *words[2],
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, &sql_job_why, &args, &r, e);
	words[0] = rc == E_OK && pg_len(r) > 0 ? pg_get(r, 0, "reason") : NULL;
	words[1] = rc == E_OK && pg_len(r) > 0 ? pg_get(r, 0, "words") : NULL;
	return rc;
}

enum errc job_store_queue(struct pg *db, struct arena *a, const char *id, const char *printer,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, printer);
	return pg_exec(db, a, &sql_job_queue, &args, NULL, e);
}

enum errc job_store_cancel(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_job_cancel, id, NULL, e);
}

enum errc job_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_job_delete, id, NULL, e);
}

enum errc job_store_films(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_job_films, id, out, e);
}
