/* SPDX-License-Identifier: Apache-2.0 */
/* frame - one Engine.IO packet ready to send, built once and shared among all its readers.
 *
 * Purpose:  the bytes stand in memory once as a WebSocket frame; polling takes the text behind
 *           the frame's head. `key` is not 0 for values of which only the newest matters: a new
 *           frame with the same key replaces the one still waiting in a queue.
 * Owns:     itself, by reference count. Not shared between threads.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_LIVE_FRAME_H
#define PLATEN_LIVE_FRAME_H

#include <stdint.h>

#include "base/err.h"

struct frame {
	uint64_t key;
	int refs;
	unsigned head; /* size of the WebSocket head; the text follows */
	size_t size;   /* head and text */
	char bytes[];
};

struct frame *frame_new(const char *text, size_t size, uint64_t key); /* one reference */
struct frame *frame_ref(struct frame *f);
void frame_drop(struct frame *f); /* accepts NULL */

static inline const char *frame_text(const struct frame *f)
{
	return f->bytes + f->head;
}

static inline size_t frame_text_size(const struct frame *f)
{
	return f->size - f->head;
}

/* What waits for one client. Bounded: newest value by key, else at most FRAMES_MAX frames and
 * FRAMES_MAX_SIZE bytes. */
#define FRAMES_MAX      1000
#define FRAMES_MAX_SIZE ((size_t)8 << 20)

struct frames {
	struct frame **at;
	unsigned len, cap;
	size_t size;
};

bool frames_push(struct frames *q, struct frame *f); /* takes a reference; false: full */
void frames_drop(struct frames *q, unsigned n);      /* the first n are sent */
void frames_fini(struct frames *q);

#endif
