/* SPDX-License-Identifier: Apache-2.0 */
/* product_store - products: what family P prints.
 * Contract: inside the caller's transaction. Owns: results and texts belong to the arena.
 * Errors: as pg_exec(); E_NOTFOUND "Product not found". Blocking: one round trip each. */
#ifndef PLATEN_STORE_PRODUCT_STORE_H
#define PLATEN_STORE_PRODUCT_STORE_H

#include "store/pg.h"

struct product_filter {
	const char *search; /* part of the name, any case; NULL: any */
	bool include_inactive;
	int64_t limit, offset;
};
enum errc product_store_list(struct pg *db, struct arena *a, const struct product_filter *f,
    struct pg_result **out, struct err *e) MUST_CHECK; /* column _total */
enum errc product_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc product_store_lock(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
/* Is it a G-code file of this organisation? */
enum errc product_store_file(struct pg *db, struct arena *a, const char *file, bool *out,
    struct err *e) MUST_CHECK;
/* json: the fields by column name, validated. */
enum errc product_store_insert(struct pg *db, struct arena *a, const char *json,
    const char **id, struct err *e) MUST_CHECK;
enum errc product_store_update(struct pg *db, struct arena *a, const char *id,
    const char *json, struct err *e) MUST_CHECK;
enum errc product_store_retire(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
/* The audit; words: event, description. */
enum errc product_store_changed(struct pg *db, struct arena *a, const char *id,
    const char *const words[2], struct err *e) MUST_CHECK;

#endif
