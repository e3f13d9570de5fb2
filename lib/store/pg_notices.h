/* SPDX-License-Identifier: Apache-2.0 */
/* pg_notices - NOTIFY payloads of one turn, each kept once, in the order they came first.
 * Owns:     copies of the payloads until pg_notices_fini().
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_STORE_PG_NOTICES_H
#define PLATEN_STORE_PG_NOTICES_H

#include "base/err.h"

struct pg_notices {
	char **payload;
	size_t len, cap;
};

void pg_notices_init(struct pg_notices *n);
void pg_notices_add(struct pg_notices *n, const char *payload);
void pg_notices_fini(struct pg_notices *n);

#endif
