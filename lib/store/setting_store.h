/* SPDX-License-Identifier: Apache-2.0 */
/* setting_store - settings by category and key; an organisation's hide the installation's.
 *
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(); E_DENIED for the installation's without its ADMIN.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_SETTING_STORE_H
#define PLATEN_STORE_SETTING_STORE_H

#include "store/pg.h"

/* category NULL: all; window: limit, offset. Rows of l_setting with _total. */
enum errc setting_store_list(struct pg *db, struct arena *a, const char *category,
    const int64_t window[2], struct pg_result **out, struct err *e) MUST_CHECK;
/* list: JSON [{category, key, value, description}], each key once; a null value removes. */
enum errc setting_store_put(struct pg *db, struct arena *a, const char *list_json,
    bool of_installation, struct err *e) MUST_CHECK;

#endif
