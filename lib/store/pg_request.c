/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_request.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "store/pg_state.h"

struct pg_request *pg_request_new(const struct pg_stmt *st, const struct pg_args *args, pg_done *done,
    void *ctx)
{
	int len = args == NULL ? 0 : args->len;
	size_t table = (size_t)len * sizeof(char *), texts = 0;
	struct pg_request *q;
	char *p;

	for (int i = 0; i < len; i++)
		texts += args->value[i] == NULL ? 0 : strlen(args->value[i]) + 1;
	q = calloc(1, sizeof *q + table + texts);
	if (q == NULL)
		abort();
	q->st = st;
	q->done = done;
	q->ctx = ctx;
	q->len = len;
	p = (char *)q->value + table;
	for (int i = 0; i < len; i++) {
		size_t size;

		if (args->value[i] == NULL)
			continue;
		size = strlen(args->value[i]) + 1;
		memcpy(p, args->value[i], size);
		q->value[i] = p;
		p += size;
	}
	return q;
}

void pg_request_finish(struct pg_request *q)
{
	if (q->rc == E_OK && q->st->rows == PG_ONE && PQntuples(q->result) == 0)
		q->rc = err_set(&q->err, E_NOTFOUND, "Not found");
	if (q->done != NULL)
		q->done(q->ctx, q->rc, q->rc == E_OK ? q->result : NULL, &q->err);
	PQclear(q->result);
	free(q);
}

void pg_request_refuse(struct pg_request *q)
{
	q->rc = pg_state_lost(&q->err, NULL, q->st->name);
}

void pg_queue_init(struct pg_queue *q)
{
	q->head = NULL;
	q->tail = &q->head;
	q->len = 0;
}

void pg_queue_add(struct pg_queue *q, struct pg_request *r)
{
	r->next = NULL;
	*q->tail = r;
	q->tail = &r->next;
	q->len++;
}

struct pg_request *pg_queue_take(struct pg_queue *q)
{
	struct pg_request *r = q->head;

	if (r == NULL)
		return NULL;
	q->head = r->next;
	if (q->head == NULL)
		q->tail = &q->head;
	q->len--;
	return r;
}
