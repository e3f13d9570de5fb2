/* SPDX-License-Identifier: Apache-2.0 */
/* metrics_store - figures for /metrics that the database keeps (sql/schema/031).
 * Columns kind, a, b, value. Owns: results belong to the arena. Errors: as pg_exec().
 * Blocking: one round trip. */
#ifndef PLATEN_STORE_METRICS_STORE_H
#define PLATEN_STORE_METRICS_STORE_H

#include "store/pg.h"

enum errc metrics_store_figures(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;

#endif
