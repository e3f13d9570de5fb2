/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/plan.h"

#include "base/log.h"
#include "model/schedule.h"
#include "store/upkeep_store.h"
#include "worker/task.h"

/* The next local time of a cron line, as text; E_INVALID: it has none. */
static enum errc next_local(struct arena *a, const char *cron, const char *local, const char **out,
    struct err *e)
{
	char text[SCHEDULE_TIME_SIZE];
	struct schedule_time from, next;
	struct schedule s;
	enum errc rc = schedule_parse(cron, &s, e);

	if (rc == E_OK)
		rc = schedule_time_parse(local, &from, e);
	if (rc != E_OK)
		return rc;
	if (!schedule_next(&s, &from, &next))
		return err_set(e, E_INVALID, "The cron line names no day: %.100s", cron);
	*out = arena_str(a, schedule_time_print(&next, text));
	return E_OK;
}

static enum errc fire(struct pg *db, struct arena *a, struct upkeep_fire *f,
    const struct pg_result *rows, int i, struct err *e)
{
	const char *cron = pg_get(rows, i, "cron");

	f->name = pg_get(rows, i, "name");
	f->next = NULL;
	/* Installed at noon, the clean-up of the night is not late. */
	f->run = cron == NULL || !pg_get_bool(rows, i, "is_fresh");
	if (cron != NULL && next_local(a, cron, pg_get(rows, i, "local"), &f->next, e) != E_OK) {
		log_error("schedule %s is switched off: %s", f->name, e->message);
		return upkeep_store_disable(db, a, f->name, e);
	}
	return upkeep_store_fire(db, a, f, e);
}

enum errc plan_fire_due(struct pg *db, struct arena *a, const struct conf *conf, struct err *e)
{
	struct upkeep_fire f = { .zone = conf_text(conf, "schedule.timezone") };
	struct pg_result *rows;
	enum errc rc = upkeep_store_due(db, a, task_kinds(a), f.zone, &rows, e);

	for (int i = 0; rc == E_OK && i < pg_len(rows); i++)
		rc = fire(db, a, &f, rows, i, e);
	return rc;
}

enum errc plan_next(struct pg *db, struct arena *a, usec_t *wait, struct err *e)
{
	return upkeep_store_next(db, a, task_kinds(a), wait, e);
}
