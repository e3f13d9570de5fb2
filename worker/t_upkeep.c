/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/t_upkeep.h"

#include "store/upkeep_store.h"

struct broom {
	enum upkeep_what what;
	const char *key; /* days in the configuration, 0: for ever; NULL: rows know when they expire */
	const char *name;
};

static enum errc sweep(struct task_run *t, enum upkeep_what what, int64_t days, int64_t *total,
    struct err *e)
{
	int64_t n = UPKEEP_BATCH;
	enum errc rc = E_OK;

	for (*total = 0; rc == E_OK && n == UPKEEP_BATCH; *total += n) {
		rc = upkeep_store_trim(t->db, t->arena, what, days, &n, e);
		if (rc == E_OK)
			rc = task_beat(t, e);
	}
	return rc;
}

/* How many rows went, by kind, is the task's result. */
static enum errc sweep_all(struct task_run *t, const struct broom *brooms, size_t len,
    struct err *e)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	enum errc rc = E_OK;

	json_sink_init(&js, &text);
	sink_begin_object(&js.sink, NULL);
	for (size_t i = 0; rc == E_OK && i < len; i++) {
		int64_t n, days = brooms[i].key == NULL ? 0 : conf_int(t->conf, brooms[i].key);

		if (brooms[i].key != NULL && days == 0)
			continue;
		rc = sweep(t, brooms[i].what, days, &n, e);
		sink_int(&js.sink, brooms[i].name, n);
	}
	sink_end_object(&js.sink);
	t->result_json = arena_str(t->arena, buf_str(&text));
	buf_fini(&text);
	return rc;
}

enum errc t_upkeep_commands(struct task_run *t, struct err *e)
{
	static const struct broom brooms[] = { { UPKEEP_EVENTS, NULL, "events" } };
	int64_t n;
	enum errc rc = upkeep_store_expire_commands(t->db, t->arena, &n, e);

	return rc == E_OK ? sweep_all(t, brooms, 1, e) : rc;
}

enum errc t_upkeep_sessions(struct task_run *t, struct err *e)
{
	static const struct broom brooms[] = {
		{ UPKEEP_SESSIONS, NULL, "sessions" },
		{ UPKEEP_RATES, NULL, "rateLimits" },
		{ UPKEEP_ONCE, NULL, "idempotencyKeys" },
		{ UPKEEP_TICKETS, NULL, "cameraTickets" },
	};

	return sweep_all(t, brooms, sizeof brooms / sizeof *brooms, e);
}

enum errc t_upkeep_status(struct task_run *t, struct err *e)
{
	struct pg_result *talkers;
	int64_t n, total = 0;
	enum errc rc = upkeep_store_talkers(t->db, t->arena, &talkers, e);

	for (int i = 0; rc == E_OK && i < pg_len(talkers); i++) {
		for (n = UPKEEP_BATCH; rc == E_OK && n == UPKEEP_BATCH; total += n) {
			rc = upkeep_store_trim_status(t->db, t->arena, pg_get(talkers, i, "printer_id"),
			    &n, e);
			if (rc == E_OK)
				rc = task_beat(t, e);
		}
	}
	t->result_json = arena_printf(t->arena, "{\"statuses\":%lld}", (long long)total);
	return rc;
}

enum errc t_upkeep_retention(struct task_run *t, struct err *e)
{
	static const struct broom brooms[] = {
		{ UPKEEP_TEMPERATURES, "retention.temperature_days", "temperatures" },
		{ UPKEEP_COMMANDS, "retention.command_days", "commands" },
		{ UPKEEP_NOTIFICATIONS, "retention.notification_days", "notifications" },
		{ UPKEEP_AUDIT, "retention.event_days", "systemEvents" },
		{ UPKEEP_DONE, "retention.task_days", "tasksDone" },
		{ UPKEEP_FAILED, "retention.failed_task_days", "tasksFailed" },
	};

	return sweep_all(t, brooms, sizeof brooms / sizeof *brooms, e);
}
