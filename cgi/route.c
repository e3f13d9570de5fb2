/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the row for a path. The table has about a hundred rows of a few segments: a scan costs
 * a few microseconds and needs no index that could disagree with the table. */
#include "cgi/route.h"

#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "cgi/doors.h"

static const char *const methods[] = { "", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
	"OTHER" };
static const char *const pools[] = { "", "api", "slow", "upload", "stop" };
static const char *const classes[] = { "", "none", "api", "p", "auth", "upload", "control" };

enum method method_parse(const char *text)
{
	for (int i = METHOD_GET; text != NULL && i < METHOD_OTHER; i++)
		if (strcmp(text, methods[i]) == 0)
			return (enum method)i;
	return METHOD_OTHER;
}

const char *method_name(enum method m)
{
	return methods[m];
}

const char *pool_name(enum pool p)
{
	return pools[p];
}

enum pool pool_parse(const char *text)
{
	for (int i = POOL_API; i <= POOL_STOP; i++)
		if (strcmp(text, pools[i]) == 0)
			return (enum pool)i;
	return POOL_UNSET;
}

const char *rate_name(enum rate_class c)
{
	return classes[c];
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One segment, decoded once. NULL: no resource can have this name (separators, control characters
 * and broken escapes hidden in it, "." and ".."). */
static const char *segment_decode(struct arena *a, const char *at, size_t len)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)at[i];

		if (c == '%') {
			if (i + 2 >= len || hex_digit(at[i + 1]) < 0 || hex_digit(at[i + 2]) < 0)
				return NULL;
			c = hex_digit(at[i + 1]) * 16 + hex_digit(at[i + 2]);
			i += 2;
		}
		if (c == '/' || c == '\\' || c < 0x20 || c == 0x7f)
			return NULL;
		out[n++] = (char)c;
	}
	if (n == 0 || strcmp(out, ".") == 0 || strcmp(out, "..") == 0 || !utf8_ok(out, n))
		return NULL;
	return out;
}

struct probe {
	struct arena *arena;
	const char *path;
	enum method method;
	struct route_match *out;
	int literals; /* of the best pattern so far; -1: none */
};

/* Number of literal segments, or -1 when the path does not fit the pattern. */
static int fit(struct probe *p, const char *pattern, struct route_match *m)
{
	const char *path = p->path;
	int literals = 0;

	m->params = 0;
	while (*pattern == '/' && *path == '/') {
		size_t plen = strcspn(++pattern, "/"), len = strcspn(++path, "/");

		if (*pattern == ':') {
			const char *value = m->params < ROUTE_MAX_PARAMS ?
			    segment_decode(p->arena, path, len) : NULL;

			if (value == NULL)
				return -1;
			m->param[m->params].name = pattern + 1;
			m->param[m->params].name_len = plen - 1;
			m->param[m->params++].value = value;
		} else {
			if (plen != len || memcmp(pattern, path, len) != 0)
				return -1;
			literals++;
		}
		pattern += plen;
		path += len;
	}
	if (path[0] == '/' && path[1] == '\0')
		path++; /* a trailing slash is ignored */
	return *pattern == '\0' && *path == '\0' ? literals : -1;
}

static void probe_row(void *ctx, const struct route *r)
{
	struct probe *p = ctx;
	struct route_match m = { 0 };
	int literals = fit(p, r->path, &m);

	if (literals < 0 || literals < p->literals)
		return;
	if (literals > p->literals) {
		*p->out = m; /* a better pattern: what the worse one allowed does not count */
		p->literals = literals;
	}
	p->out->allow |= 1u << r->method;
	if (r->method == p->method) {
		unsigned allow = p->out->allow;

		*p->out = m;
		p->out->allow = allow;
		p->out->route = r;
	}
}

void routes_match(struct arena *a, enum method method, const char *path, struct route_match *out)
{
	struct probe p = { a, path, method, out, -1 };

	memset(out, 0, sizeof *out);
	routes_each(probe_row, &p);
}

enum family routes_family(const char *path)
{
	static const char *const p_roots[] = { "/api/printers", "/api/print-jobs",
		"/api/printer-commands", "/api/printer-status", "/api/products", "/health" };

	for (size_t i = 0; i < sizeof p_roots / sizeof *p_roots; i++) {
		size_t len = strlen(p_roots[i]);

		if (strncmp(path, p_roots[i], len) == 0 && (path[len] == '\0' || path[len] == '/'))
			return FAMILY_P;
	}
	if (strncmp(path, "/api", 4) == 0 && (path[4] == '\0' || path[4] == '/'))
		return FAMILY_L;
	return doors_have_pages() ? FAMILY_WEB : FAMILY_L;
}

void routes_each(void (*visit)(void *ctx, const struct route *r), void *ctx)
{
	for (const struct route *const *door = doors; *door != NULL; door++)
		for (const struct route *r = *door; r->path != NULL; r++)
			visit(ctx, r);
}

enum errc route_check(const struct route *r, struct err *e)
{
	if (r->method == METHOD_UNSET || r->method >= METHOD_OPTIONS || r->least == ROLE_UNSET ||
	    r->least == ROLE_AGENT || r->rate == RATE_UNSET || r->pool == POOL_UNSET ||
	    r->family == FAMILY_UNSET || r->handler == NULL)
		return err_set(e, E_INTERNAL, "Route %s %s has an unset column",
		    method_name(r->method), r->path);
	if ((r->flags & ROUTE_STREAM) != 0 && r->input != NULL)
		return err_set(e, E_INTERNAL, "Route %s streams its body and has a schema", r->path);
	return E_OK;
}

static void check_row(void *ctx, const struct route *r)
{
	struct err *found = ctx;

	if (found->code == E_OK && route_check(r, found) != E_OK)
		found->code = E_INTERNAL;
}

enum errc routes_check(struct err *e)
{
	struct err found = { .code = E_OK };

	routes_each(check_row, &found);
	if (found.code != E_OK && e != NULL)
		*e = found;
	return found.code;
}
