/* SPDX-License-Identifier: Apache-2.0 */
#include "model/task.h"

static const char *const states[] = {
	[TASK_QUEUED] = "queued",
	[TASK_RUNNING] = "running",
	[TASK_DONE] = "done",
	[TASK_FAILED] = "failed",
};

static const char *const events[] = {
	[TASK_EV_START] = "start", [TASK_EV_FINISH] = "finish", [TASK_EV_FAIL] = "fail",
	[TASK_EV_RETRY] = "retry", [TASK_EV_LOSE] = "lose",	[TASK_EV_DROP] = "drop",
	[TASK_EV_AGAIN] = "again",
};

/* clang-format off */
static const struct edge edges[] = {
	{ TASK_QUEUED, TASK_EV_START, TASK_RUNNING, 0, "a slot is free" },
	{ TASK_QUEUED, TASK_EV_DROP, TASK_FAILED, TASK_FX_ENDED, "what it was for is gone" },
	{ TASK_RUNNING, TASK_EV_FINISH, TASK_DONE, TASK_FX_ENDED, "done" },
	{ TASK_RUNNING, TASK_EV_FAIL, TASK_FAILED, TASK_FX_ENDED | TASK_FX_ALARM, "no try left" },
	{ TASK_RUNNING, TASK_EV_RETRY, TASK_QUEUED, TASK_FX_DELAY, "failed, tried again later" },
	{ TASK_RUNNING, TASK_EV_LOSE, TASK_QUEUED, 0, "its worker stopped answering" },
	{ TASK_FAILED, TASK_EV_AGAIN, TASK_QUEUED, 0, "asked for once more" },
};
/* clang-format on */

const struct cycle task_cycle = {
	.kind = "task",
	.states = states,
	.state_count = sizeof states / sizeof *states,
	.events = events,
	.event_count = sizeof events / sizeof *events,
	.edges = edges,
	.edge_count = sizeof edges / sizeof *edges,
};

const struct edge *task_step(enum task_state from, enum task_event event)
{
	return cycle_step(&task_cycle, (int)from, (int)event);
}

int task_state_find(const char *name)
{
	return cycle_state(&task_cycle, name);
}

int task_backoff_sec(int attempts)
{
	if (attempts <= 1)
		return 30;
	return attempts == 2 ? 120 : 600;
}
