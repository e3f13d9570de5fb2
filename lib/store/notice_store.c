/* SPDX-License-Identifier: Apache-2.0 */
#include "store/notice_store.h"

#include "gen/notice_sql.h"

enum errc notice_store_list(struct pg *db, struct arena *a, bool only_unread,
    const int64_t window[2], struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_bool(&args, only_unread);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_notice_list, &args, out, e);
}

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, out, e);
	if (rc == E_OK && pg_len(*out) == 0)
		return err_set(e, E_NOTFOUND, "Notification not found");
	return rc;
}

enum errc notice_store_read(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	enum errc rc = by_id(db, a, &sql_notice_read, id, out, e);

	return rc == E_OK ? by_id(db, a, &sql_notice_show, id, out, e) : rc;
}

enum errc notice_store_read_all(struct pg *db, struct arena *a, int64_t *updated, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_notice_read_all, NULL, &r, e);

	*updated = rc == E_OK ? pg_get_int(r, 0, "updated") : 0;
	return rc;
}

enum errc notice_store_reports(struct pg *db, struct arena *a, const int64_t window[2],
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, window[0]);
	pg_int(&args, window[1]);
	return pg_exec(db, a, &sql_notice_reports, &args, out, e);
}
