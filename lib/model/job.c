/* SPDX-License-Identifier: Apache-2.0 */
#include "model/job.h"

static const char *const states[] = {
	[JOB_PENDING] = "pending",     [JOB_QUEUED] = "queued",	    [JOB_CLAIMED] = "claimed",
	[JOB_PREPARING] = "preparing", [JOB_PRINTING] = "printing", [JOB_PAUSED] = "paused",
	[JOB_COMPLETED] = "completed", [JOB_FAILED] = "failed",	    [JOB_CANCELLED] = "cancelled",
};

static const char *const events[] = {
	[JOB_EV_SEND] = "send",		  [JOB_EV_CLAIM] = "claim",
	[JOB_EV_EXPIRE] = "expire",	  [JOB_EV_PREPARE] = "prepare",
	[JOB_EV_PRINT] = "print",	  [JOB_EV_PAUSE] = "pause",
	[JOB_EV_INTERRUPT] = "interrupt", [JOB_EV_PLATE] = "plate",
	[JOB_EV_COMPLETE] = "complete",	  [JOB_EV_FAIL] = "fail",
	[JOB_EV_CANCEL] = "cancel",
};

#define OURS   JOB_FX_OURS
#define BEGINS (JOB_FX_STARTED | JOB_FX_LIVE)
#define FAILS  (JOB_FX_ENDED | JOB_FX_TELL | JOB_FX_ALERT | JOB_FX_LIVE)
#define ENDS   (JOB_FX_ENDED | JOB_FX_LIVE)

/* clang-format off */
static const struct edge edges[] = {
	{ JOB_PENDING, JOB_EV_SEND, JOB_QUEUED, 0, "a person chose a printer" },
	{ JOB_PENDING, JOB_EV_CLAIM, JOB_CLAIMED, 0, "started at once" },
	{ JOB_PENDING, JOB_EV_PREPARE, JOB_PREPARING, 0, "an agent prepares it" },
	{ JOB_PENDING, JOB_EV_PRINT, JOB_PRINTING, BEGINS, "an agent prints it" },
	{ JOB_PENDING, JOB_EV_FAIL, JOB_FAILED, FAILS, "the hand-over failed" },
	{ JOB_PENDING, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled before it was sent" },
	{ JOB_QUEUED, JOB_EV_CLAIM, JOB_CLAIMED, 0, "the printer is free, its plate clear" },
	{ JOB_QUEUED, JOB_EV_PREPARE, JOB_PREPARING, 0, "an agent prepares it" },
	{ JOB_QUEUED, JOB_EV_PRINT, JOB_PRINTING, BEGINS, "an agent prints it" },
	{ JOB_QUEUED, JOB_EV_FAIL, JOB_FAILED, FAILS, "the hand-over failed" },
	{ JOB_QUEUED, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled while it waited" },
	{ JOB_CLAIMED, JOB_EV_EXPIRE, JOB_QUEUED, 0, "no byte left in time; a person decides" },
	{ JOB_CLAIMED, JOB_EV_PREPARE, JOB_PREPARING, 0, "the first byte has left" },
	{ JOB_CLAIMED, JOB_EV_PRINT, JOB_PRINTING, BEGINS, "an agent prints it" },
	{ JOB_CLAIMED, JOB_EV_FAIL, JOB_FAILED, FAILS, "the printer refused to begin" },
	{ JOB_CLAIMED, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled before the first byte" },
	{ JOB_PREPARING, JOB_EV_PRINT, JOB_PRINTING, BEGINS, "the first line was accepted" },
	{ JOB_PREPARING, JOB_EV_PAUSE, JOB_PAUSED, JOB_FX_LIVE, "paused while heating" },
	{ JOB_PREPARING, JOB_EV_INTERRUPT, JOB_PAUSED, OURS | JOB_FX_TELL | JOB_FX_LIVE,
	  "how far it came is not known" },
	{ JOB_PREPARING, JOB_EV_FAIL, JOB_FAILED, FAILS, "the printer failed while heating" },
	{ JOB_PREPARING, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled while heating" },
	{ JOB_PRINTING, JOB_EV_PAUSE, JOB_PAUSED, JOB_FX_LIVE, "paused by a person or the file" },
	{ JOB_PRINTING, JOB_EV_INTERRUPT, JOB_PAUSED, OURS | JOB_FX_TELL | JOB_FX_LIVE,
	  "how far it came is not known" },
	{ JOB_PRINTING, JOB_EV_PLATE, JOB_PAUSED, OURS | JOB_FX_TELL | JOB_FX_LIVE,
	  "a plate is done, the next waits for a clear one" },
	{ JOB_PRINTING, JOB_EV_COMPLETE, JOB_COMPLETED, ENDS | JOB_FX_TELL,
	  "the last line is done" },
	{ JOB_PRINTING, JOB_EV_FAIL, JOB_FAILED, FAILS, "the printer failed" },
	{ JOB_PRINTING, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled; the heaters are off" },
	{ JOB_PAUSED, JOB_EV_PRINT, JOB_PRINTING, JOB_FX_LIVE, "resumed where it was paused" },
	{ JOB_PAUSED, JOB_EV_CLAIM, JOB_CLAIMED, OURS, "the plate was changed: the next one" },
	{ JOB_PAUSED, JOB_EV_INTERRUPT, JOB_PAUSED, OURS | JOB_FX_TELL | JOB_FX_LIVE,
	  "the printer was lost during the pause" },
	{ JOB_PAUSED, JOB_EV_COMPLETE, JOB_COMPLETED, ENDS | JOB_FX_TELL, "reported as done" },
	{ JOB_PAUSED, JOB_EV_FAIL, JOB_FAILED, FAILS, "the printer failed during the pause" },
	{ JOB_PAUSED, JOB_EV_CANCEL, JOB_CANCELLED, ENDS, "cancelled during the pause" },
	{ JOB_FAILED, JOB_EV_SEND, JOB_QUEUED, OURS, "the hand-over is repeated" },
};
/* clang-format on */

const struct cycle job_cycle = {
	.kind = "job",
	.states = states,
	.state_count = sizeof states / sizeof *states,
	.events = events,
	.event_count = sizeof events / sizeof *events,
	.edges = edges,
	.edge_count = sizeof edges / sizeof *edges,
};

const char *const job_hold_reasons[] = { "interrupted", "start_expired", "plate",   "next_plate",
					 "analyzing",	"slicing",	 "offline", "attention",
					 "busy",	"held",		 "no_fit",  "filament",
					 "prompt",	"operator",	 NULL };

const struct edge *job_step(enum job_state from, enum job_event event)
{
	return cycle_step(&job_cycle, (int)from, (int)event);
}

bool job_is_active(enum job_state st)
{
	return st == JOB_CLAIMED || st == JOB_PREPARING || st == JOB_PRINTING || st == JOB_PAUSED;
}

bool job_is_over(enum job_state st)
{
	return st == JOB_COMPLETED || st == JOB_FAILED || st == JOB_CANCELLED;
}

bool job_may_report(enum job_state from, enum job_state to)
{
	if (job_is_over(from))
		return false;
	if (from == to)
		return true;
	for (size_t i = 0; i < job_cycle.edge_count; i++) {
		const struct edge *it = &edges[i];

		if (it->from == (int)from && it->to == (int)to && !(it->effects & JOB_FX_OURS))
			return true;
	}
	return false;
}

int job_state_find(const char *name)
{
	return cycle_state(&job_cycle, name);
}

const char *job_state_name(enum job_state st)
{
	return states[st];
}
