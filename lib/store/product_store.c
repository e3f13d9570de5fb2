/* SPDX-License-Identifier: Apache-2.0 */
#include "store/product_store.h"

#include "gen/product_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Product not found");
	if (out != NULL)
		*out = r;
	return rc;
}

enum errc product_store_list(struct pg *db, struct arena *a, const struct product_filter *f,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->search);
	pg_bool(&args, f->include_inactive);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return pg_exec(db, a, &sql_product_list, &args, out, e);
}

enum errc product_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_product_row, id, out, e);
}

enum errc product_store_lock(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_product_lock, id, NULL, e);
}

enum errc product_store_file(struct pg *db, struct arena *a, const char *file, bool *out,
    struct err *e)
{
	enum errc rc = by_id(db, a, &sql_product_file, file, NULL, e);

	*out = rc == E_OK;
	return rc == E_NOTFOUND ? E_OK : rc;
}

enum errc product_store_insert(struct pg *db, struct arena *a, const char *json,
    const char **id, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_product_insert, json, &r, e);

	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc product_store_update(struct pg *db, struct arena *a, const char *id,
    const char *json, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, json);
	return pg_exec(db, a, &sql_product_update, &args, NULL, e);
}

enum errc product_store_retire(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_product_retire, id, NULL, e);
}

enum errc product_store_changed(struct pg *db, struct arena *a, const char *id,
    const char *const words[2], struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, words[0]);
	pg_text(&args, words[1]);
	return pg_exec(db, a, &sql_product_changed, &args, NULL, e);
}
