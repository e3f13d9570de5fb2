/* SPDX-License-Identifier: Apache-2.0 */
/* page_store - what the pages read, shaped by sql/views/web_*.sql.
 * Owns: results belong to the arena. Errors and blocking: as pg_exec(). All run inside the
 * caller's transaction, so that row security decides what is seen. */
#ifndef PLATEN_STORE_PAGE_STORE_H
#define PLATEN_STORE_PAGE_STORE_H

#include "store/list.h"

enum errc page_store_printers(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc page_store_printer(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK; /* no row: E_NOTFOUND */
enum errc page_store_printer_jobs(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc page_store_commands(struct pg *db, struct arena *a, const char *printer,
    struct pg_result **out, struct err *e) MUST_CHECK;
/* limit, offset in rows */
enum errc page_store_jobs(struct pg *db, struct arena *a, const int64_t window[2],
    struct list *out, struct err *e) MUST_CHECK;
enum errc page_store_job(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e) MUST_CHECK; /* no row: E_NOTFOUND */
enum errc page_store_events(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, struct err *e) MUST_CHECK;

#endif
