/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cgi/openapi.h"

/* A route of the API that nobody has described fails the build's tests here. */
static void test_complete(void **state)
{
	struct err e;

	(void)state;
	if (operations_check(&e) != E_OK)
		fail_msg("%s", e.message);
}

static const char *example_of(struct arena *a, const struct shape *s)
{
	struct openapi o = { .arena = a };
	struct buf out = BUF_INIT;
	struct json_sink js;
	const char *text;

	json_sink_init(&js, &out);
	o.sink = &js.sink;
	openapi_example(&o, NULL, s);
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static const struct jval *body_of(struct arena *a, const struct route *r)
{
	const struct operation *op = operation_of(r);
	const struct shape *s = shape_of_fields(a, r->input, !openapi_has_body(r), false);
	const char *text = op != NULL && op->example != NULL ? op->example :
	    s == NULL ? "{}" : example_of(a, s);
	const struct jval *v;
	struct err e;

	if (jval_parse(a, text, strlen(text), &v, &e) != E_OK)
		fail_msg("The example of %s is no JSON: %s", r->path, text);
	return v;
}

static void query_of(struct arena *a, const struct route *r, struct pairs *out)
{
	const struct shape *s = shape_of_fields(a, r->input, !openapi_has_body(r), true);

	*out = (struct pairs){ ARENA_ARRAY(a, struct pair, 64), 0, false };
	for (const struct shape *m = s == NULL ? NULL : s->first; m != NULL; m = m->next) {
		const struct jval *v;
		const char *text = example_of(a, m);
		struct err e;

		assert_int_equal(jval_parse(a, text, strlen(text), &v, &e), E_OK);
		out->at[out->len++] = (struct pair){ m->name,
			jval_type(v) == JSON_TEXT ? jval_text(v, NULL) : text };
	}
}

/* The published example of an operation is accepted by the validator that guards it. */
static void try_example(void *ctx, const struct route *r)
{
	struct arena *a = arena_new(0);
	struct issues issues = { .len = 0 };
	struct pairs query;
	struct input_source src = { .query = &query, .body_is_query = !openapi_has_body(r) };
	void *in;

	(void)ctx;
	if (operation_is_public(r) && r->input != NULL) {
		src.json = body_of(a, r);
		query_of(a, r, &query);
		if (input_read(a, r->input, &src, &in, &issues) != E_OK)
			fail_msg("The example of %s %s is refused: %s %s", method_name(r->method), r->path,
			    issues.at[0].path, issues.at[0].message);
	}
	arena_free(a);
}

static void test_examples(void **state)
{
	(void)state;
	routes_each(try_example, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_complete),
		cmocka_unit_test(test_examples) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
