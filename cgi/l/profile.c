/* SPDX-License-Identifier: Apache-2.0 */
/* Family L, extension: print profiles (contract §2.7). */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_profile.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "store/profile_store.h"

struct in_list { struct in_page page; };
static const struct field list_fields[] = { PAGE_FIELDS(struct in_list, page) };
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_profile { const char *scope, *name, *description; const struct jval *metadata;
	struct in_real layer, speed, nozzle, bed, retraction; struct in_int infill;
	struct in_bool supports, is_default; };
#define AT(member) offsetof(struct in_profile, member)
#define REAL(text, member, lo, hi, more) \
	{ .name = text, .type = F_REAL, .min = lo, .max = hi, .flags = FIELD_PATCH | (more), \
	    .offset = AT(member) }
#define COMMON(needed) \
	{ .name = "name", .type = F_TEXT, .min = 1, .max = 100, \
	    .flags = FIELD_PATCH | FIELD_TRIM | (needed), .offset = AT(name) }, \
	{ .name = "description", .type = F_TEXT, .max = 10000, \
	    .flags = FIELD_PATCH | FIELD_NULL | FIELD_LINES, .offset = AT(description) }, \
	REAL("layerHeight", layer, 0.01, 5, needed), \
	{ .name = "infill", .type = F_INT, .min = 0, .max = 100, .flags = FIELD_PATCH | (needed), \
	    .offset = AT(infill) }, \
	REAL("printSpeed", speed, 1, 2000, needed), \
	REAL("nozzleTemp", nozzle, 0, 500, needed), \
	REAL("bedTemp", bed, 0, 200, needed), \
	REAL("retraction", retraction, 0, 100, 0), \
	{ .name = "supports", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(supports) }, \
	{ .name = "metadata", .type = F_OBJECT, .max = 65536, .flags = FIELD_PATCH, \
	    .offset = AT(metadata) }, \
	{ .name = "isDefault", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(is_default) }

static const struct field new_fields[] = {
	COMMON(FIELD_REQUIRED),
	{ .name = "scope", .type = F_ENUM, .choices = "organization|installation",
	    .fallback = "organization", .offset = AT(scope) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_profile, NULL);
static const struct field change_fields[] = { COMMON(0) };
static const struct schema change_schema = SCHEMA(change_fields, struct in_profile, NULL);

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (profile_store_list(rq->app->db, rq->arena, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "profiles", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (profile_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, "profile", r, 0);
}

static const struct answer *l_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return answer_not_found(rq, "Profile");
	pg_last(rq->app->db);
	return show(rq, 200, id);
}

static struct profile_wish wish(struct req *rq)
{
	const struct in_profile *in = rq->in;

	return (struct profile_wish){ .json = input_patch(rq->arena, rq->route->input, rq->body),
		.makes_default = in->is_default.has && in->is_default.v,
		.of_installation = in->scope != NULL && strcmp(in->scope, "installation") == 0 };
}

static const struct answer *l_create(struct req *rq)
{
	const struct profile_wish w = wish(rq);
	const char *id;
	struct err e;

	if (do_profile_create(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *l_change(struct req *rq)
{
	const struct profile_wish w = wish(rq);
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Profile");
	if (do_profile_change(rq, id, &w, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *l_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Profile");
	if (do_profile_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

#define ROW(method, path, role, schema, handler) \
	{ METHOD_##method, path, ROLE_##role, RATE_API, POOL_API, FAMILY_L, schema, handler, 0 }
const struct route l_profile_routes[] = {
	ROW(GET, "/api/profiles", VIEWER, &list_schema, l_list),
	ROW(POST, "/api/profiles", ADMIN, &new_schema, l_create),
	ROW(GET, "/api/profiles/:id", VIEWER, NULL, l_get),
	ROW(PUT, "/api/profiles/:id", ADMIN, &change_schema, l_change),
	ROW(DELETE, "/api/profiles/:id", ADMIN, NULL, l_delete),
	{ .path = NULL },
};
