/* SPDX-License-Identifier: Apache-2.0 */
/* index - the sidecar <file_name>.idx of an analysed G-code file: hash per 64 KiB block, line
 * count at each block, layer offsets. Written by the worker, read by the spooler and by previews.
 *
 * Format (little-endian): "PLIDX1\0\0", u64 file size, u32 blocks, u32 layers, u64 commands;
 * blocks x { u8 sha256[32]; u32 commands before the block's end }; layers x { u64 offset; u32
 * first command; u32 z in um }. The SHA-256 of the whole sidecar stands in the file's row.
 * Owns:     an index belongs to the arena or heap of who built it.
 * Errors:   E_FORMAT for anything that does not add up. Blocking: file functions only. */
#ifndef PLATEN_GCODE_INDEX_H
#define PLATEN_GCODE_INDEX_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"

#define INDEX_BLOCK_SIZE 65536u

struct index_block {
	uint8_t sha256[SHA256_SIZE];
	uint32_t commands; /* commands that begin before the end of this block */
};

struct index_layer {
	uint64_t offset;
	uint32_t command; /* ordinal of its first command, 0-based */
	uint32_t z_um;
};

struct index {
	uint64_t file_size, commands;
	uint32_t blocks_len, layers_len;
	const struct index_block *blocks;
	const struct index_layer *layers;
};

void index_print(const struct index *ix, struct buf *out);
enum errc index_parse(struct arena *a, const void *bytes, size_t size, struct index *out,
    struct err *e) MUST_CHECK;

#endif
