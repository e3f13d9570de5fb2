/* SPDX-License-Identifier: Apache-2.0 */
/* Files: the list with upload, one file with "print on…", deleting. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "cgi/do_file.h"
#include "cgi/doors.h"
#include "cgi/page_format.h"
#include "cgi/web/web.h"
#include "store/file_store.h"
#include "store/group_store.h"
#include "store/page_store.h"

#define PAGE_ROWS  50
#define MAX_GROUPS 100
#define LINK_LIFE (USEC_PER_SEC * 3600)

struct in_files {
	const char *search;
};
static const struct field files_fields[] = {
	{ .name = "search", .type = F_TEXT, .flags = FIELD_TRIM, .max = 200,
	    .offset = offsetof(struct in_files, search) },
};
static const struct schema files_schema = SCHEMA(files_fields, struct in_files, NULL);

static const struct answer *list(struct req *rq, int status, const char *problem)
{
	const struct in_files *in = rq->in;
	const char *search = in == NULL || in->search == NULL || *in->search == '\0' ? NULL : in->search;
	int64_t number = web_page_number(rq);
	const struct file_filter f = { .search = search, .sort = "date desc", .limit = PAGE_ROWS,
		.offset = (number - 1) * PAGE_ROWS };
	char size[PAGE_TEXT_SIZE], digits[32];
	struct list found;
	struct page *p;
	struct err e;

	if (file_store_list(rq->app->db, rq->arena, &f, &found, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Files", "files");
	web_notice(p);
	page_set(p, "search", search);
	page_set(p, "problem", problem);
	snprintf(digits, sizeof digits, "%lld",
	    (long long)conf_int(rq->app->conf, "storage.max_file_size"));
	if (page_format("fileSize", digits, size))
		page_set(p, "max_size", size);
	rows_list(page_sink(p), "files", found.rows, req_hooks(rq));
	web_pager(p, number, PAGE_ROWS, found.total);
	return page_render(p, status, "files", "files");
}

static const struct answer *files(struct req *rq)
{
	return list(rq, 200, NULL);
}

static const struct answer *upload(struct req *rq)
{
	struct pg_result *row;
	struct err e;

	if (do_upload(rq, &row, &e) == E_OK)
		return web_done(rq, arena_printf(rq->arena, "/files/%s", pg_get(row, 0, "id")), "uploaded");
	if (e.code == E_FORMAT)
		err_set(&e, E_INVALID, "Choose a file first");
	req_rollback(rq);
	if (req_begin(rq, NULL) != E_OK)
		return web_problem(rq, 503, "SERVICE_UNAVAILABLE", e.message);
	return list(rq, e.code == E_LIMIT ? 413 : e.code == E_UNAVAILABLE ? 503 : 422, e.message);
}

static enum errc find(struct req *rq, struct pg_result **out, struct err *e)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return err_set(e, E_NOTFOUND, "File not found");
	return file_store_show(rq->app->db, rq->arena, id, out, e);
}

static const struct answer *file(struct req *rq)
{
	static const int64_t window[2] = { MAX_GROUPS, 0 };
	struct pg_result *r, *printers, *groups;
	const char *analysis, *owner;
	struct page *p;
	struct sink *s;
	struct err e;
	enum role role;

	if (find(rq, &r, &e) != E_OK ||
	    page_store_printers(rq->app->db, rq->arena, &printers, &e) != E_OK ||
	    group_store_list(rq->app->db, rq->arena, window, &groups, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, pg_get(r, 0, "originalName"), "files");
	web_notice(p);
	s = page_sink(p);
	analysis = pg_get(r, 0, "_analysis");
	owner = pg_get(r, 0, "userId");
	role = req_role(rq);
	sink_begin_object(s, "file");
	rows_members(s, r, 0, req_hooks(rq));
	sink_bool(s, "analyzed", analysis != NULL);
	if (analysis != NULL)
		sink_json(s, "analysis", analysis, strlen(analysis));
	sink_bool(s, "can_delete", role == ROLE_ADMIN ||
	    (role == ROLE_OPERATOR && owner != NULL && strcmp(owner, rq->who.user) == 0));
	sink_end_object(s);
	sink_begin_list(s, "printers");
	for (int row = 0; row < pg_len(printers); row++)
		web_printer(p, NULL, printers, row);
	sink_end_list(s);
	rows_list(s, "groups", groups, NULL);
	return page_render(p, 200, "file", "file");
}

/* The bytes come from the API's address, which a fresh signature opens. */
static const struct answer *download(struct req *rq)
{
	struct pg_result *r;
	struct err e;

	if (find(rq, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_redirect(rq, ticket_media_url(&rq->app->tickets,
	    arena_printf(rq->arena, "/api/files/%s/download", pg_get(r, 0, "id")), req_org(rq),
	    clock_wall() + LINK_LIFE, rq->arena));
}

static const struct answer *ask_delete(struct req *rq)
{
	struct pg_result *r;
	struct page *p;
	struct err e;

	if (find(rq, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Delete file", "files");
	page_set(p, "question", arena_printf(rq->arena, "Delete %s?", pg_get(r, 0, "originalName")));
	page_set(p, "consequence", "The file is removed for everybody. Finished prints of it stay in the history.");
	page_set(p, "verb", "Delete");
	page_set(p, "act", rq->path);
	page_set(p, "back", arena_printf(rq->arena, "/files/%s", pg_get(r, 0, "id")));
	return page_render(p, 200, "confirm", "");
}

static const struct answer *delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "File");
	if (do_file_delete(rq, id, &e) != E_OK)
		return web_refused(rq, arena_printf(rq->arena, "/files/%s", id), &e);
	return web_done(rq, "/files", "deleted");
}

const struct route web_file_routes[] = {
	{ METHOD_GET, "/files", ROLE_VIEWER, RATE_NONE, POOL_API, FAMILY_WEB, &files_schema, files, 0 },
	{ METHOD_POST, "/files", ROLE_OPERATOR, RATE_UPLOAD, POOL_UPLOAD, FAMILY_WEB, NULL, upload,
	    ROUTE_STREAM },
	{ METHOD_GET, "/files/:id", ROLE_VIEWER, RATE_NONE, POOL_API, FAMILY_WEB, NULL, file, 0 },
	{ METHOD_GET, "/files/:id/download", ROLE_VIEWER, RATE_NONE, POOL_API, FAMILY_WEB, NULL,
	    download, 0 },
	{ METHOD_GET, "/files/:id/delete", ROLE_OPERATOR, RATE_NONE, POOL_API, FAMILY_WEB, NULL,
	    ask_delete, 0 },
	{ METHOD_POST, "/files/:id/delete", ROLE_OPERATOR, RATE_API, POOL_API, FAMILY_WEB, NULL, delete,
	    0 },
	{ .path = NULL },
};
