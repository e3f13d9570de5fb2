/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/wire.h"

#include <string.h>

static int64_t byte_time(const struct wire *w)
{
	return w->baud ? 10000000000LL / w->baud : 0;
}

size_t wire_room(const struct wire *w)
{
	return WIRE_SIZE - w->size;
}

uint8_t *wire_end(struct wire *w)
{
	return w->bytes + w->size;
}

void wire_added(struct wire *w, int64_t now, size_t n)
{
	/* first_due of an empty wire is when the byte after the last one could have passed */
	if (n && !w->size && w->first_due < now * 1000 + byte_time(w))
		w->first_due = now * 1000 + byte_time(w);
	w->size += n;
}

size_t wire_due(const struct wire *w, int64_t now)
{
	int64_t passed;

	if (!w->baud || !w->size)
		return w->size;
	if (now * 1000 < w->first_due)
		return 0;
	passed = (now * 1000 - w->first_due) / byte_time(w) + 1;
	return passed < (int64_t)w->size ? (size_t)passed : w->size;
}

void wire_drop(struct wire *w, size_t n)
{
	memmove(w->bytes, w->bytes + n, w->size - n);
	w->size -= n;
	w->first_due += (int64_t)n * byte_time(w);
}

void wire_clear(struct wire *w)
{
	w->size = 0;
}

/* Both sides act on whole lines, so that is when it is worth waking up. */
int64_t wire_deadline(const struct wire *w)
{
	const uint8_t *lf;
	int64_t at;

	if (!w->size)
		return INT64_MAX;
	lf = memchr(w->bytes, '\n', w->size);
	at = w->first_due + (lf ? lf - w->bytes : (int64_t)w->size - 1) * byte_time(w);
	return (at + 999) / 1000;
}
