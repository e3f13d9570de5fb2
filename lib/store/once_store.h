/* SPDX-License-Identifier: Apache-2.0 */
/* once_store - idempotency keys of the principal in its organisation.
 *
 * Contract: inside the act's transaction, before anything else of it.
 * Owns:     texts belong to the arena. Errors: as pg_exec(). Blocking: one round trip each;
 *           once_store_take() also until a request with the same key has committed. */
#ifndef PLATEN_STORE_ONCE_STORE_H
#define PLATEN_STORE_ONCE_STORE_H

#include "store/pg.h"

struct once_row {
	bool taken;         /* the key was free and is ours now */
	const char *hash;   /* else: of the request that has it */
	int status;         /* 0: that one has not been answered */
	const char *answer; /* JSON */
};

enum errc once_store_take(struct pg *db, struct arena *a, const char *key, const char *hash,
    struct once_row *out, struct err *e) MUST_CHECK;
enum errc once_store_keep(struct pg *db, struct arena *a, const char *key, int status,
    const char *answer, struct err *e) MUST_CHECK;
enum errc once_store_drop(struct pg *db, struct arena *a, const char *key, struct err *e)
    MUST_CHECK;

#endif
