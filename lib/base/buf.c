/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_fini(struct buf *b)
{
	free(b->bytes);
	*b = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *b)
{
	b->size = 0;
	if (b->bytes != NULL)
		b->bytes[0] = '\0';
}

char *buf_grow(struct buf *b, size_t more)
{
	size_t cap = b->cap == 0 ? 256 : b->cap;

	if (more > SIZE_MAX / 4 || b->size > SIZE_MAX / 4)
		abort();
	while (cap < b->size + more + 1)
		cap *= 2;
	if (cap != b->cap) {
		b->bytes = realloc(b->bytes, cap);
		if (b->bytes == NULL)
			abort();
		b->cap = cap;
	}
	return b->bytes + b->size;
}

void buf_append(struct buf *b, const void *bytes, size_t size)
{
	char *at = buf_reserve(b, size);

	if (size > 0)
		memcpy(at, bytes, size);
	b->size += size;
	b->bytes[b->size] = '\0';
}

void buf_text(struct buf *b, const char *text)
{
	buf_append(b, text, strlen(text));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	char *at = buf_reserve(b, 100); /* most fit, and are formatted once */
	size_t room = b->cap - b->size;
	va_list ap, again;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	if ((size_t)len >= room)
		vsnprintf(buf_reserve(b, (size_t)len), (size_t)len + 1, fmt, again);
	va_end(again);
	b->size += (size_t)len;
}

void buf_drop(struct buf *b, size_t size)
{
	if (size == 0)
		return;
	if (size >= b->size) {
		buf_clear(b);
		return;
	}
	memmove(b->bytes, b->bytes + size, b->size - size + 1);
	b->size -= size;
}

const char *buf_str(const struct buf *b)
{
	return b->bytes == NULL ? "" : b->bytes;
}
