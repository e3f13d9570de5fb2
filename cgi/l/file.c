/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: files (L-15 ... L-18, L-21) and signed pictures. */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_file.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "model/filetype.h"
#include "store/file_store.h"

static bool type_ok(const char *text)
{
	return filetype_of_word(text) != NULL;
}

struct in_list { struct in_page page; const char *folder, *type, *sort, *order, *search; };
static const struct field list_fields[] = {
	PAGE_FIELDS(struct in_list, page),
	{ .name = "folder", .type = F_TEXT, .min = 1, .max = 330,
	    .offset = offsetof(struct in_list, folder) },
	{ .name = "type", .type = F_TEXT, .min = 1, .max = 20, .offset = offsetof(struct in_list, type),
	    .check = type_ok, .rule = "must be one of STL, GCODE, OBJ, THREEMF" },
	{ .name = "sort", .type = F_ENUM, .choices = "name|date|size", .fallback = "date",
	    .offset = offsetof(struct in_list, sort) },
	{ .name = "order", .type = F_ENUM, .choices = "asc|desc",
	    .offset = offsetof(struct in_list, order) },
	{ .name = "search", .type = F_TEXT, .min = 1, .max = 200,
	    .offset = offsetof(struct in_list, search) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	const char *order = in->order != NULL ? in->order :
	    strcmp(in->sort, "name") == 0 ? "asc" : "desc";
	int64_t limit = page_limit(&in->page);
	const struct file_filter f = { .folder = in->folder,
		.type = in->type == NULL ? NULL : filetype_of_word(in->type)->word,
		.search = in->search, .sort = arena_printf(rq->arena, "%s %s", in->sort, order),
		.limit = limit, .offset = page_offset(&in->page) };
	struct list found;
	struct err e;

	list_last(rq->app->db, f.offset);
	if (file_store_list(rq->app->db, rq->arena, &f, &found, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "files", found.rows, found.total, in->page.page.v, limit);
}

static const struct answer *l_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct pg_result *file, *slices;
	struct sink *s;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "File");
	if (file_store_show(rq->app->db, rq->arena, id, &file, &e) != E_OK ||
	    file_store_slices(rq->app->db, rq->arena, id, &slices, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	sink_begin_object(s, "file");
	rows_members(s, file, 0, req_hooks(rq));
	rows_list(s, "slicedFiles", slices, req_hooks(rq));
	sink_end_object(s);
	return answer_end(rq);
}

static const struct answer *l_upload(struct req *rq)
{
	struct pg_result *row;
	struct err e;

	if (do_upload(rq, &row, &e) == E_OK)
		return answer_row(rq, 201, "file", row, 0);
	if (e.code == E_FORMAT)
		return answer_fail(rq, 415, NULL, NULL);
	return answer_error(rq, &e);
}

static const struct answer *l_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "File");
	if (do_file_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

struct in_download { const char *slice; };
static const struct field download_fields[] = {
	{ .name = "sliced", .type = F_ID, .offset = offsetof(struct in_download, slice) },
};
static const struct schema download_schema = SCHEMA(download_fields, struct in_download, NULL);

static const struct answer *l_download(struct req *rq)
{
	const struct in_download *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "File");
	pg_last(rq->app->db);
	if (file_store_path(rq->app->db, rq->arena, id, in->slice, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_stored(rq, &(struct answer_file){ .path = pg_get(r, 0, "file_path"),
	    .type = in->slice != NULL ? "text/x.gcode" : pg_get(r, 0, "mime_type"),
	    .name = in->slice != NULL ? arena_printf(rq->arena, "%s.gcode",
	        pg_get(r, 0, "original_name")) : pg_get(r, 0, "original_name"),
	    .is_attachment = true });
}

/* Pictures and films made by the worker. The signature is over the whole path; nothing else
 * opens them, and nothing but these types is ever shown inline. */
static const struct answer *l_media(struct req *rq)
{
	const char *name = req_param(rq, "name"), *extension = filetype_extension(name);
	const char *type = strcmp(extension, ".png") == 0 ? "image/png" :
	    strcmp(extension, ".jpg") == 0 ? "image/jpeg" :
	    strcmp(extension, ".mp4") == 0 ? "video/mp4" : NULL;

	if (rq->who.kind != WHO_SIGNED || type == NULL)
		return answer_not_found(rq, "File");
	return answer_stored(rq, &(struct answer_file){ .path = arena_printf(rq->arena, "%s/%s/%s",
	    req_param(rq, "year"), req_param(rq, "month"), name), .type = type, .name = name });
}

const struct route l_file_routes[] = {
	{ METHOD_GET, "/api/files", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, &list_schema, l_list,
	    ROUTE_KEPT },
	{ METHOD_POST, "/api/files/upload", ROLE_OPERATOR, RATE_UPLOAD, POOL_UPLOAD, FAMILY_L, NULL,
	    l_upload, ROUTE_STREAM },
	{ METHOD_GET, "/api/files/:id", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, NULL, l_get, 0 },
	{ METHOD_DELETE, "/api/files/:id", ROLE_OPERATOR, RATE_API, POOL_API, FAMILY_L, NULL,
	    l_delete, 0 },
	{ METHOD_GET, "/api/files/:id/download", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L,
	    &download_schema, l_download, ROUTE_SIGNED },
	{ METHOD_GET, "/api/media/:year/:month/:name", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L,
	    NULL, l_media, ROUTE_SIGNED | ROUTE_NO_DB },
	{ .path = NULL },
};
