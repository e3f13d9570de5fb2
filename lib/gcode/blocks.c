/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/blocks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void blocks_init(struct blocks *b)
{
	memset(b, 0, sizeof(*b));
	b->next = INDEX_BLOCK_SIZE;
}

void blocks_fini(struct blocks *b)
{
	free(b->list);
	sha256_drop(b->partial);
	memset(b, 0, sizeof(*b));
}

static struct index_block *append(struct blocks *b)
{
	if (b->len == b->cap) {
		b->cap = b->cap == 0 ? 64 : b->cap * 2;
		b->list = realloc(b->list, b->cap * sizeof(b->list[0]));
		assert(b->list != NULL);
	}
	b->list[b->len].commands = 0;
	return &b->list[b->len++];
}

void blocks_bytes(struct blocks *b, const char *bytes, size_t size)
{
	size_t part;

	b->size += size;
	while (size > 0) {
		if (b->partial == NULL && size >= INDEX_BLOCK_SIZE) {
			part = INDEX_BLOCK_SIZE;
			sha256(bytes, part, append(b)->sha256);
		} else {
			part = INDEX_BLOCK_SIZE - b->partial_size;
			part = part < size ? part : size;
			if (b->partial == NULL)
				b->partial = sha256_begin();
			sha256_add(b->partial, bytes, part);
			b->partial_size += part;
			if (b->partial_size == INDEX_BLOCK_SIZE) {
				sha256_end(b->partial, append(b)->sha256);
				b->partial = NULL;
				b->partial_size = 0;
			}
		}
		bytes += part;
		size -= part;
	}
}

void blocks_step(struct blocks *b)
{
	b->list[b->counted++].commands = (uint32_t)b->commands;
	b->next += INDEX_BLOCK_SIZE;
}

void blocks_end(struct blocks *b)
{
	if (b->partial != NULL) {
		sha256_end(b->partial, append(b)->sha256);
		b->partial = NULL;
	}
	while (b->counted < b->len)
		blocks_step(b);
}
