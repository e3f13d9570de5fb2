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

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, out, e);
	if (rc == E_NOTFOUND || (rc == E_OK && pg_len(*out) == 0))
		return err_set(e, E_NOTFOUND, "Command not found");
	return rc;
}

enum errc command_store_find(struct pg *db, struct arena *a, const char *id,
    struct command_row *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_command_find, id, &r, e);

	if (rc != E_OK)
		return rc;
	*out = (struct command_row){ pg_get(r, 0, "id"), pg_get(r, 0, "status"),
		pg_get(r, 0, "result"), pg_get(r, 0, "error_message") };
	return E_OK;
}

enum errc command_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_command_row, id, out, e);
}

enum errc command_store_list(struct pg *db, struct arena *a, const struct command_filter *f,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->printer);
	pg_text(&args, f->status);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return pg_exec(db, a, &sql_command_list, &args, out, e);
}

static void poll_args(struct pg_args *args, struct arena *a, const struct command_poll *p)
{
	pg_args_init(args, a);
	pg_text(args, p->recipient);
	pg_text(args, p->printer);
	pg_int(args, p->limit);
}

enum errc command_store_pending(struct pg *db, struct arena *a, const struct command_poll *p,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	poll_args(&args, a, p);
	return pg_exec(db, a, &sql_command_pending, &args, out, e);
}

enum errc command_store_claim(struct pg *db, struct arena *a, const struct command_poll *p,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	struct pg_result *taken;
	enum errc rc;

	poll_args(&args, a, p);
	rc = pg_exec(db, a, &sql_command_claim, &args, &taken, e);
	if (rc != E_OK)
		return rc;
	pg_args_init(&args, a);
	pg_text(&args, pg_get(taken, 0, "ids"));
	return pg_exec(db, a, &sql_command_rows, &args, out, e);
}

enum errc command_store_facts(struct pg *db, struct arena *a, const char *id,
    struct command_facts *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_command_facts, id, &r, e);

	if (rc == E_OK)
		*out = (struct command_facts){ pg_get(r, 0, "status"), pg_get_bool(r, 0, "local"),
			pg_get_bool(r, 0, "late") };
	return rc;
}

enum errc command_store_report(struct pg *db, struct arena *a, const char *id,
    const struct command_report *rep, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, rep->status);
	pg_text(&args, rep->result);
	pg_text(&args, rep->error);
	pg_bool(&args, rep->is_sent);
	pg_bool(&args, rep->is_ended);
	return pg_exec(db, a, &sql_command_report, &args, NULL, e);
}

enum errc command_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	struct pg_result *r;

	return by_id(db, a, &sql_command_delete, id, &r, e);
}
