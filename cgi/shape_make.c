/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of what exists already: views (columns named as lib/store/rows reads them) and schemas. */
#include <string.h>

#include "cgi/shape.h"
#include "cgi/shape_words.h"
#include "store/pg.h"
#include "store/rows_value.h"

static struct shape *find(struct shape *object, const char *name, size_t len)
{
	for (struct shape *m = object->first; m != NULL; m = m->next)
		if (strlen(m->name) == len && memcmp(m->name, name, len) == 0)
			return m;
	return NULL;
}

static struct shape *group(struct arena *a, struct shape *object, const char *name, size_t len)
{
	struct shape *g;
	bool nullable = len > 0 && name[len - 1] == '?';

	g = find(object, name, len - nullable);
	if (g == NULL) {
		g = shape_new(a, SHAPE_OBJECT, arena_strn(a, name, len - nullable));
		shape_append(object, g);
	}
	g->kind = SHAPE_OBJECT; /* a field may come before its parts: "settings", "settings.x" */
	g->nullable |= nullable;
	return g;
}

/* "a.b.c" below `object`; the leaf is new, or the object that its parts have made already. */
static struct shape *place(struct arena *a, struct shape *object, const char *name)
{
	const char *dot;
	struct shape *leaf;

	while ((dot = strchr(name, '.')) != NULL) {
		object = group(a, object, name, (size_t)(dot - name));
		name = dot + 1;
	}
	leaf = find(object, name, strcspn(name, "!"));
	if (leaf == NULL) {
		leaf = shape_new(a, SHAPE_TEXT, arena_strn(a, name, strcspn(name, "!")));
		shape_append(object, leaf);
	}
	return leaf;
}

#define OID_UUID       2950
#define OID_UUID_ARRAY 2951
#define OID_DATE       1082

static enum shape_kind element_kind(enum rows_kind kind, unsigned type)
{
	switch (kind) {
	case ROWS_WHOLES:
		return SHAPE_INT;
	case ROWS_DECIMALS:
		return SHAPE_REAL;
	case ROWS_TEXTS:
	case ROWS_TEXT:
	case ROWS_BOOL:
	case ROWS_WHOLE:
	case ROWS_DECIMAL:
	case ROWS_JSON:
	case ROWS_TIME:
		break;
	}
	return type == OID_UUID_ARRAY ? SHAPE_ID : SHAPE_TEXT;
}

static enum shape_kind kind_of(enum rows_kind kind, unsigned type)
{
	switch (kind) {
	case ROWS_TEXT:
		return type == OID_UUID ? SHAPE_ID : type == OID_DATE ? SHAPE_DATE : SHAPE_TEXT;
	case ROWS_BOOL:
		return SHAPE_BOOL;
	case ROWS_WHOLE:
		return SHAPE_INT;
	case ROWS_DECIMAL:
		return SHAPE_REAL;
	case ROWS_JSON:
		return SHAPE_ANY;
	case ROWS_TIME:
		return SHAPE_TIME;
	case ROWS_TEXTS:
	case ROWS_WHOLES:
	case ROWS_DECIMALS:
		break;
	}
	return SHAPE_LIST;
}

static void add_column(struct arena *a, struct shape *object, const struct pg_result *r, int row)
{
	const char *name = pg_get(r, row, "name");
	unsigned type = (unsigned)pg_get_int(r, row, "type");
	enum rows_kind kind = rows_kind(type);
	struct shape *leaf = place(a, object, name);

	leaf->kind = kind_of(kind, type);
	if (leaf->kind == SHAPE_LIST)
		leaf->first = shape_new(a, element_kind(kind, type), NULL);
	leaf->choices = pg_get(r, row, "choices");
	if (leaf->choices == NULL)
		leaf->choices = shape_words(a, pg_get(r, row, "view"), name);
	/* The first member of a nullable group decides about the group and is there with it. */
	leaf->nullable = strcmp(leaf->name, "id") != 0 && strstr(name, "?.") == NULL;
}

enum errc shape_of_view(struct arena *a, const struct pg_result *columns, const char *view,
    struct shape **out, struct err *e)
{
	struct shape *object = shape_new(a, SHAPE_OBJECT, NULL);

	for (int row = 0; row < pg_len(columns); row++)
		if (strcmp(pg_get(columns, row, "view"), view) == 0 &&
		    *pg_get(columns, row, "name") != '_')
			add_column(a, object, columns, row);
	*out = object;
	return object->first != NULL ? E_OK : err_set(e, E_NOTFOUND, "There is no view %s", view);
}

static enum shape_kind field_kind(enum field_type t)
{
	switch (t) {
	case F_TEXT:
	case F_ENUM:
		return SHAPE_TEXT;
	case F_ID:
		return SHAPE_ID;
	case F_INT:
		return SHAPE_INT;
	case F_REAL:
		return SHAPE_REAL;
	case F_BOOL:
		return SHAPE_BOOL;
	case F_TEXTS:
	case F_LIST:
		return SHAPE_LIST;
	case F_OBJECT:
		return SHAPE_MAP;
	case F_JSON:
		break;
	}
	return SHAPE_ANY;
}

static void add_field(struct arena *a, struct shape *object, const struct field *f)
{
	struct shape *leaf = place(a, object, f->name);

	leaf->kind = leaf->first != NULL ? SHAPE_OBJECT : field_kind(f->type);
	leaf->field = f;
	leaf->choices = f->choices;
	leaf->nullable = (f->flags & FIELD_NULL) != 0;
	leaf->optional = (f->flags & FIELD_REQUIRED) == 0;
	if (leaf->kind == SHAPE_LIST)
		leaf->first = shape_new(a, f->type == F_TEXTS ? SHAPE_TEXT : SHAPE_ANY, NULL);
}

/* An object is wanted as soon as one of its members is. */
static bool settle(struct shape *object)
{
	bool required = false;

	for (struct shape *m = object->first; m != NULL; m = m->next) {
		if (m->kind == SHAPE_OBJECT)
			m->optional = !settle(m);
		required |= !m->optional;
	}
	return required;
}

struct shape *shape_of_fields(struct arena *a, const struct schema *s, bool all_query,
    bool want_query)
{
	struct shape *object = shape_new(a, SHAPE_OBJECT, NULL);

	for (size_t i = 0; s != NULL && i < s->len; i++) {
		bool query = all_query || (s->fields[i].flags & FIELD_QUERY) != 0;

		if (query == want_query)
			add_field(a, object, &s->fields[i]);
	}
	settle(object);
	return object->first == NULL ? NULL : object;
}
