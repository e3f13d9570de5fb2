/* SPDX-License-Identifier: Apache-2.0 */
/* group_store - groups of printers.
 *
 * Contract: inside the caller's transaction. Owns: results belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND "Group not found"; E_CONFLICT with the field that is taken, or
 *           while jobs wait for the group. Blocking: one round trip each. */
#ifndef PLATEN_STORE_GROUP_STORE_H
#define PLATEN_STORE_GROUP_STORE_H

#include "store/pg.h"

enum errc group_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e) MUST_CHECK; /* column _total */
enum errc group_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc group_store_exists(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

struct group_change {
	const char *name, *description; /* name NULL: as it was */
	bool has_description;
	const char *printers; /* "{uuid,...}"; NULL: as they were */
};
enum errc group_store_insert(struct pg *db, struct arena *a, const struct group_change *c,
    const char **id, struct err *e) MUST_CHECK;
enum errc group_store_update(struct pg *db, struct arena *a, const char *id,
    const struct group_change *c, struct err *e) MUST_CHECK;
enum errc group_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

#endif
