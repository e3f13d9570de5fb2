/* SPDX-License-Identifier: Apache-2.0 */
/* Origins, cookies and header lists as browsers and proxies write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "live/rules.h"

static void origins(void **state)
{
	static const char *const lists[] = { "https://app.example", "https://a.example/, http://b.example:3000" };
	static const struct {
		const char *origin, *host;
		bool want;
	} t[] = {
		{ "http://printer.lan:8080", "printer.lan:8080", true },
		{ "https://Printer.LAN", "printer.lan", true },
		{ "http://printer.lan", "printer.lan:8080", false },
		{ "http://evil.lan", "printer.lan", false },
		{ "null", "printer.lan", false },
		{ "http://printer.lan", NULL, false },
		{ "https://app.example", "x", true },
		{ "https://a.example", "x", true },
		{ "http://b.example:3000", "x", true },
		{ "http://b.example", "x", false },
		{ "http://a.example", "x", false },
		{ "https://app.example.evil", "x", false },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (rules_origin_ok(t[i].origin, t[i].host, lists, 2) != t[i].want)
			fail_msg("%s at %s", t[i].origin, t[i].host);
	assert_false(rules_origin_ok("https://x", "y", (const char *const[]){ NULL, NULL }, 2));
}

static void cookies(void **state)
{
	static const struct {
		const char *header, *want;
	} t[] = {
		{ "platen=abc", "abc" },
		{ "a=1; platen=abc; b=2", "abc" },
		{ "a=1;platen=a=b ;b=2", "a=b" },
		{ "xplaten=abc", NULL },
		{ "platen=", NULL },
		{ "platenx=1", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		char *got = rules_cookie(t[i].header, "platen");

		if (t[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, t[i].want);
		free(got);
	}
}

static void tokens(void **state)
{
	(void)state;
	assert_true(rules_has_token("keep-alive, Upgrade", "upgrade"));
	assert_true(rules_has_token("WebSocket", "websocket"));
	assert_false(rules_has_token("upgrades", "upgrade"));
	assert_false(rules_has_token(NULL, "upgrade"));
	assert_string_equal(rules_bearer("bearer abc"), "abc");
	assert_null(rules_bearer("Bearer  abc"));
	assert_null(rules_bearer("Basic abc"));
	assert_null(rules_bearer("Bearer "));
	assert_null(rules_bearer(NULL));
}

static void accept_key_of_the_rfc(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	rules_accept("dGhlIHNhbXBsZSBub25jZQ==", &b);
	assert_string_equal(buf_str(&b), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	buf_fini(&b);
}

static void addresses(void **state)
{
	static const char *const bad[] = { "8082", "127.0.0.1", "127.0.0.1:", ":8082", "[::1:8082", "a:123456",
		"127.0.0.1:80x" };
	char host[64], port[8];

	(void)state;
	assert_true(rules_listen("127.0.0.1:8082", host, port));
	assert_string_equal(host, "127.0.0.1");
	assert_string_equal(port, "8082");
	assert_true(rules_listen("[::1]:80", host, port));
	assert_string_equal(host, "::1");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(rules_listen(bad[i], host, port));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(origins),
		cmocka_unit_test(cookies),
		cmocka_unit_test(tokens),
		cmocka_unit_test(accept_key_of_the_rfc),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
