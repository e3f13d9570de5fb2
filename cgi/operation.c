/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/operation.h"

#include <string.h>

const struct operation *const operations[] = { p_operations, l_operations, l_queue_operations,
	l_people_operations, l_admin_operations, NULL };

bool operation_is_public(const struct route *r)
{
	return r->family != FAMILY_WEB;
}

static bool is_of(const struct operation *op, const struct route *r)
{
	return op->method == r->method && strcmp(op->path, r->path) == 0;
}

const struct operation *operation_of(const struct route *r)
{
	for (const struct operation *const *part = operations; *part != NULL; part++)
		for (const struct operation *op = *part; op->path != NULL; op++)
			if (is_of(op, r))
				return op;
	return NULL;
}

struct seeking {
	const struct operation *op;
	int routes;
};

static void count_route(void *ctx, const struct route *r)
{
	struct seeking *s = ctx;

	s->routes += is_of(s->op, r);
}

static void check_route(void *ctx, const struct route *r)
{
	if (operation_is_public(r) && operation_of(r) == NULL)
		err_set(ctx, E_INTERNAL, "%s %s has no operation: say in cgi/operation_*.c what it "
		    "answers", method_name(r->method), r->path);
}

static enum errc check_operation(struct arena *a, const struct operation *op, struct err *e)
{
	struct shape_answer answers[SHAPE_MAX_ANSWERS];
	struct seeking seeking = { op, 0 };
	struct shape *form;
	int len;

	routes_each(count_route, &seeking);
	if (seeking.routes != 1)
		return err_set(e, E_INTERNAL, "Operation %s %s has %d routes", method_name(op->method),
		    op->path, seeking.routes);
	if (op->form != NULL && shape_parse(a, op->form, &form, e) != E_OK)
		return e->code;
	return shape_answers(a, op->answers, answers, &len, e);
}

enum errc operations_check(struct err *e)
{
	struct arena *a = arena_new(0);
	struct err found = { .code = E_OK };

	routes_each(check_route, &found);
	for (const struct operation *const *part = operations; *part != NULL; part++)
		for (const struct operation *op = *part; op->path != NULL && found.code == E_OK; op++)
			(void)check_operation(a, op, &found);
	arena_free(a);
	if (found.code != E_OK)
		*e = found;
	return found.code;
}
