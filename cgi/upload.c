/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/upload.h"

#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/utf8.h"
#include "cgi/body.h"
#include "cgi/gate.h"
#include "proto/multipart.h"

#define CHUNK        65536
#define FRAME_ALLOW  (1 << 20) /* what multipart may add around the file */

static enum errc too_large(struct err *e)
{
	err_set(e, E_LIMIT, "File too large");
	return err_kind(e, "FILE_TOO_LARGE");
}

/* Names are labels, never paths: what a client puts before the last separator is dropped. */
static const char *basename_of(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (*p == '/' || *p == '\\')
			name = p + 1;
	return name;
}

static enum errc begin_file(struct req *rq, struct upload *u, const struct multipart *m,
    struct err *e)
{
	const char *name = basename_of(m->filename);

	if (u->file != NULL)
		return err_field(e, E_INVALID, "file", "must be one file");
	if (!filetype_name_ok(name))
		return err_field(e, E_INVALID, "file", "must have a name of printable characters");
	u->filename = arena_str(rq->arena, name);
	u->type = filetype_of_name(name);
	if (u->type == NULL) {
		const char *extension = filetype_extension(name);

		err_field(e, E_INVALID, "file", "File type %s not allowed", extension);
		return err_kind(e, "INVALID_FILE_TYPE");
	}
	u->hash = sha256_begin();
	return files_create(rq->app->files, (int64_t)rq->body_left, &u->file, e);
}

static enum errc add_bytes(struct upload *u, const struct multipart *m, struct err *e)
{
	u->size += (int64_t)m->size;
	if (u->size > u->max_size)
		return too_large(e);
	sha256_add(u->hash, m->data, m->size);
	return files_write(u->file, m->data, m->size, e);
}

static enum errc add_text(char *out, size_t cap, const struct multipart *m, struct err *e)
{
	size_t have = strlen(out);

	if (have + m->size >= cap || memchr(m->data, '\0', m->size) != NULL)
		return err_field(e, E_INVALID, m->name, "is too long or no text");
	memcpy(out + have, m->data, m->size);
	out[have + m->size] = '\0';
	return E_OK;
}

/* The same field twice: which of the two another reader would take is anybody's guess. */
static enum errc begin_text(bool *has, const struct multipart *m, struct err *e)
{
	if (*has)
		return err_field(e, E_INVALID, m->name, "is given twice");
	*has = true;
	return E_OK;
}

/* A form whose file was not chosen sends the field all the same, with no name and no bytes. */
static bool is_file(const struct multipart *m)
{
	return m->has_filename && m->filename[0] != '\0' && strcmp(m->name, "file") == 0;
}

static enum errc begin_part(struct req *rq, struct upload *u, const struct multipart *m,
    struct err *e)
{
	if (is_file(m))
		return begin_file(rq, u, m, e);
	if (strcmp(m->name, "folder") == 0)
		return begin_text(&u->has_folder, m, e);
	return strcmp(m->name, "name") == 0 ? begin_text(&u->has_name, m, e) : E_OK;
}

static enum errc take_event(struct req *rq, struct upload *u, const struct multipart *m,
    enum multipart_event event, struct err *e)
{
	switch (event) {
	case MULTIPART_PART:
		return begin_part(rq, u, m, e);
	case MULTIPART_DATA:
		if (is_file(m))
			return add_bytes(u, m, e);
		if (strcmp(m->name, "folder") == 0)
			return add_text(u->folder, sizeof u->folder, m, e);
		return strcmp(m->name, "name") == 0 ? add_text(u->name, sizeof u->name, m, e) : E_OK;
	case MULTIPART_BAD:
		err_set(e, E_INVALID, "Malformed multipart body");
		return err_detail(e, "%s", m->why);
	case MULTIPART_MORE:
	case MULTIPART_PART_END:
	case MULTIPART_END:
		break;
	}
	return E_OK;
}

static enum errc receive(struct req *rq, struct upload *u, struct multipart *m, struct err *e)
{
	char *chunk = arena_alloc(rq->arena, CHUNK);
	size_t got;
	enum errc rc;

	do {
		enum multipart_event event;

		rc = req_read(rq, chunk, CHUNK, &got, e);
		if (rc != E_OK)
			return err_set(e, E_INVALID, "The upload ended early");
		multipart_feed(m, chunk, got);
		while ((event = multipart_next(m)) != MULTIPART_MORE) {
			rc = take_event(rq, u, m, event, e);
			if (rc != E_OK)
				return rc;
		}
	} while (got > 0);
	return multipart_is_done(m) ? E_OK : err_set(e, E_INVALID, "The upload ended early");
}

static enum errc check_content(struct req *rq, struct upload *u, struct err *e)
{
	uint8_t digest[SHA256_SIZE];
	char *head = arena_alloc(rq->arena, FILETYPE_HEAD_SIZE);
	ssize_t n;

	sha256_end(u->hash, digest);
	u->hash = NULL;
	hex_encode(digest, sizeof digest, u->sha256);
	n = pread(files_fd(u->file), head, FILETYPE_HEAD_SIZE, 0);
	if (n < 0)
		return err_errno(e, "reading the upload back");
	if (filetype_fits(u->type, head, (size_t)n, u->size))
		return E_OK;
	err_field(e, E_INVALID, "file", "The content does not match the extension");
	return err_kind(e, "INVALID_FILE_CONTENT");
}

static enum errc no_file(struct err *e)
{
	err_field(e, E_INVALID, "file", "No file uploaded");
	return err_kind(e, "NO_FILE");
}

enum errc upload_receive(struct req *rq, struct upload *u, struct err *e)
{
	const char *type = rq->gate->param(rq->gate, "CONTENT_TYPE");
	struct multipart *m = ARENA_NEW(rq->arena, struct multipart);
	enum errc rc;

	u->max_size = conf_int(rq->app->conf, "storage.max_file_size");
	if ((type == NULL || *type == '\0') && rq->body_left == 0)
		return no_file(e);
	if (!multipart_init(m, type)) {
		err_set(e, E_FORMAT, "Unsupported media type");
		return err_kind(e, "UNSUPPORTED_MEDIA_TYPE");
	}
	rc = body_check_coding(rq, e);
	if (rc != E_OK)
		return rc;
	if ((int64_t)rq->body_left > u->max_size + FRAME_ALLOW)
		return too_large(e);
	rc = receive(rq, u, m, e);
	if (rc != E_OK)
		return rc;
	return u->file == NULL ? no_file(e) : check_content(rq, u, e);
}

void upload_free(struct upload *u)
{
	files_abandon(u->file);
	sha256_drop(u->hash);
	u->file = NULL;
	u->hash = NULL;
}
