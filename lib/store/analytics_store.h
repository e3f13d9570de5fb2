/* SPDX-License-Identifier: Apache-2.0 */
/* analytics_store - figures of the organisation's finished jobs.
 *
 * Contract: inside the caller's transaction; columns are the wire's names.
 * Owns:     results and texts belong to the arena.
 * Units:    seconds, grams, percent 0-100; zone is a name of the time zone database.
 * Errors:   as pg_exec(); analytics_store_source(): E_NOTFOUND.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_ANALYTICS_STORE_H
#define PLATEN_STORE_ANALYTICS_STORE_H

#include "store/pg.h"

/* A span of time as instants; either side NULL: open. */
struct analytics_span { const char *from, *to; };

/* span: how far back ("30 days"), NULL for everything. */
enum errc analytics_store_totals(struct pg *db, struct arena *a, const char *span,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc analytics_store_trends(struct pg *db, struct arena *a, const char *zone,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct analytics_window {
	struct analytics_span span; /* instants */
	bool ordered, short_enough;
};
/* From texts that clock_iso_ok() has seen, or NULL. */
enum errc analytics_store_window(struct pg *db, struct arena *a, const struct analytics_span *text,
    const char *zone, struct analytics_window *out, struct err *e) MUST_CHECK;
/* words: unit ("day", "week", "month") and zone. */
enum errc analytics_store_statistics(struct pg *db, struct arena *a,
    const struct analytics_span *span, const char *const words[2], struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc analytics_store_materials(struct pg *db, struct arena *a,
    const struct analytics_span *span, struct pg_result **out, struct err *e) MUST_CHECK;
enum errc analytics_store_failures(struct pg *db, struct arena *a,
    const struct analytics_span *span, struct pg_result **out, struct err *e) MUST_CHECK;

struct predict_facts;
struct analytics_basis {
	const char *correction_level, *odds_level; /* "file" "profile" "organization" "none" */
	int64_t samples;
};
/* All that a prediction rests on. E_NOTFOUND: "File not found", "Profile not found". */
enum errc analytics_store_predict(struct pg *db, struct arena *a, const char *const ids[2],
    struct predict_facts *out, struct analytics_basis *basis, struct err *e) MUST_CHECK;

#endif
