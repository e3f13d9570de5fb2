/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/task.h"

#include <string.h>

#include "worker/t_analyze.h"
#include "worker/t_probe.h"
#include "worker/t_upkeep.h"

#define BEAT_EVERY (10 * USEC_PER_SEC)

static const struct task_kind kinds[] = {
	{ "file-processing", "analyze", false, t_analyze_work, t_analyze_save, t_analyze_give_up },
	{ "maintenance", "probe-printer-backend", true, t_probe_work, NULL, NULL },
	{ "maintenance", "expire-commands", true, t_upkeep_commands, NULL, NULL },
	{ "maintenance", "expire-sessions", false, t_upkeep_sessions, NULL, NULL },
	{ "maintenance", "cleanup-printer-status", false, t_upkeep_status, NULL, NULL },
	{ "maintenance", "retention", false, t_upkeep_retention, NULL, NULL },
};

const char *task_operation(const struct jval *payload)
{
	const char *word = jval_text(jval_get(payload, "operation"), NULL);

	return word != NULL ? word : jval_text(jval_get(payload, "task"), NULL);
}

enum errc task_find(const char *queue, const struct jval *payload, const struct task_kind **out,
    struct err *e)
{
	const char *operation = task_operation(payload);
	size_t i;

	if (operation == NULL)
		return err_set(e, E_INVALID, "The task names no operation");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*out = &kinds[i];
		if (strcmp(kinds[i].queue, queue) == 0 && strcmp(kinds[i].operation, operation) == 0)
			return E_OK;
	}
	return err_set(e, E_INVALID, "Operation %.40s of queue %.40s is not known", operation, queue);
}

const char *task_kinds(struct arena *a)
{
	struct buf text = BUF_INIT;
	const char *out;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		buf_printf(&text, "%s%s/%s", i == 0 ? "{" : ",", kinds[i].queue, kinds[i].operation);
	buf_printf(&text, "}");
	out = arena_str(a, buf_str(&text));
	buf_fini(&text);
	return out;
}

enum errc task_beat(struct task_run *t, struct err *e)
{
	enum errc rc;

	if (clock_mono() < t->beat_at)
		return E_OK;
	rc = task_store_beat(t->db, t->arena, &t->claim, e);
	if (rc == E_NOTFOUND)
		return err_set(e, E_STATE, "The task was given to another worker");
	/* The database may be away for a while; the work goes on, saving it will tell. */
	t->beat_at = clock_mono() + BEAT_EVERY;
	return E_OK;
}

int task_retry(int64_t attempt, enum errc code)
{
	static const int backoff[] = { 30, 120, 600 };

	switch (code) {
	case E_OK:
	case E_CONFLICT:
	case E_BUSY:
	case E_TIMEOUT:
	case E_OFFLINE:
	case E_UNAVAILABLE:
	case E_IO:
	case E_INTERNAL:
		return backoff[attempt < 1 ? 0 : attempt > 3 ? 2 : attempt - 1];
	case E_INVALID:
	case E_UNAUTHORIZED:
	case E_DENIED:
	case E_NOTFOUND:
	case E_STATE:
	case E_LIMIT:
	case E_FORMAT:
		break;
	}
	return -1;
}
