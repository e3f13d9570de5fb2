/* SPDX-License-Identifier: Apache-2.0 */
/* Browser sessions. The cookie holds a signed token of its own type, which names a row of
 * `sessions`; it is no access token and nothing else accepts it. */
#include <string.h>

#include "cgi/req.h"

const char *req_cookie_name(const struct req *rq)
{
	return req_is_https(rq) ? "__Host-platen" : "platen";
}

enum errc req_session_from_cookie(struct req *rq, struct err *e)
{
	const char *text = req_cookie(rq, req_cookie_name(rq));
	struct token_claims claims;
	enum errc rc;

	if (text == NULL || *text == '\0') {
		err_set(e, E_UNAUTHORIZED, "Authentication required");
		return err_kind(e, "UNAUTHORIZED");
	}
	rc = token_verify(&rq->app->keys, TOKEN_BROWSER, text, clock_wall(), rq->arena, &claims, e);
	if (rc != E_OK)
		return rc;
	rq->who.kind = WHO_USER;
	rq->who.by_cookie = true;
	rq->who.expires = claims.expires;
	memcpy(rq->who.user, claims.subject, UUID_SIZE);
	memcpy(rq->who.session, claims.session, UUID_SIZE);
	return E_OK;
}

/* Before there is a session the token binds to nothing, and the Origin check alone must hold. */
static const char *csrf_subject(const struct req *rq)
{
	return rq->who.session[0] == '\0' ? "login" : rq->who.session;
}

const char *req_csrf(struct req *rq)
{
	return ticket_csrf(&rq->app->tickets, csrf_subject(rq), rq->arena);
}

static bool same_origin(const struct req *rq)
{
	const char *origin = req_header(rq, "Origin"), *site = req_header(rq, "Sec-Fetch-Site");

	if (site != NULL && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
		return false;
	return origin == NULL || strcmp(origin, req_origin(rq)) == 0;
}

enum errc req_csrf_check(struct req *rq, struct err *e)
{
	const char *token = pairs_get(rq->form, "_csrf");

	if (token == NULL)
		token = req_header(rq, "X-CSRF-Token");
	/* A streamed form is not read yet; its token stands in the address it is sent to. */
	if (token == NULL && (rq->route->flags & ROUTE_STREAM) != 0)
		token = req_query(rq, "_csrf");
	if (!same_origin(rq) || token == NULL ||
	    !ticket_csrf_ok(&rq->app->tickets, csrf_subject(rq), token)) {
		err_set(e, E_DENIED, "The page is out of date: reload it and try again");
		return err_kind(e, "CSRF");
	}
	return E_OK;
}
