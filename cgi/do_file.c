/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_file.h"

#include <string.h>
#include <strings.h>

#include "auth/policy.h"
#include "base/log.h"
#include "cgi/upload.h"
#include "store/file_store.h"

static enum errc check_labels(struct upload *u, struct err *e)
{
	if (u->folder[0] == '\0')
		memcpy(u->folder, "uploads", sizeof "uploads");
	if (!filetype_folder_ok(u->folder))
		return err_field(e, E_INVALID, "folder",
		    "must be up to 5 segments of letters, digits, blanks and _ . -");
	if (u->name[0] != '\0' && !filetype_name_ok(u->name))
		return err_field(e, E_INVALID, "name", "must be 1 to 255 bytes without separators");
	return E_OK;
}

/* A display name keeps the extension of the file it renames. */
static enum errc display_name(struct req *rq, const struct upload *u, const char **out,
    struct err *e)
{
	const char *extension = filetype_extension(u->filename);

	*out = u->filename;
	if (u->name[0] == '\0')
		return E_OK;
	*out = u->name;
	if (strcasecmp(filetype_extension(u->name), extension) != 0)
		*out = arena_printf(rq->arena, "%s%s", u->name, extension);
	return strlen(*out) <= 255 ? E_OK :
	    err_field(e, E_INVALID, "name", "must be 1 to 255 bytes without separators");
}

/* The event carries the File object as the API shows it. */
static const char *event_of(struct req *rq, const struct pg_result *row)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *out;

	json_sink_init(&js, &text);
	rows_object(&js.sink, NULL, row, 0, req_hooks(rq));
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

static enum errc keep(struct req *rq, const struct file_row *f, struct pg_result **row,
    struct err *e)
{
	struct pg *db = rq->app->db;
	const char *id;
	enum errc rc = req_enter(rq, e);

	if (rc == E_OK)
		rc = file_store_insert(db, rq->arena, f, &id, e);
	if (rc == E_OK)
		rc = file_store_show(db, rq->arena, id, row, e);
	if (rc == E_OK)
		rc = file_store_uploaded(db, rq->arena, id, event_of(rq, *row), e);
	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc != E_OK)
		req_rollback(rq);
	return rc;
}

enum errc do_upload(struct req *rq, struct pg_result **row, struct err *e)
{
	struct upload u = { 0 };
	char path[FILES_PATH_SIZE];
	struct file_row f;
	const char *name;
	enum errc rc = req_commit(rq, e); /* no transaction while a slow client sends */

	if (rc == E_OK)
		rc = upload_receive(rq, &u, e);
	if (rc == E_OK)
		rc = check_labels(&u, e);
	if (rc == E_OK)
		rc = display_name(rq, &u, &name, e);
	if (rc != E_OK) {
		upload_free(&u);
		return rc;
	}
	f = (struct file_row){ .original_name = name, .path = path, .folder = u.folder,
		.type = u.type->word, .mime = u.type->mime, .sha256 = u.sha256, .size = u.size };
	rc = files_finish(u.file, u.type->extension, path, e);
	u.file = NULL;
	if (rc == E_OK && (rc = keep(rq, &f, row, e)) != E_OK)
		if (files_remove(rq->app->files, path, "", NULL) != E_OK)
			log_warn("an upload without a row stays behind: %s", path);
	upload_free(&u);
	return rc;
}

static void remove_bytes(struct req *rq, const char *path)
{
	struct err e;

	if (path != NULL && (files_remove(rq->app->files, path, "", &e) != E_OK ||
	        files_remove(rq->app->files, path, ".idx", &e) != E_OK))
		log_err(&e, "removing a deleted file");
}

enum errc do_file_delete(struct req *rq, const char *id, struct err *e)
{
	struct pg *db = rq->app->db;
	struct file_facts f;
	struct pg_result *slices;
	enum errc rc = file_store_facts(db, rq->arena, id, &f, e);

	if (rc != E_OK)
		return rc;
	if (!policy_deletes_file(req_role(rq), strcmp(f.owner, rq->who.user) == 0))
		return err_set(e, E_DENIED, "Insufficient permissions");
	if (f.in_use)
		return err_set(e, E_CONFLICT, "The file is in use by a job that is not finished");
	rc = file_store_slice_paths(db, rq->arena, id, &slices, e);
	if (rc == E_OK)
		rc = file_store_forget(db, rq->arena, id, f.has_history, e);
	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc != E_OK)
		return rc;
	remove_bytes(rq, f.path);
	remove_bytes(rq, f.thumbnail);
	for (int i = 0; i < pg_len(slices); i++)
		remove_bytes(rq, pg_get(slices, i, "file_path"));
	return E_OK;
}
