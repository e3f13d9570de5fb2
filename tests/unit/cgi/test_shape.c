/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cgi/openapi.h"

/* Notation in, schema out: the shortest way to see what was read. */
static const char *schema_of(struct arena *a, const char *notation)
{
	struct openapi o = { .arena = a };
	struct buf out = BUF_INIT;
	struct json_sink js;
	struct shape *s;
	struct err e;
	const char *text;

	if (shape_parse(a, notation, &s, &e) != E_OK)
		return NULL;
	json_sink_init(&js, &out);
	o.sink = &js.sink;
	openapi_schema(&o, NULL, s);
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static void test_notation(void **state)
{
	struct arena *a = arena_new(0);

	(void)state;
	assert_string_equal(schema_of(a, "text"), "{\"type\":\"string\"}");
	assert_string_equal(schema_of(a, " id? "),
	    "{\"type\":\"string\",\"format\":\"uuid\",\"nullable\":true}");
	assert_string_equal(schema_of(a, "[int]"),
	    "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}");
	assert_string_equal(schema_of(a, "{a: 'x|y', b?: {}}"), "{\"type\":\"object\",\"properties\":"
	    "{\"a\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"]},\"b\":{\"type\":\"object\","
	    "\"properties\":{}}},\"required\":[\"a\"]}");
	assert_string_equal(schema_of(a, "l_sliced_file?"), "{\"nullable\":true,\"allOf\":[{\"$ref\":"
	    "\"#/components/schemas/SlicedFile\"}]}");
	assert_string_equal(schema_of(a, "p_job_list"),
	    "{\"$ref\":\"#/components/schemas/JobListRow\"}");
	arena_free(a);
}

static void test_wrong(void **state)
{
	static const char *const wrong[] = { "", "{", "{a}", "{a:}", "[text", "text text", "{a: text",
		"'x", "{a: text,}", "{:text}", "[[[[[[[[[[[[[[[text]]]]]]]]]]]]]]]" };
	struct arena *a = arena_new(0);
	struct shape *s;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(shape_parse(a, wrong[i], &s, &e), E_FORMAT);
	arena_free(a);
}

static void test_answers(void **state)
{
	struct arena *a = arena_new(0);
	struct shape_answer an[SHAPE_MAX_ANSWERS];
	struct err e;
	int len;

	(void)state;
	assert_int_equal(shape_answers(a, "200 page {jobs: [l_job]}; 206 image/png ;409; "
	    "200 bare {a: text} + {b: int}", an, &len, &e), E_OK);
	assert_int_equal(len, 4);
	assert_true(an[0].status == 200 && an[0].is_page && !an[0].is_bare && an[0].data != NULL);
	assert_true(an[1].status == 206 && an[1].data == NULL);
	assert_string_equal(an[1].media, "image/png");
	assert_true(an[2].status == 409 && an[2].data == NULL && an[2].media == NULL);
	assert_true(an[3].is_bare && an[3].beside != NULL);
	assert_int_equal(shape_answers(a, "ok", an, &len, &e), E_FORMAT);
	assert_int_equal(shape_answers(a, "200 text 201", an, &len, &e), E_FORMAT);
	assert_int_equal(shape_answers(a, "99", an, &len, &e), E_FORMAT);
	assert_int_equal(shape_answers(a, "200;", an, &len, &e), E_FORMAT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_notation),
		cmocka_unit_test(test_wrong), cmocka_unit_test(test_answers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
