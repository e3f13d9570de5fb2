/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/limit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/conf.h"
#include "base/crypto.h"
#include "cgi/rate.h"
#include "store/user_store.h"

/* IPv6 counts by /64: that is what one customer has. */
static const char *address_key(struct req *rq)
{
	struct in6_addr six;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, rq->ip, &six) != 1)
		return rq->ip;
	memset(&six.s6_addr[8], 0, 8);
	return arena_str(rq->arena, inet_ntop(AF_INET6, &six, text, sizeof text));
}

static enum errc count(struct req *rq, const char *class, const char *key, bool shared,
    struct rate_verdict *out, struct err *e)
{
	const struct conf *c = rq->app->conf;
	int64_t points = conf_int(c, arena_printf(rq->arena, "rate.%s.points", class));
	usec_t window = conf_duration(c, arena_printf(rq->arena, "rate.%s.window", class));
	struct user_rate rule;
	enum errc rc;

	key = arena_printf(rq->arena, "rl:%s:%s", class, key);
	if (shared) {
		*out = rate_take(rq->app->rate, key, points, window, clock_mono());
		return E_OK;
	}
	rule = (struct user_rate){ .points = points, .window_sec = window / USEC_PER_SEC };
	rc = user_store_rate(rq->app->db, rq->arena, key, &rule, e);
	*out = (struct rate_verdict){ rule.allowed, points, rule.remaining, rule.reset_sec };
	return rc;
}

static const struct answer *judge(struct req *rq, const struct rate_verdict *v)
{
	rq->rate_headers.limit = arena_printf(rq->arena, "%lld", (long long)v->limit);
	rq->rate_headers.remaining = arena_printf(rq->arena, "%lld", (long long)v->remaining);
	rq->rate_headers.reset = arena_printf(rq->arena, "%lld", (long long)v->reset_sec);
	if (v->allowed)
		return NULL;
	rq->retry_after = v->reset_sec;
	return answer_fail(rq, 429, NULL, NULL);
}

const struct answer *limit_check(struct req *rq)
{
	enum rate_class class = rq->route->rate;
	bool shared = rq->app->rate != NULL && (class == RATE_API || class == RATE_P);
	const char *key = rq->who.user[0] != '\0' ? rq->who.user :
	    rq->who.kind == WHO_AGENT ? rq->who.claimed_org : address_key(rq);
	struct rate_verdict v;
	struct err e;

	if (class == RATE_NONE || rq->who.kind == WHO_SIGNED ||
	    !conf_bool(rq->app->conf, "rate_limit.enabled"))
		return NULL;
	if (count(rq, class == RATE_AUTH ? "auth_ip" : rate_name(class), key, shared, &v, &e) != E_OK)
		return answer_error(rq, &e);
	return judge(rq, &v);
}

const struct answer *limit_account(struct req *rq, const char *address)
{
	char *lower = arena_str(rq->arena, address), hash[SHA256_HEX_SIZE];
	struct rate_verdict v;
	struct err e;

	if (!conf_bool(rq->app->conf, "rate_limit.enabled"))
		return NULL;
	for (char *p = lower; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	sha256_hex(lower, strlen(lower), hash); /* addresses stay out of the table of keys */
	if (count(rq, "auth", hash, false, &v, &e) != E_OK)
		return answer_error(rq, &e);
	return judge(rq, &v);
}
