/* SPDX-License-Identifier: Apache-2.0 */
#include "store/live_store.h"

#include "gen/live_sql.h"

/* pg_async_exec() copies the arguments, so that they need to live only until it returns. */
static void ask(struct pg_async *db, const struct pg_stmt *st, const char *text,
    live_store_done *done, void *ctx)
{
	struct arena *a = arena_new(0);
	struct pg_args args;

	pg_args_init(&args, a);
	if (text != NULL)
		pg_text(&args, text);
	pg_async_exec(db, st, &args, done, ctx);
	arena_free(a);
}

static void ask_int(struct pg_async *db, const struct pg_stmt *st, int64_t value,
    live_store_done *done, void *ctx)
{
	struct arena *a = arena_new(0);
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, value);
	pg_async_exec(db, st, &args, done, ctx);
	arena_free(a);
}

static const char *or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

void live_store_enter(struct pg_async *db, const struct live_store_claim *who,
    live_store_done *done, void *ctx)
{
	struct arena *a = arena_new(0);
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, who->user);
	pg_text(&args, or_null(who->session));
	pg_text(&args, or_null(who->organization));
	pg_async_exec(db, &sql_live_enter, &args, done, ctx);
	arena_free(a);
}

void live_store_default_org(struct pg_async *db, live_store_done *done, void *ctx)
{
	ask(db, &sql_live_default_org, NULL, done, ctx);
}

/* Elements are UUIDs and role names: nothing that an array literal would have to quote. */
static void add(struct buf *list, const char *value)
{
	buf_char(list, list->size == 0 ? '{' : ',');
	buf_text(list, or_null(value) == NULL ? "NULL" : value);
}

void live_store_callers_add(struct live_store_callers *c, const struct live_store_claim *who,
    const char *role)
{
	add(&c->users, who->user);
	add(&c->sessions, who->session);
	add(&c->organizations, who->organization);
	add(&c->roles, role);
}

void live_store_callers_fini(struct live_store_callers *c)
{
	buf_fini(&c->users);
	buf_fini(&c->sessions);
	buf_fini(&c->organizations);
	buf_fini(&c->roles);
}

void live_store_callers(struct pg_async *db, const struct live_store_callers *c,
    live_store_done *done, void *ctx)
{
	struct arena *a = arena_new(0);
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, arena_printf(a, "%s}", buf_str(&c->users)));
	pg_text(&args, arena_printf(a, "%s}", buf_str(&c->sessions)));
	pg_text(&args, arena_printf(a, "%s}", buf_str(&c->organizations)));
	pg_text(&args, arena_printf(a, "%s}", buf_str(&c->roles)));
	pg_async_exec(db, &sql_live_callers, &args, done, ctx);
	arena_free(a);
}

void live_store_status(struct pg_async *db, int64_t after, live_store_done *done, void *ctx)
{
	ask_int(db, &sql_live_status, after, done, ctx);
}

void live_store_event_last(struct pg_async *db, live_store_done *done, void *ctx)
{
	ask(db, &sql_live_event_last, NULL, done, ctx);
}

void live_store_events(struct pg_async *db, int64_t after, live_store_done *done, void *ctx)
{
	ask_int(db, &sql_live_events, after, done, ctx);
}

void live_store_missed(struct pg_async *db, usec_t since, live_store_done *done, void *ctx)
{
	ask_int(db, &sql_live_missed, since / USEC_PER_MSEC, done, ctx);
}

void live_store_job(struct pg_async *db, const char *id, live_store_done *done, void *ctx)
{
	ask(db, &sql_live_job, id, done, ctx);
}

void live_store_file(struct pg_async *db, const char *id, live_store_done *done, void *ctx)
{
	ask(db, &sql_live_file, id, done, ctx);
}
