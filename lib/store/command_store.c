/* SPDX-License-Identifier: Apache-2.0 */
#include "store/command_store.h"

#include "gen/command_sql.h"

enum errc command_store_insert(struct pg *db, struct arena *a, const struct command_new *c,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, c->printer);
	pg_text(&args, c->type);
	pg_text(&args, c->metadata);
	pg_text(&args, c->recipient);
	pg_real(&args, (double)c->timeout / (double)USEC_PER_SEC);
	pg_bool(&args, c->is_local);
	pg_text(&args, c->audit);
	rc = pg_exec(db, a, &sql_command_insert, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc command_store_find(struct pg *db, struct arena *a, const char *id,
    struct command_row *out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, &sql_command_find, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Command not found");
	if (rc != E_OK)
		return rc;
	*out = (struct command_row){ pg_get(r, 0, "id"), pg_get(r, 0, "status"),
		pg_get(r, 0, "result"), pg_get(r, 0, "error_message") };
	return E_OK;
}
