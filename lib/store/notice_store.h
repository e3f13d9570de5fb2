/* SPDX-License-Identifier: Apache-2.0 */
/* notice_store - what the house tells a person: own notifications, weekly reports.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND. Blocking: one round trip each. */
#ifndef PLATEN_STORE_NOTICE_STORE_H
#define PLATEN_STORE_NOTICE_STORE_H

#include "store/pg.h"

/* window: limit, offset. Rows of `notification` with _total. */
enum errc notice_store_list(struct pg *db, struct arena *a, bool only_unread,
    const int64_t window[2], struct pg_result **out, struct err *e) MUST_CHECK;
/* *out: its row afterwards. */
enum errc notice_store_read(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc notice_store_read_all(struct pg *db, struct arena *a, int64_t *updated,
    struct err *e) MUST_CHECK;
/* Rows of l_report with _total. */
enum errc notice_store_reports(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e) MUST_CHECK;

#endif
