/* SPDX-License-Identifier: Apache-2.0 */
/* job_store - print jobs, as requests list, make and move them.
 *
 * Contract: inside the caller's transaction. A print starts through job_store_claim() alone.
 * Owns:     results and texts belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND; job_store_claim(): E_BUSY, E_OFFLINE, E_STATE, E_INVALID
 *           with field fileId.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_JOB_STORE_H
#define PLATEN_STORE_JOB_STORE_H

#include "store/list.h"

/* states: comma separated, or NULL */
enum errc job_store_list_l(struct pg *db, struct arena *a, const char *states,
    const int64_t window[2], struct list *out, struct err *e) MUST_CHECK;
enum errc job_store_show_l(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc job_store_events(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc job_store_temperatures(struct pg *db, struct arena *a, const char *id, int64_t points,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct job_filter {
	const char *status, *printer; /* NULL: any */
	int64_t limit, offset;
};
enum errc job_store_list_p(struct pg *db, struct arena *a, const struct job_filter *f,
    struct list *out, struct err *e) MUST_CHECK;
enum errc job_store_detail_p(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc job_store_row_p(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e) MUST_CHECK;

struct job_facts {
	const char *id, *status, *hold, *printer; /* hold, printer: or NULL */
	const char *target;                       /* "printer" "group" "any" */
	const char *file;                         /* or NULL: a product without one */
	int64_t copies_done;
	bool has_gcode, is_analysed;
};
/* Holds the row until the transaction ends. */
enum errc job_store_facts(struct pg *db, struct arena *a, const char *id, struct job_facts *out,
    struct err *e) MUST_CHECK;
enum errc job_store_analysed(struct pg *db, struct arena *a, const char *id, bool *out,
    struct err *e) MUST_CHECK;

struct job_source {
	const char *file;
	bool printable, slice_ok;
	const char *layers, *estimated; /* numbers as text, or NULL */
};
/* What a product (or a G-code file standing for one) prints; E_NOTFOUND "Product not found". */
enum errc job_store_product(struct pg *db, struct arena *a, const char *id,
    struct job_source *out, struct err *e) MUST_CHECK;
/* A file, perhaps with a slice of it; E_NOTFOUND "File not found". */
enum errc job_store_file(struct pg *db, struct arena *a, const char *file, const char *slice,
    struct job_source *out, struct err *e) MUST_CHECK;

/* Which printer may take a job, and what it needs beyond what its file says. */
struct job_target {
	const char *printer, *group; /* one of them, or neither */
	bool any;                    /* any printer that fits */
	const char *model, *material, *nozzle; /* or NULL: as the file says; "*": whichever */
};

struct job_new {
	const char *product, *file, *slice; /* or NULL */
	struct job_target target;
	const char *status, *priority;
	int64_t plates;
	const char *ams, *settings, *notes, *custom_fields; /* JSON or text, or NULL */
	const char *layers, *estimated;
	bool is_local_user;
};
enum errc job_store_insert(struct pg *db, struct arena *a, const struct job_new *j,
    const char **id, struct err *e) MUST_CHECK;
enum errc job_store_created(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
enum errc job_store_count_print(struct pg *db, struct arena *a, const char *file, struct err *e)
    MUST_CHECK;
enum errc job_store_claim(struct pg *db, struct arena *a, const char *id, const char *printer,
    const char *by, struct err *e) MUST_CHECK;
/* A printer for a job that names none; *printer NULL: none is ready now. */
enum errc job_store_claim_any(struct pg *db, struct arena *a, const char *id, const char *by,
    const char **printer, struct err *e) MUST_CHECK;
/* words: why it waits, one of job_hold_reasons, and as a sentence; NULL: it does not. */
enum errc job_store_why(struct pg *db, struct arena *a, const char *id, const char *words[2],
    struct err *e) MUST_CHECK;
/* printer NULL: the queue of its group, or of any printer that fits. */
enum errc job_store_queue(struct pg *db, struct arena *a, const char *id, const char *printer,
    struct err *e) MUST_CHECK;
enum errc job_store_cancel(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
/* With its events, temperatures, attempts and film's row. */
enum errc job_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
enum errc job_store_films(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK; /* column video_path */

#endif
