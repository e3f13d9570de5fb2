/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/who.h"

#include <string.h>
#include <strings.h>

#include "auth/token_cache.h"
#include "base/crypto.h"
#include "store/apikey_store.h"
#include "store/camera_store.h"

static enum errc nobody(struct err *e)
{
	err_set(e, E_UNAUTHORIZED, "Authentication required");
	return err_kind(e, "UNAUTHORIZED");
}

static void take_claims(struct req *rq, const struct token_claims *c)
{
	struct who *w = &rq->who;

	memcpy(w->user, c->subject, UUID_SIZE);
	memcpy(w->session, c->session, UUID_SIZE);
	memcpy(w->claimed_org, c->organization, UUID_SIZE);
	w->claimed_role = c->is_agent ? ROLE_AGENT : role_of_claim(c->role);
	w->expires = c->expires;
	if (c->is_agent)
		w->kind = WHO_AGENT;
	else
		w->kind = rq->family == FAMILY_P && c->session[0] == '\0' ? WHO_EXTERNAL : WHO_USER;
}

static enum errc from_bearer(struct req *rq, struct err *e)
{
	const char *header = req_header(rq, "Authorization");
	struct token_claims claims;
	enum errc rc;

	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0 || header[7] == '\0')
		return nobody(e);
	rc = token_cache_verify(rq->app->tokens, header + 7, clock_wall(), rq->arena, &claims, e);
	if (rc != E_OK)
		return rc;
	if (rq->family != FAMILY_P && claims.expires == 0 && !claims.is_agent) {
		err_set(e, E_UNAUTHORIZED, "Invalid authentication token");
		return err_kind(e, "INVALID_TOKEN");
	}
	take_claims(rq, &claims);
	return E_OK;
}

/* An agent with its organisation's key instead of a token (family P). Keys for one printer or for
 * other interfaces are not this. */
static enum errc from_key(struct req *rq, const char *key, struct err *e)
{
	struct who *w = &rq->who;
	char hash[SHA256_HEX_SIZE];
	struct apikey found;
	enum errc rc;

	sha256_hex(key, strlen(key), hash);
	rc = apikey_store_find(rq->app->db, rq->arena, hash, &found, e);
	if (rc == E_NOTFOUND || (rc == E_OK && (strcmp(found.scope, "agent") != 0 ||
	        found.printer != NULL))) {
		err_set(e, E_UNAUTHORIZED, "Invalid token");
		return err_kind(e, "INVALID_TOKEN");
	}
	if (rc != E_OK)
		return rc;
	w->kind = WHO_AGENT;
	w->claimed_role = ROLE_AGENT;
	memcpy(w->claimed_org, found.organization, UUID_SIZE);
	if (found.id != NULL)
		memcpy(w->user, found.id, UUID_SIZE);
	return E_OK;
}

/* A proof in the address stands there once: two readers must not take two different ones. */
static bool is_doubtful(const struct req *rq)
{
	static const char *const names[] = { "org", "expires", "sig", "ticket" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pairs_twice(&rq->query, names[i]))
			return true;
	return false;
}

static bool from_signature(struct req *rq)
{
	const struct ticket_media t = { rq->path, req_query(rq, "org"), req_query(rq, "expires"),
		req_query(rq, "sig") };

	if (!ticket_media_ok(&rq->app->tickets, &t, clock_wall()))
		return false;
	rq->who.kind = WHO_SIGNED;
	rq->who.claimed_role = ROLE_VIEWER;
	return t.organization == NULL || uuid_canon(t.organization, rq->who.claimed_org);
}

/* A ticket stands for the session that asked for it, once; that one must still be there. */
static enum errc from_ticket(struct req *rq, const char *text, struct err *e)
{
	struct camera_ticket t;
	char sha256[SHA256_HEX_SIZE];
	enum errc rc;

	sha256_hex(text, strlen(text), sha256);
	rc = camera_store_take_ticket(rq->app->db, rq->arena, sha256, &t, e);
	if (rc != E_OK)
		return rc;
	memcpy(rq->who.user, t.user, UUID_SIZE);
	memcpy(rq->who.session, t.session, UUID_SIZE);
	memcpy(rq->who.claimed_org, t.organization, UUID_SIZE);
	rq->who.kind = WHO_USER;
	return E_OK;
}

/* Proof in the address, where a route takes it and no header brings a better one. */
static bool has_address_proof(const struct req *rq, unsigned flag, const char *name)
{
	return (rq->route->flags & flag) != 0 && req_query(rq, name) != NULL &&
	    req_header(rq, "Authorization") == NULL;
}

enum errc who_identify(struct req *rq, struct err *e)
{
	const char *key;
	enum errc rc;

	if ((has_address_proof(rq, ROUTE_SIGNED, "sig") ||
	        has_address_proof(rq, ROUTE_CAMERA, "ticket")) && is_doubtful(rq))
		return err_field(e, E_INVALID, "query", "holds a proof twice");
	if (has_address_proof(rq, ROUTE_SIGNED, "sig")) {
		if (from_signature(rq))
			return E_OK;
		err_set(e, E_DENIED, "This address is not valid or not valid any more");
		return err_kind(e, "FORBIDDEN");
	}
	if (has_address_proof(rq, ROUTE_CAMERA, "ticket"))
		return from_ticket(rq, req_query(rq, "ticket"), e);
	if (rq->family == FAMILY_WEB) {
		rc = req_session_from_cookie(rq, e);
		return rq->route->least == ROLE_ANYONE ? E_OK : rc;
	}
	if (rq->route->least == ROLE_ANYONE)
		return E_OK;
	key = req_header(rq, "X-API-Key");
	if (rq->family == FAMILY_P && key != NULL && req_header(rq, "Authorization") == NULL &&
	    strncmp(key, "pk_", 3) == 0)
		return from_key(rq, key, e);
	return from_bearer(rq, e);
}
