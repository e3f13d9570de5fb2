/* SPDX-License-Identifier: Apache-2.0 */
/* Family P: products (contract §2.7). */
#include <stddef.h>

#include "cgi/answer.h"
#include "cgi/do_product.h"
#include "cgi/doors.h"
#include "cgi/p/fields.h"

struct in_product {
	const char *organization, *name, *file;
	struct in_int seconds, layers;
	struct in_real grams, layer_height;
	const struct jval *metadata;
	struct in_bool is_active;
};

#define AT(member) offsetof(struct in_product, member)
#define OPTION(n, t, member, lo, hi) { .name = n, .type = t, .min = lo, .max = hi, \
	.flags = FIELD_PATCH | FIELD_NULL, .offset = AT(member) }
#define COMMON(name_flags) \
	{ .name = "organizationId", .type = F_ID, .flags = FIELD_REQUIRED, \
	    .offset = AT(organization) }, \
	{ .name = "name", .type = F_TEXT, .min = 1, .max = 255, \
	    .flags = FIELD_PATCH | FIELD_TRIM | (name_flags), .offset = AT(name) }, \
	{ .name = "file_id", .type = F_ID, .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(file) }, \
	OPTION("estimated_print_time_sec", F_INT, seconds, 0, 2147483647), \
	OPTION("estimated_filament_weight", F_REAL, grams, 0, 99999999.99), \
	OPTION("layer_height", F_REAL, layer_height, 0, 99.999), \
	OPTION("total_layers", F_INT, layers, 0, 2147483647), \
	{ .name = "gcode_metadata", .type = F_OBJECT, .max = 65536, \
	    .flags = FIELD_PATCH | FIELD_NULL, .offset = AT(metadata) }

static const struct field new_fields[] = { COMMON(FIELD_REQUIRED) };
static const struct schema new_schema = SCHEMA(new_fields, struct in_product,
    "organizationId and name required");
static const struct field change_fields[] = {
	COMMON(0),
	{ .name = "is_active", .type = F_BOOL, .flags = FIELD_PATCH, .offset = AT(is_active) },
};
static const struct schema change_schema = SCHEMA(change_fields, struct in_product,
    "organizationId required");

struct in_list { const char *organization, *search; struct in_bool inactive;
	struct in_int limit, offset; };
static const struct field list_fields[] = {
	ORG(struct in_list),
	{ .name = "search", .type = F_TEXT, .min = 1, .max = 255,
	    .offset = offsetof(struct in_list, search) },
	{ .name = "includeInactive", .type = F_BOOL, .offset = offsetof(struct in_list, inactive) },
	WINDOW(struct in_list, "1000"),
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list,
    "organizationId required");

struct in_org { const char *organization; };
static const struct field org_fields[] = {
	ORG(struct in_org),
};
static const struct schema org_schema = SCHEMA(org_fields, struct in_org,
    "organizationId required");

static const struct answer *show(struct req *rq, int status, const char *id)
{
	struct pg_result *r;
	struct err e;

	if (product_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, status, NULL, r, 0);
}

static const struct answer *p_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	const struct product_filter f = { in->search, in->inactive.v,
		in->limit.v > 1000 ? 1000 : in->limit.v, in->offset.v };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (product_store_list(rq->app->db, rq->arena, &f, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_rows(rq, r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"));
}

static const struct answer *p_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return answer_not_found(rq, "Product");
	pg_last(rq->app->db);
	return show(rq, 200, id);
}

static const struct answer *p_create(struct req *rq)
{
	const struct in_product *in = rq->in;
	const struct product_wish w = { input_patch(rq->arena, rq->route->input, rq->body), in->file };
	const char *id;
	struct err e;

	if (do_product_create(rq, &w, &id, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id);
}

static const struct answer *p_change(struct req *rq)
{
	const struct in_product *in = rq->in;
	const struct product_wish w = { input_patch(rq->arena, rq->route->input, rq->body), in->file };
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Product");
	if (w.json == NULL)
		return answer_fail(rq, 400, NULL, "No valid fields to update");
	if (do_product_change(rq, id, &w, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id);
}

static const struct answer *p_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Product");
	if (do_product_delete(rq, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_message(rq, "Product deleted successfully");
}

#define ROW(method, path, role, schema, handler) \
	{ method, path, role, RATE_P, POOL_API, FAMILY_P, schema, handler, 0 }
const struct route p_product_routes[] = {
	ROW(METHOD_GET, "/api/products", ROLE_VIEWER, &list_schema, p_list),
	ROW(METHOD_POST, "/api/products", ROLE_ADMIN, &new_schema, p_create),
	ROW(METHOD_GET, "/api/products/:id", ROLE_VIEWER, &org_schema, p_get),
	ROW(METHOD_PUT, "/api/products/:id", ROLE_ADMIN, &change_schema, p_change),
	ROW(METHOD_DELETE, "/api/products/:id", ROLE_ADMIN, &org_schema, p_delete),
	{ .path = NULL },
};
