/* SPDX-License-Identifier: Apache-2.0 */
/* route - the declarative table of everything the server answers.
 *
 * Purpose:  one row per method and path: who may, how often, in which pool, with which input. The
 *           doors (cgi/p, cgi/l, cgi/web) each own a part of the table; cgi/routes.c joins them.
 * Owns:     nothing; rows are constants.
 * Errors:   routes_check() refuses a table with an unset column, so that a forgotten role closes
 *           a door instead of opening it.
 * Blocking: never. */
#ifndef PLATEN_CGI_ROUTE_H
#define PLATEN_CGI_ROUTE_H

#include "model/role.h"

struct answer;
struct req;
struct schema;

enum method {
	METHOD_UNSET = 0,
	METHOD_GET, /* answers HEAD too */
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS, /* never in the table */
	METHOD_OTHER,
};

/* The family decides the form of answers and refusals, and how a caller proves who it is. */
enum family {
	FAMILY_UNSET = 0,
	FAMILY_P,   /* PrintPro3D: bare rows, {"error"}; Bearer token */
	FAMILY_L,   /* LezerPrint: envelope; Bearer token */
	FAMILY_WEB, /* pages: HTML, forms, session cookie, CSRF token */
};

enum pool { POOL_UNSET = 0, POOL_API, POOL_SLOW, POOL_UPLOAD, POOL_STOP };

enum rate_class {
	RATE_UNSET = 0,
	RATE_NONE,
	RATE_API,
	RATE_P,
	RATE_AUTH,
	RATE_UPLOAD,
	RATE_CONTROL,
};

enum route_flag {
	ROUTE_AGENT = 1,   /* agents are entitled as well */
	ROUTE_STREAM = 2,  /* the handler reads the body itself, by req_read() */
	ROUTE_NO_DB = 4,   /* no transaction is opened; claims of a valid token suffice */
	ROUTE_SIGNED = 8,  /* a signed media URL is accepted instead of a token */
	ROUTE_METRICS = 16, /* only on the metrics listener */
	ROUTE_TICKET = 32,  /* the body carries its own proof: no session, no CSRF token */
	ROUTE_CAMERA = 512, /* a single-use camera ticket is accepted instead of a token */
	ROUTE_ALL_ORGS = 64, /* where no organisation is stated, all of the caller's are meant */
	/* A list that depends on principal, query and the rows of stamped tables only (cgi/kept.h). */
	ROUTE_KEPT = 256,
	ROUTE_ONCE = 1024, /* an Idempotency-Key is heeded (cgi/once.h) */
};

struct route {
	enum method method;
	const char *path; /* "/api/jobs/:id"; no trailing slash */
	enum role least;
	enum rate_class rate;
	enum pool pool;
	enum family family;
	const struct schema *input; /* NULL: takes none */
	const struct answer *(*handler)(struct req *rq);
	unsigned flags;
};

#define ROUTE_MAX_PARAMS 4

struct route_match {
	const struct route *route; /* NULL: none with this method */
	unsigned allow;            /* bit per enum method that the path knows; 0: unknown path */
	int params;
	struct {
		const char *name; /* into the route's path, up to the next slash */
		size_t name_len;
		const char *value; /* decoded, in the caller's arena */
	} param[ROUTE_MAX_PARAMS];
};

struct arena;
/* Literal segments win over parameters. `path` is the raw path of the request line. */
void routes_match(struct arena *a, enum method method, const char *path, struct route_match *out);
/* The shape of refusals for a path that no row knows (contract §2.1). */
enum family routes_family(const char *path);
enum errc route_check(const struct route *r, struct err *e) MUST_CHECK; /* one row */
enum errc routes_check(struct err *e) MUST_CHECK;
void routes_each(void (*visit)(void *ctx, const struct route *r), void *ctx);

enum method method_parse(const char *text);
const char *method_name(enum method m);
const char *pool_name(enum pool p);
enum pool pool_parse(const char *text); /* POOL_UNSET if unknown */
const char *rate_name(enum rate_class c);

#endif
