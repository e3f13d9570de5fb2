/* SPDX-License-Identifier: Apache-2.0 */
#include "store/queue_store.h"

#include "gen/queue_sql.h"

static void positive(struct pg_args *args, int64_t value)
{
	if (value == 0)
		pg_null(args);
	else
		pg_int(args, value);
}

enum errc queue_store_list(struct pg *db, struct arena *a, const struct queue_filter *f,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->printer);
	pg_text(&args, f->group);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return pg_exec(db, a, &sql_queue_list, &args, out, e);
}

enum errc queue_store_move(struct pg *db, struct arena *a, const char *id, const char *way,
    const char *beside, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, way);
	pg_text(&args, beside);
	return pg_exec(db, a, &sql_queue_move, &args, NULL, e);
}

static enum errc one(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, NULL, e);
}

enum errc queue_store_hold(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return one(db, a, &sql_queue_hold, id, e);
}

enum errc queue_store_release(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return one(db, a, &sql_queue_release, id, e);
}

enum errc queue_store_edit(struct pg *db, struct arena *a, const char *id,
    const struct queue_change *c, struct err *e)
{
	const struct job_target *t = &c->target;
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, c->priority);
	positive(&args, c->copies);
	pg_text(&args, c->notes);
	pg_bool(&args, c->has_target);
	pg_text(&args, t->any ? "any" : t->group != NULL ? "group" : "printer");
	pg_text(&args, t->printer);
	pg_text(&args, t->group);
	pg_bool(&args, c->has_needs);
	pg_text(&args, t->model);
	pg_text(&args, t->material);
	pg_text(&args, t->nozzle);
	return pg_exec(db, a, &sql_queue_edit, &args, NULL, e);
}

enum errc queue_store_again(struct pg *db, struct arena *a, const char *id,
    struct queue_again *again, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, again->priority);
	positive(&args, again->copies);
	pg_bool(&args, again->is_local_user);
	rc = pg_exec(db, a, &sql_queue_again, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Job not found");
	if (rc != E_OK)
		return rc;
	again->id = pg_get(r, 0, "id");
	again->file = pg_get(r, 0, "file_id");
	return E_OK;
}

enum errc queue_store_suits(struct pg *db, struct arena *a, const char *const ids[2], bool *named,
    bool *fits, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, ids[0]);
	pg_text(&args, ids[1]);
	rc = pg_exec(db, a, &sql_queue_suits, &args, &r, e);
	*named = rc == E_OK && pg_len(r) > 0;
	*fits = *named && pg_get_bool(r, 0, "fits");
	return rc;
}
