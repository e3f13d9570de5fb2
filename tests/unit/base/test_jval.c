/* SPDX-License-Identifier: Apache-2.0 */
/* What lib/base/jval accepts and refuses (S-048, S-049). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/jval.h"

static const char *const good[] = { "{}", " {\"a\":1} ", "[1,2.5,-0,1e3,\"\\u20ac\"]", "true", "null",
	"\"\\ud83d\\ude00\"", "9223372036854775807", "{\"a\":{\"a\":1}}", "0.1e-400" };

static const char *const bad[] = { "", "{", "{]", "[1,]", "{\"a\":1,}", "{'a':1}", "{a:1}", "// x\n1",
	"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "NaN", "Infinity", "-Infinity", "01", "1.", ".5",
	"+1", "1e999", "-1e999", "9223372036854775808", "12abc", "1 2", "{} x", "\"\\ud800\"",
	"\"\\udc00x\"", "\"\\u0000\"", "\"\xc3\x28\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\n\"", "tru",
	"\"\\x41\"", "\"unfinished" };

static void accepts(void **state)
{
	struct arena *a = arena_new(0);
	const struct jval *v;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(jval_parse(a, good[i], strlen(good[i]), &v, &e), E_OK);
	arena_free(a);
}

static void refuses(void **state)
{
	struct arena *a = arena_new(0);
	const struct jval *v;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (jval_parse(a, bad[i], strlen(bad[i]), &v, &e) != E_INVALID)
			fail_msg("accepted: %s", bad[i]);
	arena_free(a);
}

static void depth(void **state)
{
	struct arena *a = arena_new(0);
	const struct jval *v;
	char text[80];

	(void)state;
	memset(text, '[', 32);
	memset(text + 32, ']', 32);
	assert_int_equal(jval_parse(a, text, 64, &v, NULL), E_OK);
	memset(text, '[', 33);
	memset(text + 33, ']', 33);
	assert_int_equal(jval_parse(a, text, 66, &v, NULL), E_INVALID);
	arena_free(a);
}

static void reads(void **state)
{
	static const char text[] = "{\"n\":42,\"r\":2.5,\"t\":\"h\\u00e9\",\"l\":[1,2],\"z\":null,\"w\":3.0}";
	struct arena *a = arena_new(0);
	const struct jval *v;
	size_t len;

	(void)state;
	assert_int_equal(jval_parse(a, text, strlen(text), &v, NULL), E_OK);
	assert_int_equal(jval_int(jval_get(v, "n")), 42);
	assert_true(jval_is_whole(jval_get(v, "w")));
	assert_false(jval_is_whole(jval_get(v, "r")));
	assert_string_equal(jval_text(jval_get(v, "t"), &len), "h\xc3\xa9");
	assert_int_equal(len, 3);
	assert_int_equal(jval_len(jval_get(v, "l")), 2);
	assert_true(jval_has(v, "z"));
	assert_false(jval_has(v, "y"));
	assert_int_equal(jval_type(jval_get(v, "y")), JSON_NULL);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(depth),
		cmocka_unit_test(reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
