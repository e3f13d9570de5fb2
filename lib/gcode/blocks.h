/* SPDX-License-Identifier: Apache-2.0 */
/* blocks - builds the block part of the index: a hash and a command count per 64 KiB.
 * Owns:     its list until blocks_fini(). Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_BLOCKS_H
#define PLATEN_GCODE_BLOCKS_H

#include "gcode/index.h"

struct blocks {
	struct index_block *list;
	uint32_t len, cap;
	struct sha256_stream *partial; /* block that is being filled */
	size_t partial_size;
	uint32_t counted;              /* blocks whose command count is final */
	uint64_t next;                 /* offset at which the next block begins for the count */
	uint64_t commands, size;
};

void blocks_init(struct blocks *b);
void blocks_fini(struct blocks *b);
void blocks_bytes(struct blocks *b, const char *bytes, size_t size); /* before their commands */
void blocks_step(struct blocks *b); /* slow part of blocks_command() */
void blocks_end(struct blocks *b);

/* A command begins at `offset`; offsets rise. Returns its ordinal. */
static inline uint32_t blocks_command(struct blocks *b, uint64_t offset)
{
	while (offset >= b->next)
		blocks_step(b);
	return (uint32_t)b->commands++;
}

#endif
