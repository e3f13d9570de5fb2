/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/req.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "auth/policy.h"
#include "base/crypto.h"
#include "cgi/gate.h"
#include "store/user_store.h"

#define MASK "********"

const char *req_param(const struct req *rq, const char *name)
{
	for (int i = 0; i < rq->match.params; i++)
		if (strlen(name) == rq->match.param[i].name_len &&
		    memcmp(name, rq->match.param[i].name, rq->match.param[i].name_len) == 0)
			return rq->match.param[i].value;
	return NULL;
}

const char *req_query(const struct req *rq, const char *name)
{
	return pairs_get(&rq->query, name);
}

const char *req_header(const struct req *rq, const char *name)
{
	char variable[96] = "HTTP_";
	size_t n = 5;

	for (; *name != '\0' && n + 1 < sizeof variable; name++)
		variable[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
	variable[n] = '\0';
	return rq->gate->param(rq->gate, variable);
}

const char *req_cookie(const struct req *rq, const char *name)
{
	const char *p = req_header(rq, "Cookie");
	size_t len = strlen(name);

	while (p != NULL && *p != '\0') {
		p += strspn(p, " ;");
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			return arena_strn(rq->arena, p + len + 1, strcspn(p + len + 1, "; "));
		p += strcspn(p, ";");
	}
	return NULL;
}

bool req_is_https(const struct req *rq)
{
	const char *https = rq->gate->param(rq->gate, "HTTPS");

	return https != NULL && strcmp(https, "on") == 0;
}

const char *req_origin(const struct req *rq)
{
	const char *host = req_header(rq, "Host");

	return arena_printf(rq->arena, "%s://%s", req_is_https(rq) ? "https" : "http",
	    host == NULL ? "localhost" : host);
}

enum errc req_read(struct req *rq, void *out, size_t size, size_t *got, struct err *e)
{
	ssize_t n;

	*got = 0;
	if (!rq->body_unknown && rq->body_left == 0)
		return E_OK;
	if (!rq->body_unknown && size > rq->body_left)
		size = rq->body_left;
	n = rq->gate->read(rq->gate, out, size);
	if (n < 0 || (n == 0 && !rq->body_unknown))
		return err_set(e, E_FORMAT, "The request body ended early");
	if (n == 0)
		rq->body_unknown = false;
	else if (!rq->body_unknown)
		rq->body_left -= (size_t)n;
	*got = (size_t)n;
	return E_OK;
}

static const char *or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

/* Agents stand beside the ladder of roles and enter only where the route names them. */
static const char *least_role(const struct req *rq)
{
	if ((rq->route->flags & ROUTE_AGENT) == 0)
		return role_name(rq->route->least);
	return rq->route->least == ROLE_VIEWER ? "VIEWER+AGENT" : "AGENT";
}

enum errc req_begin(struct req *rq, struct err *e)
{
	static const char *const kinds[] = { "", "user", "auto", "agent", "external" };
	const struct pg_enter who = {
		.kind = kinds[rq->who.kind],
		.user_id = or_null(rq->who.user),
		.session_id = or_null(rq->who.session),
		.claimed_org = or_null(rq->who.claimed_org),
		.stated_org = or_null(rq->stated_org),
		.claimed_role = role_name(rq->who.claimed_role),
		.least_role = least_role(rq),
	};
	enum errc rc = pg_begin(rq->app->db, &who, e);

	rq->entered = rc == E_OK;
	return rc;
}

enum errc req_enter(struct req *rq, struct err *e)
{
	enum errc rc = req_begin(rq, e);

	return rc != E_OK ? rc : user_store_context(rq->app->db, rq->arena, rq->ip, rq->agent, e);
}

enum errc req_commit(struct req *rq, struct err *e)
{
	if (!rq->entered)
		return E_OK;
	rq->entered = false;
	return pg_commit(rq->app->db, e);
}

void req_rollback(struct req *rq)
{
	rq->entered = false;
	pg_rollback(rq->app->db);
}

enum role req_role(const struct req *rq)
{
	return role_parse(pg_entered(rq->app->db, "role"));
}

const char *req_org(const struct req *rq)
{
	return pg_entered(rq->app->db, "organization_id");
}

const char *req_uuid(const struct req *rq, const char *name)
{
	const char *text = req_param(rq, name);
	char id[UUID_SIZE];

	return text != NULL && uuid_canon(text, id) ? arena_str(rq->arena, id) : NULL;
}

/* `value` is a bytea in hex form. Passwords only ever travel inwards. */
static const char *show_secret(void *ctx, const char *column, const char *value)
{
	struct req *rq = ctx;
	struct buf plain = BUF_INIT;
	size_t len = value == NULL ? 0 : strlen(value);
	uint8_t *sealed;
	const char *out = NULL;

	if (value == NULL || strncmp(column, "mqtt_password", 13) == 0)
		return NULL;
	if (!policy_sees_secrets(req_role(rq)) || !rq->app->can_seal)
		return MASK;
	if (len < 2 || len % 2 != 0)
		return NULL;
	sealed = arena_alloc(rq->arena, len / 2);
	if (hex_decode(value + 2, sealed, len / 2 - 1) &&
	    crypto_unseal(rq->app->seal_key, sealed, len / 2 - 1, &plain))
		out = arena_str(rq->arena, buf_str(&plain));
	buf_fini(&plain);
	return out;
}

/* Pictures for a day, films for an hour (contract §9.6). */
static const char *sign_media(void *ctx, const char *column, const char *value)
{
	struct req *rq = ctx;
	size_t len = value == NULL ? 0 : strlen(value);
	bool is_film = len > 4 && strcmp(value + len - 4, ".mp4") == 0;

	(void)column;
	if (len == 0)
		return NULL;
	return ticket_media_url(&rq->app->tickets, arena_printf(rq->arena, "/api/media/%s", value),
	    NULL, clock_wall() + (is_film ? 1 : 24) * 3600 * USEC_PER_SEC, rq->arena);
}

const struct rows_hooks *req_hooks(struct req *rq)
{
	struct rows_hooks *hooks = ARENA_NEW(rq->arena, struct rows_hooks);

	hooks->ctx = rq;
	hooks->secret = show_secret;
	hooks->media = sign_media;
	return hooks;
}
