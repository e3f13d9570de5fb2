/* SPDX-License-Identifier: Apache-2.0 */
/* do_analytics - figures of finished jobs and predictions, for every door.
 *
 * Contract: reads only, in the request's transaction; the zone is analytics.timezone.
 * Owns:     results live in the request's arena.
 * Errors:   E_INVALID with field from (order, more than five years); E_NOTFOUND.
 * Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_ANALYTICS_H
#define PLATEN_CGI_DO_ANALYTICS_H

#include "cgi/req.h"
#include "model/predict.h"
#include "store/analytics_store.h"

/* range: "7d" "30d" "90d" "1y" "all"; *trends: the last 30 days whatever the range. */
enum errc do_analytics_dashboard(struct req *rq, const char *range, struct pg_result **totals,
    struct pg_result **trends, struct err *e) MUST_CHECK;
/* text: as the caller wrote it (clock_iso_ok() has seen it); unit: "day" "week" "month". */
enum errc do_analytics_statistics(struct req *rq, const struct analytics_span *text,
    const char *unit, struct pg_result **out, struct err *e) MUST_CHECK;
enum errc do_analytics_materials(struct req *rq, const struct analytics_span *text,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc do_analytics_failures(struct req *rq, const struct analytics_span *text,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct analytics_prediction {
	struct prediction made;
	struct analytics_basis basis;
	int64_t finished; /* jobs its probability rests on */
};
enum errc do_analytics_predict(struct req *rq, const char *file, const char *profile,
    struct analytics_prediction *out, struct err *e) MUST_CHECK;

#endif
