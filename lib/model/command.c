/* SPDX-License-Identifier: Apache-2.0 */
#include "model/command.h"

static const char *const states[] = {
	[COMMAND_PENDING] = "pending",	   [COMMAND_SENT] = "sent",
	[COMMAND_EXECUTING] = "executing", [COMMAND_COMPLETED] = "completed",
	[COMMAND_FAILED] = "failed",	   [COMMAND_TIMEOUT] = "timeout",
};

static const char *const events[] = {
	[COMMAND_EV_SEND] = "send",	    [COMMAND_EV_EXECUTE] = "execute",
	[COMMAND_EV_COMPLETE] = "complete", [COMMAND_EV_FAIL] = "fail",
	[COMMAND_EV_EXPIRE] = "expire",
};

#define SENT  COMMAND_FX_SENT
#define ENDED COMMAND_FX_ENDED

/* clang-format off */
static const struct edge edges[] = {
	{ COMMAND_PENDING, COMMAND_EV_SEND, COMMAND_SENT, SENT, "taken by spooler or agent" },
	{ COMMAND_PENDING, COMMAND_EV_EXECUTE, COMMAND_EXECUTING, SENT, "taken and begun at once" },
	{ COMMAND_PENDING, COMMAND_EV_COMPLETE, COMMAND_COMPLETED, SENT | ENDED,
	  "an agent reports the end only" },
	{ COMMAND_PENDING, COMMAND_EV_FAIL, COMMAND_FAILED, ENDED, "refused or printer gone" },
	{ COMMAND_PENDING, COMMAND_EV_EXPIRE, COMMAND_TIMEOUT, ENDED, "nobody fetched it" },
	{ COMMAND_SENT, COMMAND_EV_EXECUTE, COMMAND_EXECUTING, 0, "under way" },
	{ COMMAND_SENT, COMMAND_EV_COMPLETE, COMMAND_COMPLETED, ENDED, "done" },
	{ COMMAND_SENT, COMMAND_EV_FAIL, COMMAND_FAILED, ENDED, "printer or agent refused" },
	{ COMMAND_SENT, COMMAND_EV_EXPIRE, COMMAND_TIMEOUT, ENDED, "no answer in time" },
	{ COMMAND_EXECUTING, COMMAND_EV_COMPLETE, COMMAND_COMPLETED, ENDED, "done" },
	{ COMMAND_EXECUTING, COMMAND_EV_FAIL, COMMAND_FAILED, ENDED, "failed on the way" },
	{ COMMAND_EXECUTING, COMMAND_EV_EXPIRE, COMMAND_TIMEOUT, ENDED, "no end in time" },
};
/* clang-format on */

const struct cycle command_cycle = {
	.kind = "command",
	.states = states,
	.state_count = sizeof states / sizeof *states,
	.events = events,
	.event_count = sizeof events / sizeof *events,
	.edges = edges,
	.edge_count = sizeof edges / sizeof *edges,
};

const struct edge *command_step(enum command_state from, enum command_event event)
{
	return cycle_step(&command_cycle, (int)from, (int)event);
}

bool command_is_over(enum command_state st)
{
	return st == COMMAND_COMPLETED || st == COMMAND_FAILED || st == COMMAND_TIMEOUT;
}

const struct edge *command_report(enum command_state from, enum command_state to)
{
	/* Repeating a report is no move; the agent's answer is the same. */
	static const struct edge stay[] = {
		{ COMMAND_SENT, COMMAND_EV_SEND, COMMAND_SENT, 0, "reported again" },
		{ COMMAND_EXECUTING, COMMAND_EV_EXECUTE, COMMAND_EXECUTING, 0, "reported again" },
	};

	for (size_t i = 0; i < sizeof stay / sizeof *stay; i++)
		if (from == to && stay[i].from == (int)from)
			return &stay[i];
	for (size_t i = 0; i < command_cycle.edge_count; i++)
		if (edges[i].from == (int)from && edges[i].to == (int)to)
			return &edges[i];
	return NULL;
}

int command_state_find(const char *name)
{
	return cycle_state(&command_cycle, name);
}

const char *command_state_name(enum command_state st)
{
	return states[st];
}
