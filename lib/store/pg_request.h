/* SPDX-License-Identifier: Apache-2.0 */
/* pg_request - a statement waiting in pg_async's queue: its copied parameters, the stage of its
 * answer, and whom to tell.
 *
 * Owns:     one block of memory per request, and the result while it is kept.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_STORE_PG_REQUEST_H
#define PLATEN_STORE_PG_REQUEST_H

#include "store/pg.h"

typedef void pg_done(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e);

/* The server answers a statement with: preparation (if sent), result, end of its transaction. */
enum pg_stage { PG_AWAITS_PREPARE, PG_AWAITS_RESULT, PG_AWAITS_END };

struct pg_request {
	struct pg_request *next;
	const struct pg_stmt *st;
	pg_done *done; /* may be NULL */
	void *ctx;
	usec_t since;  /* sent at */
	enum pg_stage stage;
	enum errc rc;
	struct err err;
	struct pg_result *result;
	int len;
	const char *value[]; /* texts lie behind */
};

struct pg_queue {
	struct pg_request *head, **tail;
	size_t len;
};

struct pg_request *pg_request_new(const struct pg_stmt *st, const struct pg_args *args, pg_done *done,
    void *ctx);
/* Tells the owner, then frees the request and its result. */
void pg_request_finish(struct pg_request *q);
void pg_request_refuse(struct pg_request *q); /* rc becomes E_UNAVAILABLE */

void pg_queue_init(struct pg_queue *q);
void pg_queue_add(struct pg_queue *q, struct pg_request *r);
struct pg_request *pg_queue_take(struct pg_queue *q); /* NULL when empty */

#endif
