/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: groups of printers (an extension, architecture.md §3.13). */
#include <stddef.h>

#include "base/uuid.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "store/group_store.h"

struct in_list { struct in_page page; };
static const struct field list_fields[] = { PAGE_FIELDS(struct in_list, page) };
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

static bool id_ok(const char *text)
{
	char id[UUID_SIZE];

	return uuid_canon(text, id);
}

struct in_group { const char *name, *description; struct in_texts printers; };
#define FIELDS(name_flags) \
	{ .name = "name", .type = F_TEXT, .min = 1, .max = 100, .flags = FIELD_TRIM | (name_flags), \
	    .offset = offsetof(struct in_group, name) }, \
	{ .name = "description", .type = F_TEXT, .max = 2000, .flags = FIELD_NULL | FIELD_LINES, \
	    .offset = offsetof(struct in_group, description) }, \
	{ .name = "printerIds", .type = F_TEXTS, .max = 1000, .check = id_ok, \
	    .rule = "entries must be ids", .offset = offsetof(struct in_group, printers) }
static const struct field new_fields[] = { FIELDS(FIELD_REQUIRED) };
static const struct schema new_schema = SCHEMA(new_fields, struct in_group, NULL);
static const struct field edit_fields[] = { FIELDS(0) };
static const struct schema edit_schema = SCHEMA(edit_fields, struct in_group, NULL);

static struct group_change change_of(struct req *rq)
{
	const struct in_group *in = rq->in;
	struct group_change c = { .name = in->name, .description = in->description,
		.has_description = input_given(rq->body, "description") };
	struct buf list = BUF_INIT;

	buf_text(&list, "{");
	for (size_t i = 0; i < in->printers.len; i++)
		buf_printf(&list, "%s%s", i == 0 ? "" : ",", in->printers.v[i]);
	buf_text(&list, "}");
	if (in->printers.has)
		c.printers = arena_str(rq->arena, buf_str(&list));
	buf_fini(&list);
	return c;
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (group_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, "group", r, 0);
}

static const struct answer *g_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (group_store_list(rq->app->db, rq->arena, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "groups", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

static const struct answer *g_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");

	return id == NULL ? answer_not_found(rq, "Group") : show(rq, 200, id);
}

static const struct answer *g_create(struct req *rq)
{
	const struct group_change c = change_of(rq);
	const char *id;
	struct err e;

	if (group_store_insert(rq->app->db, rq->arena, &c, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *g_update(struct req *rq)
{
	const struct group_change c = change_of(rq);
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Group");
	if (group_store_update(rq->app->db, rq->arena, id, &c, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *g_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Group");
	if (group_store_delete(rq->app->db, rq->arena, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

#define ROW(method, path, role, schema, handler) \
	{ method, path, role, RATE_API, POOL_API, FAMILY_L, schema, handler, 0 }
const struct route l_group_routes[] = {
	ROW(METHOD_GET, "/api/printer-groups", ROLE_VIEWER, &list_schema, g_list),
	ROW(METHOD_POST, "/api/printer-groups", ROLE_OPERATOR, &new_schema, g_create),
	ROW(METHOD_GET, "/api/printer-groups/:id", ROLE_VIEWER, NULL, g_get),
	ROW(METHOD_PUT, "/api/printer-groups/:id", ROLE_OPERATOR, &edit_schema, g_update),
	ROW(METHOD_DELETE, "/api/printer-groups/:id", ROLE_OPERATOR, NULL, g_delete),
	{ .path = NULL },
};
