/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group_store.h"

#include "gen/group_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, out, e);
	if (rc == E_OK && st->rows == PG_MAYBE && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "Group not found");
	return rc;
}

enum errc group_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_group_list, &args, out, e);
}

enum errc group_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_group_show, id, out, e);
}

enum errc group_store_exists(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	struct pg_result *r;

	return by_id(db, a, &sql_group_exists, id, &r, e);
}

static enum errc taken(enum errc rc, struct err *e)
{
	if (rc != E_CONFLICT)
		return rc;
	return err_field(e, E_CONFLICT, "name", "There is a group of this name");
}

static enum errc members(struct pg *db, struct arena *a, const char *id, const char *printers,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	if (printers == NULL)
		return E_OK;
	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, printers);
	rc = pg_exec(db, a, &sql_group_members, &args, &r, e);
	if (rc == E_OK && pg_get_int(r, 0, "unknown") > 0)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

enum errc group_store_insert(struct pg *db, struct arena *a, const struct group_change *c,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, c->name);
	pg_text(&args, c->description);
	rc = taken(pg_exec(db, a, &sql_group_insert, &args, &r, e), e);
	if (rc != E_OK)
		return rc;
	*id = pg_get(r, 0, "id");
	return members(db, a, *id, c->printers, e);
}

enum errc group_store_update(struct pg *db, struct arena *a, const char *id,
    const struct group_change *c, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, c->name);
	pg_bool(&args, c->has_description);
	pg_text(&args, c->description);
	rc = taken(pg_exec(db, a, &sql_group_update, &args, &r, e), e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Group not found");
	return rc == E_OK ? members(db, a, id, c->printers, e) : rc;
}

enum errc group_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	struct pg_result *r;
	enum errc rc = group_store_exists(db, a, id, e);

	if (rc == E_OK)
		rc = by_id(db, a, &sql_group_in_use, id, &r, e);
	if (rc == E_OK && pg_get_bool(r, 0, "in_use"))
		return err_set(e, E_CONFLICT, "Jobs wait for this group");
	return rc == E_OK ? by_id(db, a, &sql_group_delete, id, &r, e) : rc;
}
