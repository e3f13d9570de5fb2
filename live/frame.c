/* SPDX-License-Identifier: Apache-2.0 */
#include "live/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "live/ws.h"

struct frame *frame_new(const char *text, size_t size, uint64_t key)
{
	struct frame *f = malloc(sizeof *f + WS_HEAD_MAX + size);

	if (f == NULL)
		abort();
	f->key = key;
	f->refs = 1;
	f->head = ws_head(f->bytes, size);
	f->size = f->head + size;
	memcpy(f->bytes + f->head, text, size);
	return f;
}

struct frame *frame_ref(struct frame *f)
{
	f->refs++;
	return f;
}

void frame_drop(struct frame *f)
{
	if (f != NULL && --f->refs == 0)
		free(f);
}

static void forget(struct frames *q, unsigned i)
{
	q->size -= q->at[i]->size;
	frame_drop(q->at[i]);
	q->len--;
	memmove(q->at + i, q->at + i + 1, (q->len - i) * sizeof *q->at);
}

bool frames_push(struct frames *q, struct frame *f)
{
	for (unsigned i = 0; f->key != 0 && i < q->len; i++)
		if (q->at[i]->key == f->key) {
			forget(q, i);
			break;
		}
	if (q->len >= FRAMES_MAX || q->size + f->size > FRAMES_MAX_SIZE)
		return false;
	if (q->len == q->cap) {
		q->cap = q->cap == 0 ? 4 : q->cap * 2;
		q->at = realloc(q->at, q->cap * sizeof *q->at);
		if (q->at == NULL)
			abort();
	}
	q->at[q->len++] = frame_ref(f);
	q->size += f->size;
	return true;
}

void frames_drop(struct frames *q, unsigned n)
{
	assert(n <= q->len);
	if (n == 0)
		return;
	for (unsigned i = 0; i < n; i++) {
		q->size -= q->at[i]->size;
		frame_drop(q->at[i]);
	}
	q->len -= n;
	memmove(q->at, q->at + n, q->len * sizeof *q->at);
	if (q->len == 0 && q->cap > 8) {
		free(q->at);
		q->at = NULL;
		q->cap = 0;
	}
}

void frames_fini(struct frames *q)
{
	frames_drop(q, q->len);
	free(q->at);
	q->at = NULL;
	q->cap = 0;
}
