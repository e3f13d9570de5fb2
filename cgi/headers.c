/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that every answer carries: hardening (contract §9.7), CORS, request id, limits. */
#include <string.h>

#include "base/conf.h"
#include "cgi/answer.h"

static const char csp[] = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

static bool origin_listed(const char *list, const char *origin)
{
	size_t want = strlen(origin);

	while (list != NULL && *list != '\0') {
		size_t len;

		list += strspn(list, ", ");
		len = strcspn(list, ", ");
		if (len == want && strncmp(list, origin, len) == 0)
			return true;
		list += len;
	}
	return false;
}

static void add_cors(struct req *rq, struct answer *an)
{
	const struct conf *c = rq->app->conf;
	const char *origin = req_header(rq, "Origin");
	const char *list = conf_text(c, "web.cors_origin");

	if (list == NULL)
		list = conf_text(c, "web.frontend_url");
	if (origin == NULL || *origin == '\0')
		return;
	answer_header(an, "Vary", "Origin");
	if (!origin_listed(list, origin))
		return;
	answer_header(an, "Access-Control-Allow-Origin", arena_str(rq->arena, origin));
	answer_header(an, "Access-Control-Allow-Credentials", "true");
	answer_header(an, "Access-Control-Expose-Headers", "X-Total-Count, X-Request-Id, "
	    "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After");
	if (rq->method == METHOD_OPTIONS) {
		answer_header(an, "Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
		answer_header(an, "Access-Control-Allow-Headers",
		    "Authorization, Content-Type, X-Request-Id, Idempotency-Key");
		answer_header(an, "Access-Control-Max-Age", "600");
	}
}

static bool has_header(const struct answer *an, const char *name)
{
	for (int i = 0; i < an->headers; i++)
		if (strcmp(an->header[i].name, name) == 0)
			return true;
	return false;
}

static void add_default(struct answer *an, const char *name, const char *value)
{
	if (!has_header(an, name))
		answer_header(an, name, value);
}

void answer_finish(struct req *rq, struct answer *an)
{
	answer_header(an, "X-Request-Id", rq->id);
	add_default(an, "Cache-Control", "no-store");
	add_default(an, "Content-Security-Policy", csp);
	answer_header(an, "X-Content-Type-Options", "nosniff");
	add_default(an, "X-Frame-Options", "DENY");
	answer_header(an, "Referrer-Policy", "no-referrer");
	answer_header(an, "X-DNS-Prefetch-Control", "off");
	answer_header(an, "X-Download-Options", "noopen");
	answer_header(an, "X-Permitted-Cross-Domain-Policies", "none");
	answer_header(an, "Cross-Origin-Opener-Policy", "same-origin");
	add_default(an, "Cross-Origin-Resource-Policy",
	    rq->who.kind == WHO_SIGNED ? "cross-origin" : "same-site");
	answer_header(an, "Origin-Agent-Cluster", "?1");
	if (req_is_https(rq))
		answer_header(an, "Strict-Transport-Security", "max-age=31536000");
	answer_header(an, "X-RateLimit-Limit", rq->rate_headers.limit);
	answer_header(an, "X-RateLimit-Remaining", rq->rate_headers.remaining);
	answer_header(an, "X-RateLimit-Reset", rq->rate_headers.reset);
	if (rq->retry_after > 0)
		answer_header(an, "Retry-After",
		    arena_printf(rq->arena, "%lld", (long long)rq->retry_after));
	add_cors(rq, an);
}
