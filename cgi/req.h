/* SPDX-License-Identifier: Apache-2.0 */
/* req - one request: what arrived, who is calling, and the transaction it runs in.
 *
 * Purpose:  all that a handler needs; the same for FastCGI and plain CGI.
 * Owns:     everything lives in rq->arena, which is reset after the answer is sent.
 * Errors:   accessors return NULL for absent; req_begin() etc. return enum errc.
 * Blocking: req_read() waits for the client; database calls up to db.timeout. */
#ifndef PLATEN_CGI_REQ_H
#define PLATEN_CGI_REQ_H

#include "auth/ticket.h"
#include "auth/token.h"
#include "base/arena.h"
#include "base/uuid.h"
#include "cgi/input.h"
#include "cgi/route.h"
#include "store/pg.h"
#include "store/rows.h"

struct conf;
struct files;
struct gate;
struct kept;
struct rate_table;

/* What a worker process holds for all its requests. */
struct app {
	const struct conf *conf;
	struct pg *db; /* role platen_api */
	struct files *files;
	struct token_keys keys;
	struct token_cache *tokens; /* access tokens verified before */
	struct ticket_keys tickets;
	uint8_t seal_key[32];
	bool can_seal;
	struct rate_table *rate;
	struct kept *kept; /* lists made before */
	enum pool pool;
	/* The pages' door sets this to show refusals as HTML; NULL: plain text. */
	const struct answer *(*error_page)(struct req *rq, int status, const char *code,
	    const char *message);
};

enum who_kind { WHO_NOBODY, WHO_USER, WHO_EXTERNAL, WHO_AGENT, WHO_SIGNED };

struct who {
	enum who_kind kind;
	char user[UUID_SIZE];         /* "" for nobody */
	char session[UUID_SIZE];      /* "" when the token names none */
	char claimed_org[UUID_SIZE];  /* "" when the token names none */
	enum role claimed_role;
	bool by_cookie;
	usec_t expires; /* wall time of the credential; 0: none */
};

struct req {
	struct app *app;
	struct arena *arena;
	struct gate *gate;
	enum method method; /* HEAD is METHOD_GET with head set */
	bool head;
	const char *path;   /* raw, without query */
	enum family family;
	struct route_match match;
	const struct route *route; /* = match.route */
	struct pairs query;
	const struct jval *body;  /* JSON object, or NULL */
	const struct pairs *form; /* family WEB, or NULL */
	const void *in;           /* the schema's struct */
	struct issues issues;
	struct who who;
	const char *stated_org; /* organizationId of the call (family P) */
	bool entered;           /* a transaction for `who` is open */
	char id[72];            /* request id */
	const char *ip, *agent; /* client address (from nginx only), user agent ("" if none) */
	usec_t started;         /* monotonic */
	const char *log_route;  /* pattern for log and metrics */
	struct answer *answer;  /* the one being made */
	size_t body_left;       /* unread bytes that CONTENT_LENGTH promised */
	bool body_unknown;      /* chunked: read to the end */
	struct { const char *limit, *remaining, *reset; } rate_headers;
	int64_t retry_after; /* seconds; 0: none */
	const char *once_key; /* the idempotency key this request has taken, or NULL */
	struct {
		const char *key, *stamp; /* key NULL: this answer is not kept */
		unsigned link;
		usec_t ends;
	} keep;
};

const char *req_param(const struct req *rq, const char *name);  /* path parameter, or NULL */
const char *req_query(const struct req *rq, const char *name);  /* query parameter, or NULL */
const char *req_header(const struct req *rq, const char *name); /* "If-None-Match" */
const char *req_cookie(const struct req *rq, const char *name);
bool req_is_https(const struct req *rq);
const char *req_origin(const struct req *rq); /* "https://host:port" this request came to */

/* Body bytes of a ROUTE_STREAM route. *got is 0 at the end; E_FORMAT: cut short or broken. */
enum errc req_read(struct req *rq, void *out, size_t size, size_t *got, struct err *e) MUST_CHECK;

/* The dispatcher opens the transaction before the handler and commits after an answer below 400;
 * handlers that wait in between use these. The first statement brings auth.enter's refusals. */
enum errc req_begin(struct req *rq, struct err *e) MUST_CHECK;
/* req_begin() and the audit's address and browser in one round trip; for acts. */
enum errc req_enter(struct req *rq, struct err *e) MUST_CHECK;
enum errc req_commit(struct req *rq, struct err *e) MUST_CHECK;
void req_rollback(struct req *rq);
/* What auth.enter found; valid after the first statement. */
enum role req_role(const struct req *rq);
const char *req_org(const struct req *rq);

/* A path parameter that must be a UUID: canonical text, or NULL (answer 404). */
const char *req_uuid(const struct req *rq, const char *name);
/* Hooks for rows_*(): unseals or masks secrets by role, signs media addresses. */
const struct rows_hooks *req_hooks(struct req *rq);

/* Browser sessions: the cookie's session as principal; E_UNAUTHORIZED without one. */
enum errc req_session_from_cookie(struct req *rq, struct err *e) MUST_CHECK;
const char *req_cookie_name(const struct req *rq); /* "__Host-platen" on https, else "platen" */
const char *req_csrf(struct req *rq);              /* token for forms of this session */
/* E_DENIED unless form field `_csrf` or header X-CSRF-Token fits and Origin is ours. */
enum errc req_csrf_check(struct req *rq, struct err *e) MUST_CHECK;

#endif
