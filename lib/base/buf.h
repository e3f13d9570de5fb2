/* SPDX-License-Identifier: Apache-2.0 */
/* buf - a growable byte buffer that owns its memory; always NUL-terminated behind `size`.
 *
 * Purpose:  collect output (answers, frames, lines) or queue bytes (append at the end, drop in
 *           front).
 * Owns:     its bytes until buf_fini().
 * Units:    bytes.
 * Errors:   none; out of memory ends the process. Callers bound what they append.
 * Blocking: never. */
#ifndef PLATEN_BASE_BUF_H
#define PLATEN_BASE_BUF_H

#include <stdint.h>

#include "base/err.h"

struct buf {
	char *bytes; /* NULL until the first append */
	size_t size; /* valid bytes */
	size_t cap;
};

#define BUF_INIT { NULL, 0, 0 }

void buf_fini(struct buf *b);                  /* leaves an empty, usable buffer */
void buf_clear(struct buf *b);                 /* keeps the memory */
char *buf_grow(struct buf *b, size_t more);    /* what buf_reserve() does when room is short */
void buf_append(struct buf *b, const void *bytes, size_t size);
void buf_text(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_drop(struct buf *b, size_t size); /* forgets the first `size` bytes */
const char *buf_str(const struct buf *b);  /* "" when empty */

/* Pointer to `more` writable bytes at the end, and one for the NUL. Here, because answers are
 * written by tens of thousands of small steps. */
static inline char *buf_reserve(struct buf *b, size_t more)
{
	if (b->cap > b->size && more < b->cap - b->size)
		return b->bytes + b->size;
	return buf_grow(b, more);
}

static inline void buf_char(struct buf *b, char c)
{
	char *at = buf_reserve(b, 1);

	at[0] = c;
	at[1] = '\0';
	b->size++;
}

#endif
