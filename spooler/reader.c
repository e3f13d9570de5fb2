/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "spooler/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"
#include "gcode/index.h"
#include "spooler/spool_file.h"

#define NO_BLOCK UINT64_MAX

enum { SLOTS = 3 }; /* the one in use, the one after it, one to go back to */

struct slot {
	uint64_t block; /* NO_BLOCK: empty */
	enum source_state state;
	size_t size;
	uint64_t used; /* turn of last use */
	uint8_t *bytes;
};

struct reader {
	struct source source;
	struct loop *loop;
	struct reader_conf conf;
	char spool_dir[400], attempt_id[UUID_SIZE], file[1024], idx_sha256[SHA256_HEX_SIZE];
	struct arena *arena; /* the index */
	struct index index;
	struct slot slots[SLOTS];
	struct slot *loading; /* a pool thread works on it */
	uint64_t turn, wanted; /* wanted: block the bay waits for */
	int fd;
	bool working, opened, closing, remove;
	enum errc rc;
	struct err err;
};

static enum source_state peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size);

static void *room(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		abort();
	return p;
}

/* ---- opening ---- */

static void open_work(void *ctx)
{
	struct reader *r = ctx;
	struct spool_file f = { .dir = r->spool_dir, .attempt_id = r->attempt_id };

	if (r->conf.file != NULL)
		r->rc = spool_file_take(&f, r->file, r->idx_sha256, &r->err);
	if (r->rc == E_OK)
		r->rc = spool_file_open(&f, r->arena, &r->index, &r->fd, &r->err);
}

static void finish_free(struct reader *r)
{
	struct spool_file f = { .dir = r->spool_dir, .attempt_id = r->attempt_id };

	if (r->fd >= 0)
		close(r->fd);
	if (r->remove)
		spool_file_remove(&f);
	for (int i = 0; i < SLOTS; i++)
		free(r->slots[i].bytes);
	arena_free(r->arena);
	free(r);
}

static void open_done(void *ctx)
{
	struct reader *r = ctx;

	r->working = false;
	if (r->closing) {
		finish_free(r);
		return;
	}
	r->opened = r->rc == E_OK;
	r->conf.ready(r->conf.ctx, r->opened ? NULL : &r->err);
}

struct reader *reader_new(struct loop *l, const struct reader_conf *conf)
{
	struct reader *r = room(sizeof *r);

	r->loop = l;
	r->conf = *conf;
	r->fd = -1;
	r->wanted = NO_BLOCK;
	r->source.peek = peek;
	r->source.ctx = r;
	r->arena = arena_new(0);
	for (int i = 0; i < SLOTS; i++)
		r->slots[i].block = NO_BLOCK;
	snprintf(r->spool_dir, sizeof r->spool_dir, "%s", conf->spool_dir);
	snprintf(r->attempt_id, sizeof r->attempt_id, "%s", conf->attempt_id);
	snprintf(r->file, sizeof r->file, "%s", conf->file == NULL ? "" : conf->file);
	snprintf(r->idx_sha256, sizeof r->idx_sha256, "%s",
	    conf->idx_sha256 == NULL ? "" : conf->idx_sha256);
	r->working = true;
	loop_work(l, open_work, open_done, r);
	return r;
}

static void free_work(void *ctx)
{
	finish_free(ctx);
}

void reader_free(struct reader *r, bool remove)
{
	if (r == NULL)
		return;
	r->remove = remove;
	r->closing = true;
	if (r->working)
		return; /* its end frees */
	if (remove)
		loop_work(r->loop, free_work, NULL, r); /* unlinking a large file takes time */
	else
		finish_free(r);
}

struct source *reader_source(struct reader *r)
{
	return &r->source;
}

uint64_t reader_size(const struct reader *r)
{
	return r->index.file_size;
}

/* ---- reading ---- */

static size_t block_size(const struct reader *r, uint64_t block)
{
	uint64_t left = r->index.file_size - block * INDEX_BLOCK_SIZE;

	return left < INDEX_BLOCK_SIZE ? (size_t)left : INDEX_BLOCK_SIZE;
}

static void load_work(void *ctx)
{
	struct reader *r = ctx;
	struct slot *s = r->loading;
	uint8_t hash[SHA256_SIZE];
	size_t got = 0;
	ssize_t n = 1;

	while (got < s->size && n > 0) {
		n = pread(r->fd, s->bytes + got, s->size - got,
		    (off_t)(s->block * INDEX_BLOCK_SIZE + got));
		if (n > 0)
			got += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0) {
		s->state = SOURCE_ERROR;
		return;
	}
	sha256(s->bytes, got, hash);
	s->state = got == s->size && memcmp(hash, r->index.blocks[s->block].sha256, sizeof hash) == 0
	    ? SOURCE_READY : SOURCE_CHANGED;
}

static void load(struct reader *r, uint64_t block);

static void load_done(void *ctx)
{
	struct reader *r = ctx;
	uint64_t got = r->loading->block, wanted = r->wanted;

	r->working = false;
	r->loading = NULL;
	if (r->closing) {
		finish_free(r);
		return;
	}
	if (wanted == NO_BLOCK)
		return;
	if (wanted != got) {
		load(r, wanted); /* the bay has gone elsewhere meanwhile */
		return;
	}
	r->wanted = NO_BLOCK;
	r->conf.more(r->conf.ctx);
}

static struct slot *find(struct reader *r, uint64_t block)
{
	for (int i = 0; i < SLOTS; i++)
		if (r->slots[i].block == block)
			return &r->slots[i];
	return NULL;
}

static void load(struct reader *r, uint64_t block)
{
	struct slot *oldest = &r->slots[0];

	for (int i = 1; i < SLOTS; i++)
		if (r->slots[i].used < oldest->used)
			oldest = &r->slots[i];
	if (oldest->bytes == NULL)
		oldest->bytes = room(INDEX_BLOCK_SIZE);
	oldest->block = block;
	oldest->size = block_size(r, block);
	oldest->state = SOURCE_WAIT;
	oldest->used = ++r->turn;
	r->loading = oldest;
	r->working = true;
	loop_work(r->loop, load_work, load_done, r);
}

static enum source_state peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size)
{
	struct reader *r = s->ctx;
	uint64_t block = at / INDEX_BLOCK_SIZE;
	struct slot *have;

	if (!r->opened)
		return SOURCE_WAIT;
	if (at >= r->index.file_size)
		return SOURCE_END;
	have = find(r, block);
	if (have == NULL || have == r->loading) {
		r->wanted = block;
		if (!r->working)
			load(r, block);
		return SOURCE_WAIT;
	}
	if (have->state != SOURCE_READY)
		return have->state;
	have->used = ++r->turn;
	if (!r->working && block + 1 < r->index.blocks_len && find(r, block + 1) == NULL)
		load(r, block + 1);
	*bytes = have->bytes + at % INDEX_BLOCK_SIZE;
	*size = have->size - at % INDEX_BLOCK_SIZE;
	return SOURCE_READY;
}
