/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/t_analyze.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/uuid.h"
#include "gcode/analysis.h"
#include "gcode/estimate.h"

#define READ_SIZE (256u << 10)

static enum errc find_file(struct task_run *t, struct task_file *out, struct err *e)
{
	const char *id = jval_text(jval_get(t->payload, "fileId"), NULL);
	enum errc rc;

	if (id == NULL || !uuid_ok(id))
		return err_set(e, E_INVALID, "The task names no file");
	rc = task_store_file(t->db, t->arena, id, out, e);
	if (rc == E_OK && out->id == NULL)
		return err_set(e, E_NOTFOUND, "The file is gone");
	if (rc == E_OK && !out->deleted && strcmp(out->type, "GCODE") != 0)
		return err_set(e, E_INVALID, "Only G-code is analysed");
	return rc;
}

static enum errc read_all(struct task_run *t, int fd, struct analysis *an, struct err *e)
{
	char *room = arena_alloc(t->arena, READ_SIZE);
	enum errc rc;
	ssize_t n;

	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	for (;;) {
		n = read(fd, room, READ_SIZE);
		if (n == 0)
			return E_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(e, "read");
		analysis_feed(an, room, (size_t)n);
		rc = task_beat(t, e);
		if (rc != E_OK)
			return rc;
	}
}

static enum errc write_beside(struct task_run *t, const struct buf *bytes, const char *path,
    const char *suffix, struct err *e)
{
	struct file_new *n;
	enum errc rc = files_create(t->files, (int64_t)bytes->size, &n, e);

	if (rc != E_OK)
		return rc;
	rc = files_write(n, bytes->bytes, bytes->size, e);
	if (rc != E_OK) {
		files_abandon(n);
		return rc;
	}
	return files_finish_beside(n, path, suffix, e);
}

static enum errc write_index(struct task_run *t, const struct analysis *an, const char *path,
    struct task_analysis *out, struct err *e)
{
	char *hex = arena_alloc(t->arena, SHA256_HEX_SIZE);
	struct buf bytes = BUF_INIT;
	struct index ix;
	enum errc rc;

	analysis_index(an, &ix);
	index_print(&ix, &bytes);
	sha256_hex(bytes.bytes, bytes.size, hex);
	rc = write_beside(t, &bytes, path, ".idx", e);
	buf_fini(&bytes);
	out->idx_sha256 = hex;
	return rc;
}

/* A picture that is missing or damaged is no reason to fail. */
static enum errc write_picture(struct task_run *t, const struct analysis *an, const char *path,
    struct task_analysis *out, struct err *e)
{
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
	struct buf png = BUF_INIT;
	enum errc rc;
	char *base;

	rc = thumb_png(analysis_thumb(an), &png, e);
	if (rc != E_OK) {
		if (rc != E_NOTFOUND)
			log_info("no picture of file %s: %s", out->file, e->message);
		buf_fini(&png);
		return E_OK;
	}
	base = dot != NULL && (slash == NULL || dot > slash) ?
	    arena_strn(t->arena, path, (size_t)(dot - path)) : arena_str(t->arena, path);
	rc = write_beside(t, &png, base, "_thumb.png", e);
	buf_fini(&png);
	out->thumbnail = arena_printf(t->arena, "%s_thumb.png", base);
	return rc;
}

static const char *object(struct task_run *t, const struct analysis *an,
    void (*write)(const struct analysis *an, struct sink *s))
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *out;

	json_sink_init(&js, &text);
	sink_begin_object(&js.sink, NULL);
	write(an, &js.sink);
	sink_end_object(&js.sink);
	out = arena_strn(t->arena, text.bytes, text.size);
	buf_fini(&text);
	return out;
}

static enum errc keep(struct task_run *t, const struct analysis *an, const struct task_file *file,
    struct err *e)
{
	struct task_analysis *out = ARENA_NEW(t->arena, struct task_analysis);
	struct index ix;
	enum errc rc;

	analysis_index(an, &ix);
	if (ix.file_size != (uint64_t)file->size)
		return err_set(e, E_FORMAT, "The stored file is not as long as it was uploaded");
	out->file = file->id;
	out->printable = analysis_check(an)->refusal == NULL;
	rc = write_index(t, an, file->path, out, e);
	if (rc == E_OK)
		rc = write_picture(t, an, file->path, out, e);
	if (rc != E_OK)
		return rc;
	out->metadata_json = object(t, an, analysis_write_metadata);
	out->analysis_json = object(t, an, analysis_write);
	t->product = out;
	return E_OK;
}

enum errc t_analyze_work(struct task_run *t, struct err *e)
{
	struct analysis *an;
	struct task_file file;
	enum errc rc = find_file(t, &file, e);
	int fd;

	if (rc != E_OK)
		return rc;
	if (file.deleted) { /* deleted while it waited */
		t->result_json = "{\"skipped\":\"deleted\"}";
		return E_OK;
	}
	rc = files_open(t->files, file.path, "", &fd, e);
	if (rc != E_OK)
		return rc;
	an = analysis_new(ESTIMATE_DEFAULT);
	rc = read_all(t, fd, an, e);
	close(fd);
	if (rc == E_OK) {
		analysis_end(an);
		rc = keep(t, an, &file, e);
	}
	analysis_free(an);
	return rc;
}

enum errc t_analyze_save(struct task_run *t, struct err *e)
{
	const struct task_analysis *found = t->product;

	return found == NULL ? E_OK : task_store_analysed(t->db, t->arena, found, e);
}

enum errc t_analyze_give_up(struct task_run *t, const char *why, struct err *e)
{
	const char *id = jval_text(jval_get(t->payload, "fileId"), NULL);

	if (id == NULL || !uuid_ok(id))
		return E_OK;
	return task_store_file_failed(t->db, t->arena, id, "analyze", why, e);
}
