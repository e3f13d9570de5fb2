/* SPDX-License-Identifier: Apache-2.0 */
#include "base/yaml.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Words that older readers take for booleans or null stay quoted, as does all that is not a plain
 * name. */
static bool is_plain_key(const char *name)
{
	static const char *const taken[] = { "true", "false", "null", "yes", "no", "on", "off", "y",
		"n" };

	if (!isalpha((unsigned char)*name))
		return false;
	for (const char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
			return false;
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
		if (strcmp(name, taken[i]) == 0)
			return false;
	return true;
}

/* Begins a member: its line, indented; "name:" or "-"; a blank before the value follows. */
static void member(struct yaml_sink *ys, const char *name)
{
	if (ys->depth == 0)
		return; /* the document itself */
	if (!ys->after_dash) {
		if (ys->out->size > 0)
			buf_char(ys->out, '\n');
		for (int i = 1; i < ys->depth; i++)
			buf_text(ys->out, "  ");
	}
	ys->after_dash = false;
	ys->open[ys->depth - 1].has_members = true;
	if (name == NULL) {
		buf_char(ys->out, '-');
		return;
	}
	if (is_plain_key(name))
		buf_text(ys->out, name);
	else
		json_quote(ys->out, name, strlen(name));
	buf_char(ys->out, ':');
}

static void value(struct yaml_sink *ys, const char *name, const char *text, size_t len)
{
	member(ys, name);
	if (ys->depth > 0)
		buf_char(ys->out, ' ');
	buf_append(ys->out, text, len);
}

static void open_level(struct sink *s, const char *name, bool is_list)
{
	struct yaml_sink *ys = (struct yaml_sink *)s;
	bool in_list = ys->depth > 0 && name == NULL;

	if (ys->depth == YAML_MAX_DEPTH)
		abort();
	member(ys, name);
	if (in_list) {
		buf_char(ys->out, ' ');
		ys->after_dash = true;
	}
	ys->open[ys->depth].is_list = is_list;
	ys->open[ys->depth++].has_members = false;
}

static void close_level(struct sink *s)
{
	struct yaml_sink *ys = (struct yaml_sink *)s;

	ys->depth--;
	if (!ys->open[ys->depth].has_members) {
		if (!ys->after_dash && ys->depth > 0)
			buf_char(ys->out, ' ');
		buf_text(ys->out, ys->open[ys->depth].is_list ? "[]" : "{}");
	}
	ys->after_dash = false;
	if (ys->depth == 0)
		buf_char(ys->out, '\n');
}

static void begin_object(struct sink *s, const char *name)
{
	open_level(s, name, false);
}

static void begin_list(struct sink *s, const char *name)
{
	open_level(s, name, true);
}

static void text(struct sink *s, const char *name, const char *v, size_t len)
{
	struct yaml_sink *ys = (struct yaml_sink *)s;

	member(ys, name);
	if (ys->depth > 0)
		buf_char(ys->out, ' ');
	json_quote(ys->out, v, len);
}

static void number(struct sink *s, const char *name, const char *decimal)
{
	value((struct yaml_sink *)s, name, decimal, strlen(decimal));
}

static void boolean(struct sink *s, const char *name, bool v)
{
	number(s, name, v ? "true" : "false");
}

static void null(struct sink *s, const char *name)
{
	number(s, name, "null");
}

/* Ready JSON is YAML's flow style, if it has no blanks that YAML would miss. */
static void json(struct sink *s, const char *name, const char *ready, size_t len)
{
	value((struct yaml_sink *)s, name, ready, len);
}

static const struct sink_ops yaml_ops = {
	.begin_object = begin_object,
	.end_object = close_level,
	.begin_list = begin_list,
	.end_list = close_level,
	.text = text,
	.number = number,
	.boolean = boolean,
	.null = null,
	.json = json,
};

void yaml_sink_init(struct yaml_sink *ys, struct buf *out)
{
	*ys = (struct yaml_sink){ .sink.ops = &yaml_ops, .out = out };
}
