/* SPDX-License-Identifier: Apache-2.0 */
/* Family L, extension: organisations, members, the agents' key (contract §2.7). */
#include <stddef.h>
#include <string.h>

#include "cgi/admin.h"
#include "cgi/answer.h"
#include "cgi/do_organization.h"
#include "cgi/doors.h"
#include "cgi/l/account.h"
#include "cgi/l/page.h"
#include "store/organization_store.h"

struct in_list { struct in_page page; };
static const struct field list_fields[] = { PAGE_FIELDS(struct in_list, page) };
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

static bool slug_ok(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool backend_ok(const char *text)
{
	const char *host = strncmp(text, "https://", 8) == 0 ? text + 8 :
	    strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;

	return host != NULL && *host != '\0' && *host != '/' && strpbrk(host, " @\"<>\\") == NULL;
}

struct in_organization { const char *name, *slug, *recipient, *backend; struct in_bool active; };
#define AT(member) offsetof(struct in_organization, member)
#define COMMON(needed) \
	{ .name = "name", .type = F_TEXT, .min = 1, .max = 255, \
	    .flags = FIELD_PATCH | FIELD_TRIM | (needed), .offset = AT(name) }, \
	{ .name = "slug", .type = F_TEXT, .min = 1, .max = 100, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(slug), .check = slug_ok, \
	    .rule = "must be small letters, digits and dashes" }, \
	{ .name = "defaultRecipientId", .type = F_TEXT, .min = 1, .max = 255, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(recipient) }, \
	{ .name = "printerBackendUrl", .type = F_TEXT, .max = 255, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(backend), .check = backend_ok, \
	    .rule = "must be an http or https address" }

static const struct field new_fields[] = { COMMON(FIELD_REQUIRED) };
static const struct schema new_schema = SCHEMA(new_fields, struct in_organization, NULL);
static const struct field change_fields[] = {
	COMMON(0),
	{ .name = "isActive", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(active) },
};
static const struct schema change_schema = SCHEMA(change_fields, struct in_organization, NULL);

struct in_member { const char *user, *role; };
static const struct field member_fields[] = {
	{ .name = "userId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_member, user) },
	{ .name = "role", .type = F_ENUM, .choices = "ADMIN|OPERATOR|VIEWER", .flags = FIELD_NULL,
	    .offset = offsetof(struct in_member, role) },
};
static const struct schema member_schema = SCHEMA(member_fields, struct in_member, NULL);
/* DELETE reads the query: ?userId= */
static const struct schema leave_schema = { member_fields, 1, sizeof(struct in_member), NULL };

struct in_key { const char *current; };
static const struct field key_fields[] = {
	ACCOUNT_PROOF(FIELD_NULL, offsetof(struct in_key, current)),
};
static const struct schema key_schema = SCHEMA(key_fields, struct in_key, NULL);

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (organization_store_list(rq->app->db, rq->arena, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "organizations", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (organization_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, "organization", r, 0);
}

static const struct answer *l_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");

	return id == NULL ? answer_not_found(rq, "Organization") : show(rq, 200, id);
}

static const struct answer *l_create(struct req *rq)
{
	const char *id;
	struct err e;

	if (admin_check_host(rq, &e) != E_OK ||
	    organization_store_create(rq->app->db, rq->arena,
	        input_patch(rq->arena, rq->route->input, rq->body), &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *l_change(struct req *rq)
{
	const struct organization_wish w = {
		.json = input_patch(rq->arena, rq->route->input, rq->body),
		.gives_host_matters = input_given(rq->body, "isActive") ||
		    input_given(rq->body, "printerBackendUrl") };
	const struct in_organization *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Organization");
	if (do_organization_change(rq, id, &w, &e) != E_OK)
		return answer_error(rq, &e);
	if (in->active.has && !in->active.v && strcmp(id, req_org(rq)) == 0)
		return answer_fail(rq, 409, "CONFLICT", "You are working in this organization");
	return show(rq, 200, id);
}

static const struct answer *l_members(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Organization");
	if (organization_store_enter(rq->app->db, rq->arena, id, "VIEWER", &e) != E_OK ||
	    organization_store_members(rq->app->db, rq->arena, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "members", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

static const struct answer *l_set_member(struct req *rq)
{
	const struct in_member *in = rq->in;
	const char *const user_role[2] = { in->user, in->role };
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;
	bool is_new;

	if (id == NULL)
		return answer_not_found(rq, "Organization");
	if (organization_store_enter(rq->app->db, rq->arena, id, "ADMIN", &e) != E_OK ||
	    organization_store_set_member(rq->app->db, rq->arena, user_role, &is_new, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, is_new ? 201 : 200, "member", r, 0);
}

static const struct answer *remove_member(struct req *rq, const char *user)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL || user == NULL)
		return answer_not_found(rq, id == NULL ? "Organization" : "Member");
	if (organization_store_enter(rq->app->db, rq->arena, id, "ADMIN", &e) != E_OK ||
	    organization_store_remove_member(rq->app->db, rq->arena, user, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

static const struct answer *l_remove_member(struct req *rq)
{
	return remove_member(rq, req_uuid(rq, "userId"));
}

static const struct answer *l_remove_by_query(struct req *rq)
{
	const struct in_member *in = rq->in;

	return remove_member(rq, in->user);
}

static const struct answer *l_key(struct req *rq)
{
	const struct in_key *in = rq->in;
	struct organization_key k = { .id = req_uuid(rq, "id"), .current = in->current };
	struct sink *s;
	struct err e;

	if (k.id == NULL)
		return answer_not_found(rq, "Organization");
	if (do_organization_key(rq, &k, &e) != E_OK)
		return k.refusal != NULL ? k.refusal : answer_error(rq, &e);
	s = answer_begin(rq, 201);
	sink_text(s, "apiKey", k.key);
	return answer_end(rq);
}

#define AT_ID "/api/organizations/:id"
#define ROW(method, path, role, pool, schema, handler) \
	{ METHOD_##method, path, ROLE_##role, RATE_API, POOL_##pool, FAMILY_L, schema, handler, 0 }
const struct route l_organization_routes[] = {
	ROW(GET, "/api/organizations", VIEWER, API, &list_schema, l_list),
	ROW(POST, "/api/organizations", ADMIN, API, &new_schema, l_create),
	ROW(GET, AT_ID, VIEWER, API, NULL, l_get),
	ROW(PUT, AT_ID, ADMIN, API, &change_schema, l_change),
	ROW(GET, AT_ID "/members", VIEWER, API, &list_schema, l_members),
	ROW(POST, AT_ID "/members", ADMIN, API, &member_schema, l_set_member),
	ROW(DELETE, AT_ID "/members", ADMIN, API, &leave_schema, l_remove_by_query),
	ROW(DELETE, AT_ID "/members/:userId", ADMIN, API, NULL, l_remove_member),
	ROW(POST, AT_ID "/api-key", ADMIN, SLOW, &key_schema, l_key),
	{ .path = NULL },
};
