/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jval.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "base/json_scan.h"

/* struct jval is json-c's object under another name; nobody outside may know. */
static struct json_object *jo(const struct jval *v)
{
	return (struct json_object *)(uintptr_t)v;
}

static void release(void *object)
{
	json_object_put(object);
}

enum errc jval_parse(struct arena *a, const char *text, size_t size, const struct jval **out,
    struct err *e)
{
	struct json_tokener *tok;
	struct json_object *root;
	enum errc rc = json_scan(text, size, JSON_MAX_DEPTH, e);

	if (rc != E_OK)
		return rc;
	tok = json_tokener_new_ex(JSON_MAX_DEPTH + 1);
	if (tok == NULL)
		return err_set(e, E_INTERNAL, "Internal error");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* The NUL that ends a copy lets json-c see the end of a top-level number. */
	text = arena_strn(a, text, size);
	root = json_tokener_parse_ex(tok, text, (int)size + 1);
	if (json_tokener_get_error(tok) != json_tokener_success) {
		json_object_put(root);
		json_tokener_free(tok);
		return err_set(e, E_INVALID, "Malformed JSON");
	}
	json_tokener_free(tok);
	if (root != NULL)
		arena_adopt(a, root, release);
	*out = (const struct jval *)root;
	return E_OK;
}

enum jval_type jval_type(const struct jval *v)
{
	switch (json_object_get_type(jo(v))) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
		return JSON_INT;
	case json_type_double:
		return JSON_REAL;
	case json_type_string:
		return JSON_TEXT;
	case json_type_array:
		return JSON_LIST;
	case json_type_object:
		return JSON_OBJECT;
	case json_type_null:
		break;
	}
	return JSON_NULL;
}

const char *jval_type_name(enum jval_type t)
{
	static const char *const names[] = { "null", "boolean", "number", "number", "string", "array",
		"object" };

	return names[t];
}

const struct jval *jval_get(const struct jval *object, const char *name)
{
	struct json_object *v = NULL;

	if (jval_type(object) != JSON_OBJECT)
		return NULL;
	json_object_object_get_ex(jo(object), name, &v);
	return (const struct jval *)v;
}

bool jval_has(const struct jval *object, const char *name)
{
	return jval_type(object) == JSON_OBJECT && json_object_object_get_ex(jo(object), name, NULL);
}

bool jval_bool(const struct jval *v)
{
	return jval_type(v) == JSON_BOOL && json_object_get_boolean(jo(v));
}

bool jval_is_number(const struct jval *v)
{
	return jval_type(v) == JSON_INT || jval_type(v) == JSON_REAL;
}

bool jval_is_whole(const struct jval *v)
{
	double d;

	if (jval_type(v) == JSON_INT)
		return true;
	if (jval_type(v) != JSON_REAL)
		return false;
	d = json_object_get_double(jo(v));
	return d == floor(d) && fabs(d) < 9007199254740992.0;
}

int64_t jval_int(const struct jval *v)
{
	return jval_type(v) == JSON_REAL ? (int64_t)json_object_get_double(jo(v))
	                                 : json_object_get_int64(jo(v));
}

double jval_real(const struct jval *v)
{
	return json_object_get_double(jo(v));
}

const char *jval_text(const struct jval *v, size_t *len)
{
	if (jval_type(v) != JSON_TEXT)
		return NULL;
	if (len != NULL)
		*len = (size_t)json_object_get_string_len(jo(v));
	return json_object_get_string(jo(v));
}

size_t jval_len(const struct jval *list)
{
	return jval_type(list) == JSON_LIST ? json_object_array_length(jo(list)) : 0;
}

const struct jval *jval_at(const struct jval *list, size_t i)
{
	return (const struct jval *)json_object_array_get_idx(jo(list), i);
}

void jval_each(const struct jval *object,
    void (*visit)(void *ctx, const char *name, const struct jval *value), void *ctx)
{
	if (jval_type(object) != JSON_OBJECT)
		return;
	json_object_object_foreach(jo(object), name, value)
	{
		visit(ctx, name, (const struct jval *)value);
	}
}

const char *jval_print(struct arena *a, const struct jval *v)
{
	return arena_str(a,
	    json_object_to_json_string_ext(jo(v), JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}
