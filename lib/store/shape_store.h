/* SPDX-License-Identifier: Apache-2.0 */
/* shape_store - the columns of the views, which are the shapes of the wire.
 * Owns: nothing; rows live in the arena given. Errors: E_UNAVAILABLE. Blocking: as pg_exec(). */
#ifndef PLATEN_STORE_SHAPE_STORE_H
#define PLATEN_STORE_SHAPE_STORE_H

#include "store/pg.h"

/* Rows view, name, type (OID), choices ("A|B" of an enumeration), in the order of the columns. */
enum errc shape_store_columns(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e) MUST_CHECK;

#endif
