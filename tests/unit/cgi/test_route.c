/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "cgi/route.h"

static void expect(enum method method, const char *path, const char *pattern, bool known)
{
	struct arena *a = arena_new(0);
	struct route_match m;

	routes_match(a, method, path, &m);
	if ((m.route == NULL ? pattern != NULL : pattern == NULL || strcmp(m.route->path, pattern) != 0) ||
	    (m.allow != 0) != known)
		fail_msg("%s: %s, allow %x", path, m.route == NULL ? "none" : m.route->path, m.allow);
	arena_free(a);
}

static void test_match(void **state)
{
	(void)state;
	expect(METHOD_GET, "/api/jobs", "/api/jobs", true);
	expect(METHOD_GET, "/api/jobs/", "/api/jobs", true);
	expect(METHOD_GET, "/api/jobs/current", "/api/jobs/current", true);
	expect(METHOD_GET, "/api/jobs/currant", "/api/jobs/:id", true);
	expect(METHOD_GET, "/api/jobs/%61", "/api/jobs/:id", true);
	expect(METHOD_PATCH, "/api/jobs", NULL, true);
	/* the literal path wins for every method: no act on a job called "current" */
	expect(METHOD_DELETE, "/api/jobs/current", NULL, true);
	expect(METHOD_POST, "/api/jobs/x/pause", "/api/jobs/:id/pause", true);
	expect(METHOD_GET, "/api//jobs", NULL, false);
	expect(METHOD_GET, "/api/jobs//", NULL, false);
	expect(METHOD_GET, "//api/jobs", NULL, false);
	expect(METHOD_GET, "/api/./jobs", NULL, false);
	expect(METHOD_GET, "/API/jobs", NULL, false);
	expect(METHOD_GET, "/api%2fjobs", NULL, false);
	expect(METHOD_GET, "/api/files/..", NULL, false);
	expect(METHOD_GET, "/api/files/%2e%2e", NULL, false);
	expect(METHOD_GET, "/api/files/a%2fb", NULL, false);
	expect(METHOD_GET, "/api/files/a%5cb", NULL, false);
	expect(METHOD_GET, "/api/files/a%00", NULL, false);
	expect(METHOD_GET, "/api/files/%ff", NULL, false);
	expect(METHOD_GET, "/api/files/%zz", NULL, false);
	expect(METHOD_GET, "/api/files/%2", NULL, false);
	expect(METHOD_GET, "/api/jobs;x", NULL, false);
	expect(METHOD_GET, "", NULL, false);
}

static void test_table(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(routes_check(&e), E_OK);
}

static const struct answer *nothing(struct req *rq)
{
	(void)rq;
	return NULL;
}

/* S-012, done when of the matrix: a route without a declared role does not start (app_init() asks
 * routes_check(), which asks this of every row). */
static void test_unset(void **state)
{
	const struct route whole = { METHOD_GET, "/api/x", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L,
		NULL, nothing, 0 };
	struct route r = whole;
	struct err e;

	(void)state;
	assert_int_equal(route_check(&whole, &e), E_OK);
	r.least = ROLE_UNSET;
	assert_int_equal(route_check(&r, &e), E_INTERNAL);
	assert_non_null(strstr(e.message, "/api/x"));
	r = whole;
	r.least = ROLE_AGENT; /* agents come by a flag beside the ladder */
	assert_int_equal(route_check(&r, &e), E_INTERNAL);
	r = whole;
	r.rate = RATE_UNSET;
	assert_int_equal(route_check(&r, &e), E_INTERNAL);
	r = whole;
	r.handler = NULL;
	assert_int_equal(route_check(&r, &e), E_INTERNAL);
	r = whole;
	r.method = METHOD_OPTIONS;
	assert_int_equal(route_check(&r, &e), E_INTERNAL);
}

/* Every row of an open door is meant to be one. */
static void see(void *ctx, const struct route *r)
{
	static const char *const open[] = { "/health", "/api/health", "/api/status",
		"/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/metrics",
		"/api/openapi.json", "/api/openapi.yaml", "/api/public/status",
		"/api/public/demo" };

	(void)ctx;
	if (r->least != ROLE_ANYONE || r->family == FAMILY_WEB)
		return;
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		if (strcmp(open[i], r->path) == 0)
			return;
	fail_msg("%s is open to everybody", r->path);
}

static void test_open_doors(void **state)
{
	(void)state;
	routes_each(see, NULL);
}

static void test_family(void **state)
{
	(void)state;
	assert_int_equal(routes_family("/api/printers"), FAMILY_P);
	assert_int_equal(routes_family("/api/printers/x/y"), FAMILY_P);
	assert_int_equal(routes_family("/api/printersx"), FAMILY_L);
	assert_int_equal(routes_family("/api/printer"), FAMILY_L);
	assert_int_equal(routes_family("/api"), FAMILY_L);
	assert_int_equal(routes_family("/health"), FAMILY_P);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_match), cmocka_unit_test(test_table),
		cmocka_unit_test(test_unset), cmocka_unit_test(test_open_doors), cmocka_unit_test(test_family) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
