/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stamp_store.h"

#include "gen/stamp_sql.h"

enum errc stamp_store_read(struct pg *db, struct arena *a, const char *organization,
    const char *user, const char **stamp, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, organization);
	pg_text(&args, user);
	rc = pg_exec(db, a, &sql_stamp_read, &args, &r, e);
	if (rc == E_OK)
		*stamp = pg_get(r, 0, "stamp");
	return rc;
}

enum errc stamp_store_session(struct pg *db, struct arena *a, const char *session, usec_t *left,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, session);
	rc = pg_exec(db, a, &sql_stamp_session, &args, &r, e);
	if (rc == E_OK)
		*left = (usec_t)(pg_get_real(r, 0, "session_left") * USEC_PER_SEC);
	return rc;
}
