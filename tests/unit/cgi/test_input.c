/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cgi/input.h"

struct in {
	const char *id, *name, *kind, *note, *deep;
	struct in_int n;
	struct in_real x, above;
	struct in_bool on;
	struct in_texts list;
	const struct jval *object;
};
#define AT(m) offsetof(struct in, m)
static bool starts_b(const char *text) { return *text == 'b'; }
static const struct field fields[] = {
	{ .name = "id", .type = F_ID, .flags = FIELD_REQUIRED, .offset = AT(id) },
	{ .name = "name", .type = F_TEXT, .flags = FIELD_TRIM | FIELD_PATCH, .min = 2, .max = 4,
	    .offset = AT(name) },
	{ .name = "kind", .type = F_ENUM, .flags = FIELD_ANYCASE, .choices = "one|two", .fallback = "two",
	    .offset = AT(kind) },
	{ .name = "note", .type = F_TEXT, .flags = FIELD_NULL | FIELD_PATCH, .max = 10,
	    .offset = AT(note), .check = starts_b, .rule = "must begin with b" },
	{ .name = "a.b", .type = F_TEXT, .offset = AT(deep) },
	{ .name = "n", .type = F_INT, .min = -2, .max = 9, .offset = AT(n) },
	{ .name = "x", .type = F_REAL, .min = 0, .max = 1, .offset = AT(x) },
	{ .name = "above", .type = F_REAL, .flags = FIELD_ABOVE_MIN, .min = 0, .max = 5,
	    .offset = AT(above) },
	{ .name = "on", .type = F_BOOL, .offset = AT(on) },
	{ .name = "list", .type = F_TEXTS, .max = 2, .offset = AT(list) },
	{ .name = "object", .type = F_OBJECT, .max = 20, .offset = AT(object) },
};
static const struct schema schema = SCHEMA(fields, struct in, NULL);
#define ID "11111111-2222-4333-8444-555555555555"

/* "path:code path:code" of the issues, or "" */
static const char *read_json(struct arena *a, const char *text, const struct in **in)
{
	struct issues issues = { .len = 0 };
	struct pairs none = { 0 };
	struct input_source src = { .query = &none };
	struct buf out = BUF_INIT;
	const char *said;
	void *got = NULL;
	enum errc rc;

	assert_int_equal(jval_parse(a, text, strlen(text), &src.json, NULL), E_OK);
	rc = input_read(a, &schema, &src, &got, &issues);
	assert_int_equal(rc == E_OK, issues.len == 0);
	for (int i = 0; i < issues.len; i++)
		buf_printf(&out, "%s%s:%s", i == 0 ? "" : " ", issues.at[i].path, issues.at[i].code);
	said = arena_str(a, buf_str(&out));
	buf_fini(&out);
	*in = got;
	return said;
}

static void test_values(void **state)
{
	struct arena *a = arena_new(0);
	const struct in *in;

	(void)state;
	assert_string_equal(read_json(a, "{\"id\":\"" ID "\",\"name\":\"  \\u00fc\\u00fcb \",\"n\":3.0,\"x\":1,"
	    "\"on\":true,\"list\":[\"a\",\"b\"],\"object\":{\"k\":1},\"a\":{\"b\":\"c\"},\"note\":null,"
	    "\"kind\":\"ONE\",\"unknown\":{\"x\":[]}}", &in), "");
	assert_string_equal(in->name, "\xc3\xbc\xc3\xbc" "b");
	assert_string_equal(in->kind, "one");
	assert_string_equal(in->deep, "c");
	assert_true(in->n.has && in->n.v == 3 && in->on.v && in->list.len == 2);
	assert_null(in->note);
	assert_string_equal(read_json(a, "{\"id\":\"" ID "\"}", &in), "");
	assert_string_equal(in->kind, "two");
	assert_false(in->n.has || in->x.has || in->on.has || in->list.has);
	arena_free(a);
}

