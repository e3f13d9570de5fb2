/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/layer_view.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "gcode/index.h"
#include "gcode/layers.h"
#include "store/files.h"

#define SIDECAR_MAX (8 << 20)
#define LAYER_MAX (2 << 20) /* a vase is one layer: what is shown of it ends somewhere */

/* Bytes [from, from + size) of a stored file, in the arena. */
static enum errc read_part(struct req *rq, int fd, uint64_t from, size_t size, const char **out,
    struct err *e)
{
	char *bytes = arena_alloc(rq->arena, size + 1);
	size_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, bytes + got, size - got, (off_t)(from + got));

		if (n <= 0)
			return n < 0 ? err_errno(e, "reading a file") :
			    err_set(e, E_FORMAT, "The file is shorter than its index says");
		got += (size_t)n;
	}
	*out = bytes;
	return E_OK;
}

static enum errc read_whole(struct req *rq, int fd, const char **out, size_t *size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(e, "reading a sidecar");
	if (st.st_size > SIDECAR_MAX)
		return err_set(e, E_FORMAT, "The sidecar is too large");
	*size = (size_t)st.st_size;
	return read_part(rq, fd, 0, *size, out, e);
}

static enum errc read_index(struct req *rq, const struct layer_view *v, struct index *ix,
    struct err *e)
{
	char sha256[SHA256_HEX_SIZE];
	const char *bytes;
	size_t size = 0;
	int fd;
	enum errc rc = files_open(rq->app->files, v->path, ".idx", &fd, e);

	if (rc != E_OK)
		return rc;
	rc = read_whole(rq, fd, &bytes, &size, e);
	close(fd);
	if (rc != E_OK)
		return rc;
	sha256_hex(bytes, size, sha256);
	if (strcmp(sha256, v->idx_sha256) != 0)
		return err_set(e, E_FORMAT, "The sidecar is not the one of this file");
	return index_parse(rq->arena, bytes, size, ix, e);
}

enum errc layer_view_read(struct req *rq, struct layer_view *v, struct err *e)
{
	struct index ix;
	uint64_t from, to;
	int fd;
	enum errc rc = read_index(rq, v, &ix, e);

	v->size = 0;
	v->is_cut = false;
	if (rc != E_OK)
		return rc;
	v->count = ix.layers_len;
	if (v->layer >= ix.layers_len || !layers_range(&ix, (uint32_t)v->layer, &from, &to))
		return E_OK;
	v->is_cut = to - from > LAYER_MAX;
	v->size = v->is_cut ? LAYER_MAX : (size_t)(to - from);
	rc = files_open(rq->app->files, v->path, "", &fd, e);
	if (rc != E_OK)
		return rc;
	rc = read_part(rq, fd, from, v->size, &v->bytes, e);
	close(fd);
	/* half a line at the end is no command */
	while (rc == E_OK && v->is_cut && v->size > 0 && v->bytes[v->size - 1] != '\n')
		v->size--;
	return rc;
}

static void print_command(void *ctx, const char *cmd, size_t len)
{
	sink_textn(ctx, NULL, cmd, len);
}

void layer_view_print(struct sink *s, const struct layer_view *v)
{
	sink_begin_list(s, "commands");
	if (v->size > 0)
		layers_commands(v->bytes, v->size, print_command, s);
	sink_end_list(s);
}
