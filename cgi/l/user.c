/* SPDX-License-Identifier: Apache-2.0 */
/* Family L, extension: administration of accounts (contract §2.7). Everybody sees itself, an
 * ADMIN those of its organisation, the installation's ADMIN all. */
#include <stddef.h>

#include "cgi/answer.h"
#include "cgi/do_user.h"
#include "cgi/doors.h"
#include "cgi/l/account.h"
#include "cgi/l/page.h"
#include "store/people_store.h"
#include "store/user_store.h"

#define ROLES "ADMIN|OPERATOR|VIEWER"

struct in_list { struct in_page page; const char *search; };
static const struct field list_fields[] = {
	PAGE_FIELDS(struct in_list, page),
	{ .name = "search", .type = F_TEXT, .min = 1, .max = 200,
	    .offset = offsetof(struct in_list, search) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_new { const char *email, *username, *password, *role; };
static const struct field new_fields[] = {
	ACCOUNT_EMAIL(FIELD_REQUIRED, offsetof(struct in_new, email)),
	ACCOUNT_USERNAME(FIELD_REQUIRED, offsetof(struct in_new, username)),
	ACCOUNT_PASSWORD("password", FIELD_NULL, offsetof(struct in_new, password)),
	{ .name = "role", .type = F_ENUM, .choices = ROLES, .fallback = "VIEWER",
	    .offset = offsetof(struct in_new, role) },
};
static const struct schema new_schema = SCHEMA(new_fields, struct in_new, NULL);

struct in_change { const char *role; struct in_bool active; };
static const struct field change_fields[] = {
	{ .name = "role", .type = F_ENUM, .choices = ROLES,
	    .offset = offsetof(struct in_change, role) },
	{ .name = "isActive", .type = F_BOOL, .offset = offsetof(struct in_change, active) },
};
static const struct schema change_schema = SCHEMA(change_fields, struct in_change, NULL);

struct in_reset { const char *password, *current; };
static const struct field reset_fields[] = {
	ACCOUNT_PASSWORD("password", FIELD_NULL, offsetof(struct in_reset, password)),
	ACCOUNT_PROOF(FIELD_NULL, offsetof(struct in_reset, current)),
};
static const struct schema reset_schema = SCHEMA(reset_fields, struct in_reset, NULL);

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (people_store_list(rq->app->db, rq->arena, in->search, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "users", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

/* `made` NULL: no password to be told. */
static const struct answer *show(struct req *rq, int status, const char *id, const char *made)
{
	struct pg_result *r;
	struct sink *s;
	struct err e;

	if (user_store_show(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	if (pg_len(r) == 0)
		return answer_not_found(rq, "User");
	s = answer_begin(rq, status);
	rows_object(s, "user", r, 0, req_hooks(rq));
	if (made != NULL)
		sink_text(s, "temporaryPassword", made);
	return answer_end(rq);
}

static const struct answer *l_get(struct req *rq)
{
	const char *id = req_uuid(rq, "id");

	if (id == NULL)
		return answer_not_found(rq, "User");
	pg_last(rq->app->db);
	return show(rq, 200, id, NULL);
}

static const struct answer *l_create(struct req *rq)
{
	const struct in_new *in = rq->in;
	const struct user_wish w = { in->email, in->username, in->role, in->password };
	const char *id, *made;
	struct err e;

	if (do_user_create(rq, &w, &id, &made, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 201, id, made);
}

static const struct answer *l_change(struct req *rq)
{
	const struct in_change *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "User");
	if (people_store_update(rq->app->db, rq->arena, id, in->role,
	        in->active.has ? &in->active.v : NULL, &e) != E_OK)
		return answer_error(rq, &e);
	return show(rq, 200, id, NULL);
}

static const struct answer *l_delete(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "User");
	if (people_store_delete(rq->app->db, rq->arena, id, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_true(rq);
}

static const struct answer *l_reset(struct req *rq)
{
	const struct in_reset *in = rq->in;
	struct user_reset r = { .id = req_uuid(rq, "id"), .password = in->password,
		.current = in->current };
	struct err e;

	if (r.id == NULL)
		return answer_not_found(rq, "User");
	if (do_user_reset(rq, &r, &e) != E_OK)
		return r.refusal != NULL ? r.refusal : answer_error(rq, &e);
	return show(rq, 200, r.id, r.made);
}

#define ROW(method, path, role, rate, pool, schema, handler) \
	{ METHOD_##method, path, ROLE_##role, RATE_##rate, POOL_##pool, FAMILY_L, schema, handler, 0 }
const struct route l_user_routes[] = {
	ROW(GET, "/api/users", VIEWER, API, API, &list_schema, l_list),
	ROW(POST, "/api/users", ADMIN, API, SLOW, &new_schema, l_create),
	ROW(GET, "/api/users/:id", VIEWER, API, API, NULL, l_get),
	ROW(PATCH, "/api/users/:id", ADMIN, API, API, &change_schema, l_change),
	ROW(DELETE, "/api/users/:id", ADMIN, API, API, NULL, l_delete),
	ROW(POST, "/api/users/:id/reset-password", ADMIN, API, SLOW, &reset_schema, l_reset),
	{ .path = NULL },
};
