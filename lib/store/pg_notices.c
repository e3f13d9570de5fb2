/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_notices.h"

#include <stdlib.h>
#include <string.h>

/* A turn rarely brings more than a few: looking back a little keeps a flood of different
 * payloads linear. */
#define LOOK_BACK 64

void pg_notices_init(struct pg_notices *n)
{
	*n = (struct pg_notices){ NULL, 0, 0 };
}

void pg_notices_add(struct pg_notices *n, const char *payload)
{
	size_t i = n->len > LOOK_BACK ? n->len - LOOK_BACK : 0;

	for (; i < n->len; i++)
		if (strcmp(n->payload[i], payload) == 0)
			return;
	if (n->len == n->cap) {
		n->cap = n->cap == 0 ? 16 : 2 * n->cap;
		n->payload = realloc(n->payload, n->cap * sizeof *n->payload);
		if (n->payload == NULL)
			abort();
	}
	n->payload[n->len] = strdup(payload);
	if (n->payload[n->len++] == NULL)
		abort();
}

void pg_notices_fini(struct pg_notices *n)
{
	for (size_t i = 0; i < n->len; i++)
		free(n->payload[i]);
	free(n->payload);
	pg_notices_init(n);
}
