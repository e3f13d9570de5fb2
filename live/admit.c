/* SPDX-License-Identifier: Apache-2.0 */
#include "live/admit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "live/hub.h"
#include "store/live_store.h"

#define FAILED "Authentication failed"

struct admission {
	struct gateway *gw;
	char sid[EIO_SID_SIZE];
	struct identity who;
};

static struct admission *begin(struct client *c)
{
	struct admission *ad = calloc(1, sizeof *ad);

	if (ad == NULL)
		abort();
	ad->gw = c->gw;
	memcpy(ad->sid, c->sid, sizeof ad->sid);
	return ad;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from == NULL ? "" : from);
}

static void conclude(struct admission *ad, enum errc rc, const struct err *e)
{
	struct client *c = hub_find(ad->gw->hub, ad->sid);

	if (c == NULL || c->ended) {
		free(ad);
		return;
	}
	if (rc == E_OK && !ad->who.demo &&
	    hub_sockets_of(ad->gw->hub, ad->who.user) >= ad->gw->max_per_user) {
		client_refuse(c, "Too many connections");
	} else if (rc == E_OK) {
		client_admit(c, &ad->who);
	} else if (rc == E_UNAUTHORIZED || rc == E_DENIED || rc == E_NOTFOUND) {
		client_refuse(c, FAILED);
	} else {
		log_err(e, "admitting a socket");
		client_close(c, "unavailable", false);
	}
	free(ad);
}

static void on_entered(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct admission *ad = ctx;

	if (rc == E_OK) {
		copy(ad->who.user, sizeof ad->who.user, pg_get(r, 0, "user_id"));
		copy(ad->who.org, sizeof ad->who.org, pg_get(r, 0, "organization_id"));
		copy(ad->who.username, sizeof ad->who.username, pg_get(r, 0, "username"));
		ad->who.role = role_parse(pg_get(r, 0, "role"));
	}
	conclude(ad, rc, e);
}

static void on_demo_org(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct admission *ad = ctx;

	if (rc == E_OK && pg_len(r) == 0)
		rc = E_NOTFOUND;
	if (rc == E_OK) {
		ad->who.demo = true;
		copy(ad->who.org, sizeof ad->who.org, pg_get(r, 0, "id"));
	}
	conclude(ad, rc, e);
}

static void enter(struct client *c, const struct token_claims *claims)
{
	struct live_store_claim claim = { claims->subject, claims->session, claims->organization };
	struct admission *ad = begin(c);

	copy(ad->who.session, sizeof ad->who.session, claims->session);
	live_store_enter(c->gw->db, &claim, on_entered, ad);
}

static bool by_token(struct client *c, struct arena *a, const char *token)
{
	struct token_claims claims;
	struct err e;

	if (token_verify(&c->gw->keys, TOKEN_ACCESS, token, clock_wall(), a, &claims, &e) != E_OK ||
	    claims.is_agent)
		return false;
	enter(c, &claims);
	return true;
}

/* A page's socket: the cookie says who, the CSRF token of the page says that we wrote the page. */
static bool by_cookie(struct client *c, struct arena *a, const char *csrf)
{
	struct token_claims claims;
	struct err e;

	if (c->handshake.cookie == NULL || csrf == NULL ||
	    token_verify(&c->gw->keys, TOKEN_BROWSER, c->handshake.cookie, clock_wall(), a, &claims,
		&e) != E_OK ||
	    !ticket_csrf_ok(&c->gw->tickets, claims.session, csrf))
		return false;
	enter(c, &claims);
	return true;
}

void admit_begin(struct client *c, struct arena *a, const struct jval *auth)
{
	const char *token = jval_text(jval_get(auth, "token"), NULL);
	const char *csrf = jval_text(jval_get(auth, "csrf"), NULL);
	bool begun = false;

	if (token == NULL)
		token = c->handshake.bearer;
	if (token != NULL)
		begun = by_token(c, a, token);
	else if (csrf != NULL)
		begun = by_cookie(c, a, csrf);
	else if (c->handshake.demo && c->gw->demo) {
		live_store_default_org(c->gw->db, on_demo_org, begin(c));
		begun = true;
	}
	if (!begun)
		client_refuse(c, FAILED);
}
