/* SPDX-License-Identifier: Apache-2.0 */
/* What is told to Sentry: where, with which key, and no more than it should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jval.h"
#include "worker/report.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(8192);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void target(const char *dsn, const char *url, const char *key)
{
	struct report_target t;
	struct err e;

	assert_int_equal(report_target(a, dsn, &t, &e), E_OK);
	assert_string_equal(t.url, url);
	assert_string_equal(strrchr(t.auth, '=') + 1, key);
	assert_null(strstr(t.auth, "\n"));
}

static void test_target(void **state)
{
	struct report_target t;
	struct err e;

	(void)state;
	target("https://abc@o1.ingest.sentry.io/42", "https://o1.ingest.sentry.io/api/42/envelope/", "abc");
	target("http://abc:def@127.0.0.1:9000/7", "http://127.0.0.1:9000/api/7/envelope/", "abc");
	assert_int_equal(report_target(a, "https://example/1", &t, &e), E_INVALID);
}

static const char *text(const struct jval *v, const char *name)
{
	const char *out = jval_text(jval_get(v, name), NULL);

	return out == NULL ? "(none)" : out;
}

static void test_envelope(void **state)
{
	static const char line[] = "{\"timestamp\":\"2025-11-20T10:00:00.000Z\",\"level\":\"error\","
		"\"message\":\"GET /api/jobs\",\"service\":\"platen\",\"component\":\"cgi\",\"pid\":7,"
		"\"requestId\":\"r-1\",\"code\":\"internal\",\"error\":\"it broke\","
		"\"cause\":\"Key (email)=(ada@example.org)\",\"body\":\"private\"}";
	const struct jval *head, *item, *event;
	struct buf out = BUF_INIT;
	char *one, *two, *three;
	struct err e;

	(void)state;
	assert_int_equal(report_envelope(a, line, sizeof line - 1, &out, &e), E_OK);
	assert_null(strstr(buf_str(&out), "ada@"));
	assert_null(strstr(buf_str(&out), "private"));
	one = arena_str(a, buf_str(&out));
	two = strchr(one, '\n');
	three = strchr(two + 1, '\n');
	assert_int_equal(jval_parse(a, one, (size_t)(two - one), &head, &e), E_OK);
	assert_int_equal(jval_parse(a, two + 1, (size_t)(three - two - 1), &item, &e), E_OK);
	assert_int_equal(jval_int(jval_get(item, "length")), strlen(three + 1) - 1);
	assert_string_equal(text(item, "type"), "event");
	assert_int_equal(jval_parse(a, three + 1, strlen(three + 1) - 1, &event, &e), E_OK);
	assert_string_equal(text(head, "event_id"), text(event, "event_id"));
	assert_int_equal(strlen(text(event, "event_id")), 32);
	assert_string_equal(text(event, "timestamp"), "2025-11-20T10:00:00.000Z");
	assert_string_equal(text(event, "level"), "error");
	assert_string_equal(text(event, "logger"), "cgi");
	assert_string_equal(text(event, "release"), "platen@" PLATEN_VERSION);
	assert_string_equal(text(event, "environment"), "production");
	assert_string_equal(text(jval_get(event, "logentry"), "formatted"), "GET /api/jobs");
	assert_string_equal(text(jval_get(event, "tags"), "request_id"), "r-1");
	assert_string_equal(text(jval_get(event, "tags"), "code"), "internal");
	buf_fini(&out);
}

static void test_noise(void **state)
{
	static const char *const bad[] = { "", "{", "null", "[]", "{\"message\":1}", "{\"level\":\"error\"}" };
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(report_envelope(a, bad[i], strlen(bad[i]), &out, &e), E_FORMAT);
	assert_int_equal(out.size, 0);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R-286 the address and key of a DSN", test_target, NULL, NULL, NULL },
		{ "R-286 an event has what the contract names, and no more", test_envelope, NULL, NULL, NULL },
		{ "R-286 what is no line of the log is not told", test_noise, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