static void test_issues(void **state)
{
	static const struct { const char *json, *said; } cases[] = {
		{ "{}", "id:invalid_type" },
		{ "{\"id\":null}", "id:invalid_type" },
		{ "{\"id\":\"x\"}", "id:invalid_string" },
		{ "{\"id\":5}", "id:invalid_type" },
		{ "{\"id\":\"" ID "\",\"name\":\" a \"}", "name:too_small" },
		{ "{\"id\":\"" ID "\",\"name\":\"abcde\"}", "name:too_big" },
		{ "{\"id\":\"" ID "\",\"name\":\"a\\u0007b\"}", "name:invalid_string" },
		{ "{\"id\":\"" ID "\",\"name\":null}", "name:invalid_type" },
		{ "{\"id\":\"" ID "\",\"kind\":\"three\"}", "kind:invalid_enum_value" },
		{ "{\"id\":\"" ID "\",\"note\":\"x\"}", "note:invalid_string" },
		{ "{\"id\":\"" ID "\",\"a\":5}", "a:invalid_type" },
		{ "{\"id\":\"" ID "\",\"a\":{\"b\":5}}", "a.b:invalid_type" },
		{ "{\"id\":\"" ID "\",\"n\":-3}", "n:too_small" },
		{ "{\"id\":\"" ID "\",\"n\":1.5}", "n:invalid_type" },
		{ "{\"id\":\"" ID "\",\"n\":\"3\"}", "n:invalid_type" },
		{ "{\"id\":\"" ID "\",\"n\":1e300}", "n:invalid_type" },
		{ "{\"id\":\"" ID "\",\"x\":1.01}", "x:too_big" },
		{ "{\"id\":\"" ID "\",\"above\":0}", "above:too_small" },
		{ "{\"id\":\"" ID "\",\"on\":\"false\"}", "on:invalid_type" },
		{ "{\"id\":\"" ID "\",\"on\":1}", "on:invalid_type" },
		{ "{\"id\":\"" ID "\",\"list\":[\"a\",5]}", "list:invalid_type" },
		{ "{\"id\":\"" ID "\",\"list\":[\"a\",\"b\",\"c\"]}", "list:too_big" },
		{ "{\"id\":\"" ID "\",\"object\":[]}", "object:invalid_type" },
		{ "{\"id\":\"" ID "\",\"object\":{\"k\":\"0123456789012345\"}}", "object:too_big" },
		{ "{\"n\":99,\"x\":-1,\"on\":0}", "id:invalid_type n:too_big x:too_small on:invalid_type" },
	};
	struct arena *a = arena_new(0);
	const struct in *in;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(read_json(a, cases[i].json, &in), cases[i].said);
	arena_free(a);
}

static void test_query(void **state)
{
	static const struct { const char *query; int issues; } cases[] = {
		{ "id=" ID "&n=7&x=0.5&on=true&name=%C3%BC%C3%BC+", 0 },
		{ "id=" ID "&n=7&n=8", 1 }, { "id=" ID "&n=", 0 }, { "id=" ID "&n=0x7", 1 },
		{ "id=" ID "&n=7a", 1 }, { "id=" ID "&x=nan", 1 }, { "id=" ID "&x=1e999", 1 },
		{ "id=" ID "&on=yes", 1 }, { "id=" ID "&n=9223372036854775808", 1 },
		{ "id=" ID "&name=%ff%ff", 1 }, { "id=" ID "&q=%0", 1 }, { "id=" ID "&q=%00", 1 },
		{ "id=", 1 }, { "", 1 },
	};
	struct arena *a = arena_new(0);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct issues issues = { .len = 0 };
		struct pairs query;
		struct input_source src = { .query = &query, .body_is_query = true };
		enum errc rc;
		void *in;

		pairs_parse(a, cases[i].query, &query);
		rc = input_read(a, &schema, &src, &in, &issues);
		assert_int_equal(rc == E_OK, issues.len == 0);
		if ((issues.len > 0) != (cases[i].issues > 0))
			fail_msg("%s: %d issues", cases[i].query, issues.len);
	}
	arena_free(a);
}

static void test_both_places(void **state)
{
	struct arena *a = arena_new(0);
	struct issues issues = { .len = 0 };
	struct pairs query;
	struct input_source src = { .query = &query };
	enum errc rc;
	void *in;

	(void)state;
	pairs_parse(a, "n=1", &query);
	assert_int_equal(jval_parse(a, "{\"id\":\"" ID "\",\"n\":2}", 51, &src.json, NULL), E_OK);
	rc = input_read(a, &schema, &src, &in, &issues);
	assert_int_equal(rc, E_INVALID);
	assert_string_equal(issues.at[0].path, "n");
	arena_free(a);
}

static void test_patch(void **state)
{
	struct arena *a = arena_new(0);
	const struct jval *body;
	static const char text[] = "{\"id\":\"x\",\"note\":null,\"name\":\"  a\\\"b \",\"evil\":1}";

	(void)state;
	assert_int_equal(jval_parse(a, text, sizeof text - 1, &body, NULL), E_OK);
	assert_string_equal(input_patch(a, &schema, body), "{\"name\":\"a\\\"b\",\"note\":null}");
	assert_int_equal(jval_parse(a, "{\"id\":1}", 8, &body, NULL), E_OK);
	assert_null(input_patch(a, &schema, body));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_values), cmocka_unit_test(test_issues),
		cmocka_unit_test(test_query), cmocka_unit_test(test_both_places),
		cmocka_unit_test(test_patch) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
