/* SPDX-License-Identifier: Apache-2.0 */
/* What the wire makes of a value's type, without a server. Whole results are in test_pg. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "store/rows_value.h"

static const struct {
	unsigned oid;
	const char *value, *json;
} cases[] = {
	{ 25, "h\"i", "\"h\\\"i\"" },
	{ 2950, "0b9e1e6c-6d3b-4b5c-8f0a-9d6c5b4a3f21", "\"0b9e1e6c-6d3b-4b5c-8f0a-9d6c5b4a3f21\"" },
	{ 16, "t", "true" },
	{ 16, "f", "false" },
	{ 23, "-12", "-12" },
	{ 20, "9223372036854775807", "9223372036854775807" },
	{ 1700, "1.50", "1.5" },
	{ 1700, "100", "100" },
	{ 1700, "100.00", "100" },
	{ 1700, "0.00", "0" },
	{ 1700, "-0.00", "0" },
	{ 1700, "-3.140", "-3.14" },
	{ 1700, "NaN", "null" },
	{ 1700, "Infinity", "null" },
	{ 701, "-Infinity", "null" },
	{ 701, "1.5e-07", "1.5e-07" },
	{ 701, "1e+20", "1e+20" },
	{ 3802, "{\"a\": [1, 2]}", "{\"a\": [1, 2]}" },
	{ 1184, "2025-11-12 10:30:00+00", "\"2025-11-12T10:30:00.000Z\"" },
	{ 1184, "2025-11-12 10:30:00.1+00", "\"2025-11-12T10:30:00.100Z\"" },
	{ 1184, "2025-11-12 10:30:00.123987+00", "\"2025-11-12T10:30:00.123Z\"" },
	{ 1184, "infinity", "null" },
	{ 1082, "2025-11-12", "\"2025-11-12\"" },
	{ 1009, "{}", "[]" },
	{ 1009, "{a,\"b c\",\"q\\\"\\\\\",NULL,\"NULL\",\"\"}", "[\"a\",\"b c\",\"q\\\"\\\\\",null,\"NULL\",\"\"]" },
	{ 1007, "{1,2,NULL}", "[1,2,null]" },
	{ 1231, "{1.50,NaN}", "[1.5,null]" },
	{ 99999, "WARNING", "\"WARNING\"" },
};

static void by_type(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf out = BUF_INIT;
		struct json_sink js;

		json_sink_init(&js, &out);
		rows_value(&js.sink, NULL, rows_kind(cases[i].oid), cases[i].value,
		    strlen(cases[i].value));
		assert_string_equal(buf_str(&out), cases[i].json);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
