/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/index.h"

#include <string.h>

#define HEADER_SIZE 32u
#define BLOCK_RECORD (SHA256_SIZE + 4u)
#define LAYER_RECORD 16u

static const char magic[8] = "PLIDX1";

static void put32(struct buf *out, uint32_t v)
{
	char b[4] = { (char)v, (char)(v >> 8), (char)(v >> 16), (char)(v >> 24) };

	buf_append(out, b, sizeof(b));
}

static void put64(struct buf *out, uint64_t v)
{
	put32(out, (uint32_t)v);
	put32(out, (uint32_t)(v >> 32));
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get64(const uint8_t *p)
{
	return (uint64_t)get32(p) | (uint64_t)get32(p + 4) << 32;
}

void index_print(const struct index *ix, struct buf *out)
{
	uint32_t i;

	buf_append(out, magic, sizeof(magic));
	put64(out, ix->file_size);
	put32(out, ix->blocks_len);
	put32(out, ix->layers_len);
	put64(out, ix->commands);
	for (i = 0; i < ix->blocks_len; i++) {
		buf_append(out, ix->blocks[i].sha256, SHA256_SIZE);
		put32(out, ix->blocks[i].commands);
	}
	for (i = 0; i < ix->layers_len; i++) {
		put64(out, ix->layers[i].offset);
		put32(out, ix->layers[i].command);
		put32(out, ix->layers[i].z_um);
	}
}

/* Counts never fall, the last block has them all, layers stand in order inside the file. */
static bool adds_up(const struct index *ix)
{
	uint64_t last = 0;
	uint32_t i;

	for (i = 0; i < ix->blocks_len; last = ix->blocks[i++].commands)
		if (ix->blocks[i].commands < last)
			return false;
	if (last != ix->commands)
		return false;
	for (i = 0; i < ix->layers_len; i++) {
		const struct index_layer *l = &ix->layers[i];

		if (l->offset >= ix->file_size || l->command > ix->commands)
			return false;
		if (i > 0 && (l->offset <= l[-1].offset || l->command < l[-1].command))
			return false;
	}
	return true;
}

enum errc index_parse(struct arena *a, const void *bytes, size_t size, struct index *out,
    struct err *e)
{
	const uint8_t *p = bytes;
	struct index_block *blocks;
	struct index_layer *layers;
	uint32_t i;

	memset(out, 0, sizeof(*out));
	if (size < HEADER_SIZE + 0u || memcmp(p, magic, sizeof(magic)) != 0)
		return err_set(e, E_FORMAT, "Not an index of a G-code file");
	out->file_size = get64(p + 8);
	out->blocks_len = get32(p + 16);
	out->layers_len = get32(p + 20);
	out->commands = get64(p + 24);
	if (out->blocks_len != out->file_size / INDEX_BLOCK_SIZE +
	    (out->file_size % INDEX_BLOCK_SIZE != 0) || size != HEADER_SIZE +
	    (uint64_t)out->blocks_len * BLOCK_RECORD + (uint64_t)out->layers_len * LAYER_RECORD)
		return err_set(e, E_FORMAT, "The index of the G-code file has the wrong size");
	p += HEADER_SIZE;
	blocks = ARENA_ARRAY(a, struct index_block, out->blocks_len + 1u);
	for (i = 0; i < out->blocks_len; i++, p += BLOCK_RECORD) {
		memcpy(blocks[i].sha256, p, SHA256_SIZE);
		blocks[i].commands = get32(p + SHA256_SIZE);
	}
	layers = ARENA_ARRAY(a, struct index_layer, out->layers_len + 1u);
	for (i = 0; i < out->layers_len; i++, p += LAYER_RECORD) {
		layers[i].offset = get64(p);
		layers[i].command = get32(p + 8);
		layers[i].z_um = get32(p + 12);
	}
	out->blocks = blocks;
	out->layers = layers;
	if (!adds_up(out))
		return err_set(e, E_FORMAT, "The index of the G-code file contradicts itself");
	return E_OK;
}
