/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most requests fit one block, so a reset costs nothing; larger wishes get blocks of their own. */
#define BLOCK_SIZE 16384u
#define ALIGNMENT  16u

struct block {
	struct block *next;
	size_t size, used;
	unsigned char bytes[] __attribute__((aligned(ALIGNMENT)));
};

struct adopted {
	struct adopted *next;
	void *object;
	void (*release)(void *);
};

struct arena {
	struct block *blocks; /* newest first; the last one is kept over resets */
	struct adopted *adopted;
	size_t used, soft_cap;
};

static struct block *block_new(size_t size)
{
	struct block *b = calloc(1, sizeof *b + size);

	if (b == NULL)
		abort();
	b->size = size;
	return b;
}

struct arena *arena_new(size_t soft_cap_size)
{
	struct arena *a = calloc(1, sizeof *a);

	if (a == NULL)
		abort();
	a->soft_cap = soft_cap_size;
	a->blocks = block_new(BLOCK_SIZE);
	return a;
}

static void release_adopted(struct arena *a)
{
	struct adopted *list = a->adopted;

	a->adopted = NULL;
	for (; list != NULL; list = list->next)
		list->release(list->object);
}

void arena_reset(struct arena *a)
{
	release_adopted(a);
	while (a->blocks->next != NULL) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	memset(a->blocks->bytes, 0, a->blocks->used);
	a->blocks->used = 0;
	a->used = 0;
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	release_adopted(a);
	while (a->blocks != NULL) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct block *b = a->blocks;
	size_t want;
	void *out;

	if (size > SIZE_MAX / 2)
		abort();
	want = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if (want == 0)
		want = ALIGNMENT;
	if (b->size - b->used < want) {
		b = block_new(want > BLOCK_SIZE ? want : BLOCK_SIZE);
		b->next = a->blocks;
		a->blocks = b;
	}
	out = b->bytes + b->used;
	b->used += want;
	a->used += want;
	return out;
}

void *arena_copy(struct arena *a, const void *bytes, size_t size)
{
	void *out = arena_alloc(a, size);

	if (size > 0)
		memcpy(out, bytes, size);
	return out;
}

char *arena_strn(struct arena *a, const char *text, size_t len)
{
	char *out = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(out, text, len);
	return out;
}

char *arena_str(struct arena *a, const char *text)
{
	return text == NULL ? NULL : arena_strn(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *out;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		abort();
	out = arena_alloc(a, (size_t)len + 1);
	vsnprintf(out, (size_t)len + 1, fmt, again);
	va_end(again);
	return out;
}

void arena_adopt(struct arena *a, void *object, void (*release)(void *))
{
	struct adopted *ad = arena_alloc(a, sizeof *ad);

	ad->object = object;
	ad->release = release;
	ad->next = a->adopted;
	a->adopted = ad;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

bool arena_over_cap(const struct arena *a)
{
	return a->soft_cap != 0 && a->used > a->soft_cap;
}
