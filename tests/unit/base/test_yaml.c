/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/yaml.h"

static void test_document(void **state)
{
	static const char wanted[] = "name: \"a \\\"b\\\"\\n\"\n"
	    "\"200\": 1.5\n"
	    "\"no\": true\n"
	    "empty: {}\n"
	    "none: []\n"
	    "inner:\n"
	    "  list:\n"
	    "    - 1\n"
	    "    - x: null\n"
	    "      \"y\":\n"
	    "        - {}\n"
	    "        - \"t\"\n"
	    "    - - []\n"
	    "  ready: {\"a\":[1,2]}\n";
	struct buf out = BUF_INIT;
	struct yaml_sink y;
	struct sink *s = &y.sink;

	(void)state;
	yaml_sink_init(&y, &out);
	sink_begin_object(s, NULL);
	sink_text(s, "name", "a \"b\"\n");
	sink_real(s, "200", 1.5);
	sink_bool(s, "no", true);
	sink_begin_object(s, "empty");
	sink_end_object(s);
	sink_begin_list(s, "none");
	sink_end_list(s);
	sink_begin_object(s, "inner");
	sink_begin_list(s, "list");
	sink_int(s, NULL, 1);
	sink_begin_object(s, NULL);
	sink_null(s, "x");
	sink_begin_list(s, "y");
	sink_begin_object(s, NULL);
	sink_end_object(s);
	sink_text(s, NULL, "t");
	sink_end_list(s);
	sink_end_object(s);
	sink_begin_list(s, NULL);
	sink_begin_list(s, NULL);
	sink_end_list(s);
	sink_end_list(s);
	sink_end_list(s);
	sink_json(s, "ready", "{\"a\":[1,2]}", 11);
	sink_end_object(s);
	sink_end_object(s);
	assert_string_equal(buf_str(&out), wanted);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_document) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
