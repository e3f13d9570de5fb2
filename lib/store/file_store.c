/* SPDX-License-Identifier: Apache-2.0 */
#include "store/file_store.h"

#include <string.h>

#include "base/buf.h"
#include "gen/file_sql.h"

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (unsigned char)c >= 0x80;
}

/* Every word as a prefix, all of them: 'phone':* & 'st':*. NULL: no word in it. */
static const char *query_of(struct arena *a, const char *text)
{
	struct buf out = BUF_INIT;
	const char *query = NULL;
	int words = 0;

	for (const char *p = text; p != NULL && *p != '\0' && words < 20;) {
		size_t len = 0;

		while (*p != '\0' && !is_word_byte(*p))
			p++;
		while (is_word_byte(p[len]))
			len++;
		if (len == 0)
			break;
		buf_printf(&out, "%s'%.*s':*", words++ == 0 ? "" : " & ", (int)len, p);
		p += len;
	}
	if (words > 0)
		query = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return query;
}

enum errc file_store_list(struct pg *db, struct arena *a, const struct file_filter *f,
    struct list *out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->folder);
	pg_text(&args, f->type);
	pg_text(&args, query_of(a, f->search));
	pg_text(&args, f->sort);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return list_exec(db, a, &sql_file_list, &args, out, e);
}

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, out, e);
	if (rc == E_OK && st->rows == PG_MAYBE && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "File not found");
	return rc;
}

enum errc file_store_show(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e)
{
	return by_id(db, a, &sql_file_show, id, out, e);
}

enum errc file_store_slices(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_file_slices, id, out, e);
}

enum errc file_store_insert(struct pg *db, struct arena *a, const struct file_row *f,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, f->original_name);
	pg_text(&args, f->path);
	pg_text(&args, f->folder);
	pg_text(&args, f->type);
	pg_int(&args, f->size);
	pg_text(&args, f->mime);
	pg_text(&args, f->sha256);
	rc = pg_exec(db, a, &sql_file_insert, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc file_store_uploaded(struct pg *db, struct arena *a, const char *id,
    const char *event_json, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, event_json);
	return pg_exec(db, a, &sql_file_uploaded, &args, NULL, e);
}

enum errc file_store_facts(struct pg *db, struct arena *a, const char *id, struct file_facts *out,
    struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_file_facts, id, &r, e);

	if (rc != E_OK)
		return rc;
	*out = (struct file_facts){
		.id = pg_get(r, 0, "id"),
		.owner = pg_get(r, 0, "user_id"),
		.original_name = pg_get(r, 0, "original_name"),
		.path = pg_get(r, 0, "file_path"),
		.type = pg_get(r, 0, "file_type"),
		.mime = pg_get(r, 0, "mime_type"),
		.thumbnail = pg_get(r, 0, "thumbnail_url"),
		.is_analysed = pg_get_bool(r, 0, "analysed"),
		.in_use = pg_get_bool(r, 0, "in_use"),
		.has_history = pg_get_bool(r, 0, "has_history"),
	};
	return E_OK;
}

enum errc file_store_path(struct pg *db, struct arena *a, const char *id, const char *slice,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, slice);
	rc = pg_exec(db, a, &sql_file_path, &args, out, e);
	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "File not found");
	return rc;
}

enum errc file_store_slice_paths(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_file_slice_paths, id, out, e);
}

enum errc file_store_forget(struct pg *db, struct arena *a, const char *id, bool keep_row,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_bool(&args, keep_row);
	return pg_exec(db, a, &sql_file_forget, &args, NULL, e);
}
