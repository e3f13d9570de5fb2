/* SPDX-License-Identifier: Apache-2.0 */
/* slice_store - slices that are asked for, and what can be seen of files and jobs: previews,
 * timelapses.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND. Blocking: one round trip each. */
#ifndef PLATEN_STORE_SLICE_STORE_H
#define PLATEN_STORE_SLICE_STORE_H

#include "store/pg.h"

struct slice_wish {
	const char *file, *profile;
	const char *settings; /* JSON of what was given, nothing else */
};

enum errc slice_store_profile(struct pg *db, struct arena *a, const char *id,
    struct err *e) MUST_CHECK;
/* mm: of the default printer, else the usual one. */
enum errc slice_store_nozzle(struct pg *db, struct arena *a, double *nozzle,
    struct err *e) MUST_CHECK;
/* One that is ready or on its way: *id and *is_ready; *id NULL: none. */
enum errc slice_store_same(struct pg *db, struct arena *a, const struct slice_wish *w,
    const char **id, bool *is_ready, struct err *e) MUST_CHECK;
/* Row, task and audit. *id NULL: the same was asked for in this moment. */
enum errc slice_store_insert(struct pg *db, struct arena *a, const struct slice_wish *w,
    const char **id, struct err *e) MUST_CHECK;
/* *status: "processing", "ready" or "failed", and so until the transaction ends. */
enum errc slice_store_hold(struct pg *db, struct arena *a, const char *id, const char **status,
    struct err *e) MUST_CHECK;
enum errc slice_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct slice_preview {
	const char *name, *path, *type, *thumbnail; /* thumbnail NULL: none */
	const char *idx_sha256;                     /* of the sidecar; NULL: none */
	bool is_analysed, is_drawing, is_analysing; /* the latter: a task waits or runs */
};
enum errc slice_store_preview(struct pg *db, struct arena *a, const char *file,
    struct slice_preview *out, struct err *e) MUST_CHECK;

/* No row: none; *waits: one is being made. */
enum errc slice_store_timelapse(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, bool *waits, struct err *e) MUST_CHECK;

#endif
