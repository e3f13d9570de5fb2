/* SPDX-License-Identifier: Apache-2.0 */
/* demo_store - what unauthenticated viewers may see of the default organisation.
 *
 * Contract: between pg_begin(db, NULL) and pg_commit(); demo_store_enter() first.
 * Owns:     results belong to the arena. Errors: as pg_exec(); E_NOTFOUND without a printer.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_DEMO_STORE_H
#define PLATEN_STORE_DEMO_STORE_H

#include "store/pg.h"

enum errc demo_store_enter(struct pg *db, struct arena *a, struct err *e) MUST_CHECK;
enum errc demo_store_status(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;
/* The last ten, newest first. */
enum errc demo_store_prints(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc demo_store_totals(struct pg *db, struct arena *a, int days, struct pg_result **out,
    struct err *e) MUST_CHECK;

#endif
