/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

#include "store/rows_value.h"

/* A result's columns become a short program, made once and run for every row: open a group, close
 * it, write a value. A nullable group names the column that decides and the step behind its end. */
enum op { OP_OPEN, OP_CLOSE, OP_VALUE };
enum mark { MARK_NONE, MARK_SECRET, MARK_MEDIA };

struct step {
	enum op op;
	enum mark mark;
	bool nullable;
	enum rows_kind kind;
	int column;
	size_t behind; /* nullable group: first step after it */
	const char *name;
};

struct plan {
	struct step *step;
	size_t len, cap;
	char *names; /* storage of all names, cut at the dots */
};

#define MAX_DEPTH 8
struct path { /* the groups that are open while planning */
	const char *name[MAX_DEPTH];
	size_t opened[MAX_DEPTH]; /* their OP_OPEN */
	size_t depth;
};

static struct step *add(struct plan *p, enum op op)
{
	if (p->len == p->cap) {
		p->cap = p->cap == 0 ? 64 : 2 * p->cap;
		p->step = realloc(p->step, p->cap * sizeof *p->step);
		if (p->step == NULL)
			abort();
	}
	p->step[p->len] = (struct step){ .op = op };
	return &p->step[p->len++];
}

static void close_to(struct plan *p, struct path *at, size_t depth)
{
	while (at->depth > depth) {
		at->depth--;
		add(p, OP_CLOSE);
		p->step[at->opened[at->depth]].behind = p->len;
	}
}

static void open_group(struct plan *p, struct path *at, char *segment, int column)
{
	size_t len = strlen(segment);
	struct step *s;
	bool nullable = len > 0 && segment[len - 1] == '?';

	if (at->depth == MAX_DEPTH)
		abort(); /* a view nests deeper than the wire does */
	if (nullable)
		segment[len - 1] = '\0';
	at->opened[at->depth] = p->len;
	at->name[at->depth++] = segment;
	s = add(p, OP_OPEN);
	s->name = segment;
	s->nullable = nullable;
	s->column = column;
}

static bool same_group(const char *open, const char *segment)
{
	size_t len = strlen(open);

	return strncmp(open, segment, len) == 0 &&
	    (segment[len] == '\0' || (segment[len] == '?' && segment[len + 1] == '\0'));
}

static enum mark take_mark(char *leaf)
{
	char *bang = strchr(leaf, '!');

	if (bang == NULL)
		return MARK_NONE;
	*bang = '\0';
	return strcmp(bang + 1, "media") == 0 ? MARK_MEDIA : MARK_SECRET;
}

static void plan_column(struct plan *p, struct path *at, char *name, const struct pg_result *r,
    int column)
{
	char *segment = name, *dot;
	size_t depth = 0;
	struct step *s;

	while ((dot = strchr(segment, '.')) != NULL) {
		*dot = '\0';
		if (depth >= at->depth || !same_group(at->name[depth], segment)) {
			close_to(p, at, depth);
			open_group(p, at, segment, column);
		}
		depth++;
		segment = dot + 1;
	}
	close_to(p, at, depth);
	s = add(p, OP_VALUE);
	s->mark = take_mark(segment);
	s->name = segment;
	s->column = column;
	s->kind = rows_kind(pg_column_type(r, column));
}

static void make_plan(struct plan *p, const struct pg_result *r)
{
	int columns = pg_columns(r);
	struct path at = { .depth = 0 };
	size_t size = 1;
	char *name;

	*p = (struct plan){ NULL, 0, 0, NULL };
	for (int i = 0; i < columns; i++)
		size += strlen(pg_column_name(r, i)) + 1;
	name = p->names = malloc(size);
	if (name == NULL)
		abort();
	for (int i = 0; i < columns; i++) {
		const char *given = pg_column_name(r, i);
		size_t len = strlen(given) + 1;

		if (*given == '_')
			continue; /* for C, not for the wire */
		memcpy(name, given, len);
		plan_column(p, &at, name, r, i);
		name += len;
	}
	close_to(p, &at, 0);
}

static void drop_plan(struct plan *p)
{
	free(p->step);
	free(p->names);
}

static void marked(struct sink *s, const struct step *st, const char *value,
    const struct rows_hooks *hooks)
{
	const char *(*hook)(void *, const char *, const char *) = NULL;

	if (hooks != NULL)
		hook = st->mark == MARK_SECRET ? hooks->secret : hooks->media;
	/* Without a hook nothing leaks: a secret nobody can unseal is not shown sealed either. */
	sink_text(s, st->name, hook == NULL ? NULL : hook(hooks->ctx, st->name, value));
}

static void run(struct sink *s, const struct plan *p, const struct pg_result *r, int row,
    const struct rows_hooks *hooks)
{
	for (size_t i = 0; i < p->len; i++) {
		const struct step *st = &p->step[i];
		const char *value;

		switch (st->op) {
		case OP_OPEN:
			if (st->nullable && pg_at(r, row, st->column) == NULL) {
				sink_null(s, st->name);
				i = st->behind - 1;
				break;
			}
			sink_begin_object(s, st->name);
			break;
		case OP_CLOSE:
			sink_end_object(s);
			break;
		case OP_VALUE:
			value = pg_at(r, row, st->column);
			if (value == NULL)
				sink_null(s, st->name);
			else if (st->mark != MARK_NONE)
				marked(s, st, value, hooks);
			else
				rows_value(s, st->name, st->kind, value, pg_size(r, row, st->column));
			break;
		}
	}
}

void rows_members(struct sink *s, const struct pg_result *r, int row,
    const struct rows_hooks *hooks)
{
	struct plan p;

	make_plan(&p, r);
	run(s, &p, r, row, hooks);
	drop_plan(&p);
}

void rows_object(struct sink *s, const char *name, const struct pg_result *r, int row,
    const struct rows_hooks *hooks)
{
	sink_begin_object(s, name);
	rows_members(s, r, row, hooks);
	sink_end_object(s);
}

void rows_list(struct sink *s, const char *name, const struct pg_result *r,
    const struct rows_hooks *hooks)
{
	struct plan p;
	int len = pg_len(r);

	make_plan(&p, r);
	sink_begin_list(s, name);
	for (int row = 0; row < len; row++) {
		sink_begin_object(s, NULL);
		run(s, &p, r, row, hooks);
		sink_end_object(s);
	}
	sink_end_list(s);
	drop_plan(&p);
}
