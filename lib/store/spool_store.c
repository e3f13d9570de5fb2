/* SPDX-License-Identifier: Apache-2.0 */
#include "store/spool_store.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "gen/spool_sql.h"

enum { ARGS_ARENA = 4096 };

static void run(struct pg_async *db, const struct pg_stmt *st, const char *const *texts,
    spool_done *done, void *ctx)
{
	struct arena *a = arena_new(ARGS_ARENA);
	struct pg_args args;

	pg_args_init(&args, a);
	for (int i = 0; i < st->params; i++)
		pg_text(&args, texts[i]);
	pg_async_exec(db, st, &args, done, ctx);
	arena_free(a);
}

void spool_store_printers(struct pg_async *db, const char *host, const char *printer,
    spool_done *done, void *ctx)
{
	run(db, &sql_spool_printers, (const char *[]){ host, printer }, done, ctx);
}

void spool_store_attempts(struct pg_async *db, const char *host, const char *printer,
    spool_done *done, void *ctx)
{
	run(db, &sql_spool_attempts, (const char *[]){ host, printer }, done, ctx);
}

void spool_store_commands(struct pg_async *db, const char *printer, spool_done *done, void *ctx)
{
	run(db, &sql_spool_commands, (const char *[]){ printer }, done, ctx);
}

void spool_store_lost(struct pg_async *db, const char *printer, const char *known,
    spool_done *done, void *ctx)
{
	run(db, &sql_spool_lost, (const char *[]){ printer, known }, done, ctx);
}

void spool_store_command_printers(struct pg_async *db, const char *host, spool_done *done,
    void *ctx)
{
	run(db, &sql_spool_expire, NULL, NULL, NULL);
	run(db, &sql_spool_command_printers, (const char *[]){ host }, done, ctx);
}

void spool_store_next(struct pg_async *db, const char *printer, spool_done *done, void *ctx)
{
	run(db, &sql_spool_next, (const char *[]){ printer }, done, ctx);
}

void spool_store_claim(struct pg_async *db, const char *const ids[3], spool_done *done, void *ctx)
{
	const char *person = strcmp(ids[2], "spooler") == 0 ? "f" : "t";

	run(db, &sql_spool_claim, (const char *[]){ ids[0], ids[1], ids[2], person }, done, ctx);
}

void spool_store_executing(struct pg_async *db, const char *ids)
{
	run(db, &sql_spool_executing, &ids, NULL, NULL);
}

void spool_store_apply(struct pg_async *db, const struct spool_event *ev, spool_done *done,
    void *ctx)
{
	struct arena *a = arena_new(ARGS_ARENA);
	bool none = ev->attempt_id == NULL || ev->attempt_id[0] == '\0';
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, ev->printer_id);
	pg_int(&args, (int64_t)ev->seq);
	pg_text(&args, arena_printf(a, "%lld.%06lld", (long long)(ev->at / USEC_PER_SEC),
	    (long long)(ev->at % USEC_PER_SEC)));
	pg_text(&args, ev->kind);
	pg_text(&args, none ? NULL : ev->attempt_id);
	if (none)
		pg_null(&args);
	else
		pg_int(&args, ev->fence);
	pg_text(&args, ev->data);
	pg_async_exec(db, &sql_spool_apply, &args, done, ctx);
	arena_free(a);
}

void spool_store_live(struct pg_async *db, const char *rows, spool_done *done, void *ctx)
{
	run(db, &sql_spool_live, &rows, done, ctx);
}

static void take(char *out, size_t cap, const struct pg_result *r, int row, const char *column)
{
	const char *value = pg_get(r, row, column);

	snprintf(out, cap, "%s", value == NULL ? "" : value);
}

void spool_attempt_row(const struct pg_result *r, int row, struct spool_attempt *out)
{
	memset(out, 0, sizeof *out);
	take(out->printer_id, sizeof out->printer_id, r, row, "printer_id");
	take(out->job_id, sizeof out->job_id, r, row, "job_id");
	take(out->attempt_id, sizeof out->attempt_id, r, row, "attempt_id");
	take(out->file_path, sizeof out->file_path, r, row, "file_path");
	take(out->idx_sha256, sizeof out->idx_sha256, r, row, "idx_sha256");
	out->running = strcmp(pg_get(r, row, "state"), "running") == 0;
	out->fence = pg_get_int(r, row, "fence");
	out->base = pg_get_int(r, row, "base");
	out->planned_lines = pg_get_int(r, row, "planned_lines");
	out->size = pg_get_int(r, row, "size");
	out->planned_layers = pg_get_int(r, row, "planned_layers");
	out->estimated_sec = pg_get_int(r, row, "estimated_sec");
	out->age_sec = pg_get_real(r, row, "age_sec");
	out->hotend_override = pg_get_real(r, row, "hotend_override");
	out->bed_override = pg_get_real(r, row, "bed_override");
	out->hotend_preheat = pg_get_real(r, row, "hotend_preheat");
	out->bed_preheat = pg_get_real(r, row, "bed_preheat");
	out->file_homes = pg_get_bool(r, row, "file_homes");
	out->file_heats_hotend = pg_get_bool(r, row, "file_heats_hotend");
	out->file_heats_bed = pg_get_bool(r, row, "file_heats_bed");
	out->more_plates = pg_get_bool(r, row, "more_plates");
}
