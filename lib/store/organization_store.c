/* SPDX-License-Identifier: Apache-2.0 */
#include "store/organization_store.h"

#include "gen/organization_sql.h"

static enum errc page(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const int64_t window[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, st, &args, out, e);
}

static enum errc with_text(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *text, struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, text);
	return pg_exec(db, a, st, &args, out, e);
}

static enum errc with_texts(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const char *const texts[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, texts[0]);
	pg_text(&args, texts[1]);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc organization_store_list(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e)
{
	return page(db, a, &sql_organization_list, window, out, e);
}

enum errc organization_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	enum errc rc = with_text(db, a, &sql_organization_show, id, out, e);

	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "Organization not found");
	return rc;
}

enum errc organization_store_enter(struct pg *db, struct arena *a, const char *id,
    const char *least_role, struct err *e)
{
	const char *const texts[2] = { id, least_role };

	return with_texts(db, a, &sql_organization_enter, texts, NULL, e);
}

enum errc organization_store_create(struct pg *db, struct arena *a, const char *given,
    const char **id, struct err *e)
{
	struct pg_result *r;
	enum errc rc = with_text(db, a, &sql_organization_create, given, &r, e);

	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc organization_store_update(struct pg *db, struct arena *a, const char *patch,
    struct err *e)
{
	return with_text(db, a, &sql_organization_update, patch, NULL, e);
}

enum errc organization_store_set_key(struct pg *db, struct arena *a, const char *sha256,
    const char *prefix, struct err *e)
{
	const char *const texts[2] = { sha256, prefix };

	return with_texts(db, a, &sql_organization_set_key, texts, NULL, e);
}

enum errc organization_store_members(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e)
{
	return page(db, a, &sql_organization_members, window, out, e);
}

enum errc organization_store_set_member(struct pg *db, struct arena *a,
    const char *const user_role[2], bool *is_new, struct pg_result **out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = with_texts(db, a, &sql_organization_set_member, user_role, &r, e);

	*is_new = rc == E_OK && pg_get_bool(r, 0, "is_new");
	if (rc == E_OK)
		rc = with_text(db, a, &sql_organization_member, user_role[0], out, e);
	return rc;
}

enum errc organization_store_remove_member(struct pg *db, struct arena *a, const char *user,
    struct err *e)
{
	return with_text(db, a, &sql_organization_remove_member, user, NULL, e);
}
