/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/shape.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	struct arena *arena;
	const char *at;
	int depth;
	struct err *err;
};

struct shape *shape_new(struct arena *a, enum shape_kind kind, const char *name)
{
	struct shape *s = ARENA_NEW(a, struct shape);

	s->kind = kind;
	s->name = name;
	return s;
}

void shape_append(struct shape *object, struct shape *member)
{
	struct shape **end = &object->first;

	while (*end != NULL)
		end = &(*end)->next;
	*end = member;
}

static void blanks(struct reader *r)
{
	r->at += strspn(r->at, " ");
}

static bool take(struct reader *r, char c)
{
	blanks(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static enum errc wrong(struct reader *r, const char *wanted)
{
	return err_set(r->err, E_FORMAT, "A shape lacks %s before \"%.20s\"", wanted, r->at);
}

static const char *word(struct reader *r)
{
	size_t len = 0;
	const char *out;

	blanks(r);
	while (isalnum((unsigned char)r->at[len]) || r->at[len] == '_')
		len++;
	out = arena_strn(r->arena, r->at, len);
	r->at += len;
	return out;
}

static enum errc read_shape(struct reader *r, struct shape **out);

static enum errc read_member(struct reader *r, struct shape **out)
{
	const char *name;
	bool optional;
	enum errc rc;

	blanks(r);
	if (strncmp(r->at, "...", 3) == 0) {
		r->at += 3;
		rc = read_shape(r, out);
		if (rc == E_OK)
			(*out)->spread = true;
		return rc;
	}
	name = word(r);
	optional = take(r, '?');
	if (*name == '\0' || !take(r, ':'))
		return wrong(r, "a name and a colon");
	rc = read_shape(r, out);
	if (rc == E_OK) {
		(*out)->name = name;
		(*out)->optional = optional;
	}
	return rc;
}

static enum errc read_object(struct reader *r, struct shape **out)
{
	struct shape *object = shape_new(r->arena, SHAPE_OBJECT, NULL), *member;

	*out = object;
	if (take(r, '}'))
		return E_OK;
	do {
		enum errc rc = read_member(r, &member);

		if (rc != E_OK)
			return rc;
		shape_append(object, member);
	} while (take(r, ','));
	return take(r, '}') ? E_OK : wrong(r, "a closing brace");
}

static enum errc read_list(struct reader *r, struct shape **out)
{
	struct shape *element;
	enum errc rc = read_shape(r, &element);

	if (rc != E_OK)
		return rc;
	*out = shape_new(r->arena, SHAPE_LIST, NULL);
	(*out)->first = element;
	return take(r, ']') ? E_OK : wrong(r, "a closing bracket");
}

/* "'a|b|c'": a text that is one of these. */
static enum errc read_choices(struct reader *r, struct shape **out)
{
	size_t len = strcspn(r->at, "'");

	if (r->at[len] == '\0')
		return wrong(r, "a closing quote");
	*out = shape_new(r->arena, SHAPE_TEXT, NULL);
	(*out)->choices = arena_strn(r->arena, r->at, len);
	r->at += len + 1;
	return E_OK;
}

static enum errc read_word(struct reader *r, struct shape **out)
{
	static const char *const basic[] = { [SHAPE_TEXT] = "text", [SHAPE_ID] = "id",
		[SHAPE_TIME] = "time", [SHAPE_DATE] = "date", [SHAPE_INT] = "int",
		[SHAPE_REAL] = "real", [SHAPE_BOOL] = "bool", [SHAPE_MAP] = "map",
		[SHAPE_ANY] = "any", [SHAPE_BYTES] = "bytes" };
	const char *w = word(r);

	if (*w == '\0')
		return wrong(r, "a type");
	for (int k = SHAPE_TEXT; k <= SHAPE_BYTES; k++)
		if (strcmp(w, basic[k]) == 0) {
			*out = shape_new(r->arena, (enum shape_kind)k, NULL);
			return E_OK;
		}
	*out = shape_new(r->arena, SHAPE_VIEW, NULL);
	(*out)->view = w;
	return E_OK;
}

static enum errc read_shape(struct reader *r, struct shape **out)
{
	enum errc rc;

	if (++r->depth > 12)
		return err_set(r->err, E_FORMAT, "A shape nests too deep");
	if (take(r, '{'))
		rc = read_object(r, out);
	else if (take(r, '['))
		rc = read_list(r, out);
	else if (take(r, '\''))
		rc = read_choices(r, out);
	else
		rc = read_word(r, out);
	r->depth--;
	if (rc == E_OK && *r->at == '?') {
		r->at++;
		(*out)->nullable = true;
	}
	return rc;
}

enum errc shape_parse(struct arena *a, const char *text, struct shape **out, struct err *e)
{
	struct reader r = { a, text, 0, e };
	enum errc rc = read_shape(&r, out);

	blanks(&r);
	return rc != E_OK || *r.at == '\0' ? rc : wrong(&r, "its end");
}

static bool take_word(struct reader *r, const char *expected)
{
	size_t len = strlen(expected);

	blanks(r);
	if (strncmp(r->at, expected, len) != 0 || r->at[len] != ' ')
		return false;
	r->at += len;
	return true;
}

static bool ends(struct reader *r)
{
	blanks(r);
	return *r->at == '\0' || *r->at == ';';
}

/* "image/png", "text/plain; ..." are told from a shape by their slash. */
static const char *media(struct reader *r)
{
	size_t len = strcspn(r->at, " ;");
	const char *out;

	if (memchr(r->at, '/', len) == NULL)
		return NULL;
	out = arena_strn(r->arena, r->at, len);
	r->at += len;
	return out;
}

static enum errc read_answer(struct reader *r, struct shape_answer *an)
{
	enum errc rc;
	char *end;

	*an = (struct shape_answer){ 0 };
	blanks(r);
	an->status = (int)strtol(r->at, &end, 10);
	if (end != r->at + 3 || an->status < 200 || an->status > 599)
		return wrong(r, "a status");
	r->at = end;
	if (ends(r))
		return E_OK;
	an->media = media(r);
	if (an->media != NULL)
		return ends(r) ? E_OK : wrong(r, "a semicolon");
	an->is_page = take_word(r, "page");
	an->is_bare = take_word(r, "bare");
	rc = read_shape(r, &an->data);
	if (rc == E_OK && take(r, '+'))
		rc = read_shape(r, &an->beside);
	return rc != E_OK || ends(r) ? rc : wrong(r, "a semicolon");
}

enum errc shape_answers(struct arena *a, const char *text,
    struct shape_answer out[SHAPE_MAX_ANSWERS], int *len, struct err *e)
{
	struct reader r = { a, text, 0, e };

	*len = 0;
	do {
		enum errc rc = *len == SHAPE_MAX_ANSWERS ? wrong(&r, "an end of its answers") :
		                                           read_answer(&r, &out[*len]);

		if (rc != E_OK)
			return rc;
		++*len;
	} while (take(&r, ';'));
	return E_OK;
}
