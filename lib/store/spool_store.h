/* SPDX-License-Identifier: Apache-2.0 */
/* spool_store - the spooler's statements (sql/queries/spool.sql): what it looks at, what it reports.
 *
 * Owns:     results as pg_async says; a struct spool_printer owns its scripts.
 * Units:    seconds as double, bytes, degrees, mm.
 * Errors:   told to `done`. Blocking: never. */
#ifndef PLATEN_STORE_SPOOL_STORE_H
#define PLATEN_STORE_SPOOL_STORE_H

#include "base/buf.h"
#include "base/uuid.h"
#include "store/pg_async.h"

struct spool_printer {
	char id[UUID_SIZE], org[UUID_SIZE], name[256], device[256], attention[24];
	int64_t baud;
	bool is_default;
	double volume_x, volume_y, volume_z, max_hotend, max_bed; /* 0: unknown */
	char *script_start, *script_end, *script_pause, *script_resume, *script_cancel; /* or NULL */
};

struct spool_attempt {
	char printer_id[UUID_SIZE], job_id[UUID_SIZE], attempt_id[UUID_SIZE];
	int64_t fence, base, planned_lines, size, planned_layers, estimated_sec;
	bool running;   /* in the database; false: claimed */
	double age_sec; /* since the claim */
	char file_path[512], idx_sha256[65]; /* relative to storage.dir; "": not analysed */
	double hotend_override, bed_override, hotend_preheat, bed_preheat;
	bool file_homes, file_heats_hotend, file_heats_bed, more_plates;
};

struct spool_event {
	const char *printer_id, *kind, *attempt_id, *data; /* attempt_id "": none */
	uint64_t seq;
	usec_t at; /* wall clock */
	int64_t fence;
};

typedef void spool_done(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e);

/* printer NULL: all of this host. Rows: spool_printer_row(), spool_attempt_row(). */
void spool_store_printers(struct pg_async *db, const char *host, const char *printer,
    spool_done *done, void *ctx);
void spool_store_attempts(struct pg_async *db, const char *host, const char *printer,
    spool_done *done, void *ctx);
void spool_store_commands(struct pg_async *db, const char *printer, spool_done *done, void *ctx);
/* Taken by a spooler that died: all but `known`, an array's text. Rows as of spool_store_commands(). */
void spool_store_lost(struct pg_async *db, const char *printer, const char *known,
    spool_done *done, void *ctx);
void spool_store_command_printers(struct pg_async *db, const char *host, spool_done *done,
    void *ctx); /* printer_id; commands nobody took in time are ended first */
/* Begins the next job of the queue; a row: there was one. */
void spool_store_next(struct pg_async *db, const char *printer, spool_done *done, void *ctx);
/* job, printer, by. by "spooler": the queue's start; else a person's */
void spool_store_claim(struct pg_async *db, const char *const ids[3], spool_done *done, void *ctx);
void spool_store_executing(struct pg_async *db, const char *ids); /* "{uuid,uuid}" */
void spool_store_apply(struct pg_async *db, const struct spool_event *ev, spool_done *done,
    void *ctx); /* outcome: applied | duplicate | stale | refused */

/* A JSON list: keys are printer_live's columns; `record` adds a status row, `log` temperatures. */
void spool_store_live(struct pg_async *db, const char *rows, spool_done *done, void *ctx);

void spool_printer_row(const struct pg_result *r, int row, struct spool_printer *out);
void spool_printer_copy(struct spool_printer *to, const struct spool_printer *from);
void spool_printer_fini(struct spool_printer *p);
/* As one JSON object, and back (a spooler that starts without a database). */
void spool_printer_print(const struct spool_printer *p, struct buf *out);
enum errc spool_printer_parse(const char *text, size_t size, struct spool_printer *out,
    struct err *e) MUST_CHECK;
void spool_attempt_row(const struct pg_result *r, int row, struct spool_attempt *out);

#endif
