/* SPDX-License-Identifier: Apache-2.0 */
#include "store/upkeep_store.h"

#include "gen/upkeep_sql.h"

#define LONGEST_WAIT 86400 /* s */

enum errc upkeep_store_due(struct pg *db, struct arena *a, const char *kinds, const char *zone,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, kinds);
	pg_text(&args, zone);
	return pg_exec(db, a, &sql_upkeep_due, &args, out, e);
}

enum errc upkeep_store_fire(struct pg *db, struct arena *a, const struct upkeep_fire *f,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->name);
	pg_text(&args, f->next);
	pg_text(&args, f->zone);
	pg_bool(&args, f->run);
	return pg_exec(db, a, &sql_upkeep_fire, &args, NULL, e);
}

enum errc upkeep_store_disable(struct pg *db, struct arena *a, const char *name, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, name);
	return pg_exec(db, a, &sql_upkeep_disable, &args, NULL, e);
}

enum errc upkeep_store_next(struct pg *db, struct arena *a, const char *kinds, usec_t *wait,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;
	double seconds;

	*wait = USEC_NEVER;
	pg_args_init(&args, a);
	pg_text(&args, kinds);
	rc = pg_exec(db, a, &sql_upkeep_next, &args, &r, e);
	if (rc != E_OK || pg_get(r, 0, "seconds") == NULL)
		return rc;
	seconds = pg_get_real(r, 0, "seconds");
	*wait = seconds <= 0 ? 0 : seconds > LONGEST_WAIT ? LONGEST_WAIT * USEC_PER_SEC :
	    (usec_t)(seconds * 1e6);
	return E_OK;
}

enum errc upkeep_store_probed(struct pg *db, struct arena *a, const struct upkeep_probe *p,
    bool *has_changed, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, p->url);
	pg_bool(&args, p->healthy);
	pg_text(&args, p->answer);
	rc = pg_exec(db, a, &sql_upkeep_probed, &args, &r, e);
	*has_changed = rc == E_OK && pg_get_bool(r, 0, "has_changed");
	return rc;
}

static enum errc count(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct pg_args *args, int64_t *n, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, st, args, &r, e);

	*n = rc == E_OK ? pg_get_int(r, 0, "n") : 0;
	return rc;
}

enum errc upkeep_store_expire_commands(struct pg *db, struct arena *a, int64_t *n, struct err *e)
{
	return count(db, a, &sql_upkeep_expire_commands, NULL, n, e);
}

enum errc upkeep_store_trim(struct pg *db, struct arena *a, enum upkeep_what what, int64_t days,
    int64_t *n, struct err *e)
{
	static const struct pg_stmt *const stmts[] = {
		[UPKEEP_EVENTS] = &sql_upkeep_trim_events,
		[UPKEEP_SESSIONS] = &sql_upkeep_trim_sessions,
		[UPKEEP_RATES] = &sql_upkeep_trim_rates,
		[UPKEEP_ONCE] = &sql_upkeep_trim_once,
		[UPKEEP_TICKETS] = &sql_upkeep_trim_tickets,
		[UPKEEP_TEMPERATURES] = &sql_upkeep_trim_temperatures,
		[UPKEEP_COMMANDS] = &sql_upkeep_trim_commands,
		[UPKEEP_NOTIFICATIONS] = &sql_upkeep_trim_notifications,
		[UPKEEP_AUDIT] = &sql_upkeep_trim_audit,
		[UPKEEP_DONE] = &sql_upkeep_trim_done,
		[UPKEEP_FAILED] = &sql_upkeep_trim_failed,
	};
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, UPKEEP_BATCH);
	if (what >= UPKEEP_TEMPERATURES)
		pg_int(&args, days);
	return count(db, a, stmts[what], &args, n, e);
}

enum errc upkeep_store_talkers(struct pg *db, struct arena *a, struct pg_result **out,
    struct err *e)
{
	return pg_exec(db, a, &sql_upkeep_talkers, NULL, out, e);
}

enum errc upkeep_store_trim_status(struct pg *db, struct arena *a, const char *printer, int64_t *n,
    struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_int(&args, UPKEEP_BATCH);
	pg_text(&args, printer);
	return count(db, a, &sql_upkeep_trim_status, &args, n, e);
}
