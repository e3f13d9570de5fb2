/* SPDX-License-Identifier: Apache-2.0 */
/* metrics - counters, gauges and histograms in memory shared by all processes of the host, so that
 * totals count all workers and survive a worker's restart (contract §10.2).
 *
 * Purpose:  cheap adding anywhere, printing (Prometheus text format 0.0.4) in whoever is asked.
 * Owns:     a fixed-size mapping of run.dir/metrics; call metrics_open() once, before forking.
 *           Before it, or when it fails, every call does nothing.
 * Contract: a struct metric is a constant. `labels` is NULL or ready text made by
 *           metrics_label(); their sets are bounded (route patterns, never ids). A full table
 *           drops new series and counts them in platen_metrics_dropped_total.
 * Errors:   metrics_open() only. Blocking: never (a new series takes a short file lock).
 *           Any thread may call. */
#ifndef PLATEN_BASE_METRICS_H
#define PLATEN_BASE_METRICS_H

#include "base/buf.h"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

#define METRIC_MAX_BUCKETS 16

struct metric {
	const char *name; /* at most 63 bytes */
	const char *help; /* at most 119 bytes, no line break */
	enum metric_type type;
	const double *buckets; /* METRIC_HISTOGRAM: upper bounds, ascending, ends with 0 */
};

enum errc metrics_open(const char *path, struct err *e) MUST_CHECK;
void metrics_close(void);

void metrics_add(const struct metric *m, const char *labels, double by);
void metrics_set(const struct metric *m, const char *labels, double value); /* gauges */
void metrics_observe(const struct metric *m, const char *labels, double value); /* histograms */

/* Appends `name="value"`, escaped, with a comma before it when *out is not empty. */
void metrics_label(struct buf *out, const char *name, const char *value);

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
void metrics_print(struct buf *out);

#endif
