/* SPDX-License-Identifier: Apache-2.0 */
#include "store/apikey_store.h"

#include "gen/apikey_sql.h"

enum errc apikey_store_find(struct pg *db, struct arena *a, const char *hash,
    struct apikey *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, hash);
	rc = pg_exec(db, a, &sql_apikey_find, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "API key not found");
	if (rc == E_OK)
		*out = (struct apikey){ pg_get(r, 0, "key_id"), pg_get(r, 0, "organization_id"),
			pg_get(r, 0, "scope"), pg_get(r, 0, "printer_id") };
	return rc;
}
