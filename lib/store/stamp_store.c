/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stamp_store.h"

#include "gen/stamp_sql.h"

enum errc stamp_store_read(struct pg *db, struct arena *a, const char *organization,
    const char *user, const char *session, struct stamp *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, organization);
	pg_text(&args, user);
	pg_text(&args, session);
	rc = pg_exec(db, a, &sql_stamp_read, &args, &r, e);
	if (rc != E_OK)
		return rc;
	out->text = pg_get(r, 0, "stamp");
	out->session_left = USEC_NEVER;
	if (session != NULL) /* one that is gone has no time left */
		out->session_left = (usec_t)(pg_get_real(r, 0, "session_left") * USEC_PER_SEC);
	return E_OK;
}
