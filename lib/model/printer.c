/* SPDX-License-Identifier: Apache-2.0 */
#include "model/printer.h"

static const char *const states[] = {
	[PRINTER_OFFLINE] = "offline",
	[PRINTER_CONNECTING] = "connecting",
	[PRINTER_IDLE] = "idle",
	[PRINTER_PREPARING] = "preparing",
	[PRINTER_PRINTING] = "printing",
	[PRINTER_PAUSING] = "pausing",
	[PRINTER_PAUSED] = "paused",
	[PRINTER_RESUMING] = "resuming",
	[PRINTER_CANCELLING] = "cancelling",
	[PRINTER_FINISHING] = "finishing",
	[PRINTER_RECOVERING] = "recovering",
	[PRINTER_HALTED] = "halted",
};

static const char *const events[] = {
	[PRINTER_EV_OPEN] = "open",	      [PRINTER_EV_ADOPT] = "adopt",
	[PRINTER_EV_ANSWER] = "answer",	      [PRINTER_EV_START] = "start",
	[PRINTER_EV_BEGIN] = "begin",	      [PRINTER_EV_PAUSE] = "pause",
	[PRINTER_EV_RESUME] = "resume",	      [PRINTER_EV_CANCEL] = "cancel",
	[PRINTER_EV_FINISH] = "finish",	      [PRINTER_EV_SETTLE] = "settle",
	[PRINTER_EV_INTERRUPT] = "interrupt", [PRINTER_EV_RESET] = "reset",
	[PRINTER_EV_HALT] = "halt",	      [PRINTER_EV_CLOSE] = "close",
};

/* From every state but offline the port can go, the board can restart or halt. */
#define ALWAYS(st)                                                                              \
	{ st, PRINTER_EV_CLOSE, PRINTER_OFFLINE, 0, "the port is gone" },                       \
	    { st, PRINTER_EV_RESET, PRINTER_CONNECTING, 0, "the board has started anew" },      \
	{                                                                                       \
		st, PRINTER_EV_HALT, PRINTER_HALTED, 0, "the firmware stopped, or somebody did" \
	}

/* clang-format off */
static const struct edge edges[] = {
	{ PRINTER_OFFLINE, PRINTER_EV_OPEN, PRINTER_CONNECTING, 0, "the port is open" },
	{ PRINTER_OFFLINE, PRINTER_EV_ADOPT, PRINTER_RECOVERING, 0, "handed over in mid-print" },
	{ PRINTER_CONNECTING, PRINTER_EV_ANSWER, PRINTER_IDLE, 0, "it told what it is" },
	ALWAYS(PRINTER_CONNECTING),
	{ PRINTER_IDLE, PRINTER_EV_START, PRINTER_PREPARING, 0, "a claimed attempt begins" },
	ALWAYS(PRINTER_IDLE),
	{ PRINTER_PREPARING, PRINTER_EV_BEGIN, PRINTER_PRINTING, 0, "warm and homed" },
	{ PRINTER_PREPARING, PRINTER_EV_PAUSE, PRINTER_PAUSING, 0, "paused while heating" },
	{ PRINTER_PREPARING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "cancelled while heating" },
	{ PRINTER_PREPARING, PRINTER_EV_INTERRUPT, PRINTER_PAUSED, 0, "a person must decide" },
	ALWAYS(PRINTER_PREPARING),
	{ PRINTER_PRINTING, PRINTER_EV_PAUSE, PRINTER_PAUSING, 0, "asked to pause" },
	{ PRINTER_PRINTING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "asked to cancel" },
	{ PRINTER_PRINTING, PRINTER_EV_FINISH, PRINTER_FINISHING, 0, "the last line was accepted" },
	{ PRINTER_PRINTING, PRINTER_EV_INTERRUPT, PRINTER_PAUSED, 0, "a person must decide" },
	ALWAYS(PRINTER_PRINTING),
	{ PRINTER_PAUSING, PRINTER_EV_SETTLE, PRINTER_PAUSED, 0, "parked" },
	{ PRINTER_PAUSING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "cancelled instead" },
	{ PRINTER_PAUSING, PRINTER_EV_INTERRUPT, PRINTER_PAUSED, 0, "a person must decide" },
	ALWAYS(PRINTER_PAUSING),
	{ PRINTER_PAUSED, PRINTER_EV_RESUME, PRINTER_RESUMING, 0, "asked to go on" },
	{ PRINTER_PAUSED, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "asked to cancel" },
	ALWAYS(PRINTER_PAUSED),
	{ PRINTER_RESUMING, PRINTER_EV_BEGIN, PRINTER_PRINTING, 0, "warm and back in place" },
	{ PRINTER_RESUMING, PRINTER_EV_SETTLE, PRINTER_PAUSED, 0, "did not get warm in time" },
	{ PRINTER_RESUMING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "cancelled instead" },
	{ PRINTER_RESUMING, PRINTER_EV_INTERRUPT, PRINTER_PAUSED, 0, "a person must decide" },
	ALWAYS(PRINTER_RESUMING),
	{ PRINTER_CANCELLING, PRINTER_EV_SETTLE, PRINTER_IDLE, 0, "cold and parked" },
	ALWAYS(PRINTER_CANCELLING),
	{ PRINTER_FINISHING, PRINTER_EV_SETTLE, PRINTER_IDLE, 0, "the last move is done" },
	{ PRINTER_FINISHING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "cancelled at the end" },
	ALWAYS(PRINTER_FINISHING),
	{ PRINTER_RECOVERING, PRINTER_EV_BEGIN, PRINTER_PRINTING, 0, "the probe fits: exactly on" },
	{ PRINTER_RECOVERING, PRINTER_EV_PAUSE, PRINTER_PAUSING, 0, "it died inside a pause" },
	{ PRINTER_RECOVERING, PRINTER_EV_RESUME, PRINTER_RESUMING, 0, "it died inside a resume" },
	{ PRINTER_RECOVERING, PRINTER_EV_CANCEL, PRINTER_CANCELLING, 0, "it died inside a cancel" },
	{ PRINTER_RECOVERING, PRINTER_EV_FINISH, PRINTER_FINISHING, 0, "it died inside the end" },
	{ PRINTER_RECOVERING, PRINTER_EV_START, PRINTER_PREPARING, 0, "no line had left yet" },
	{ PRINTER_RECOVERING, PRINTER_EV_INTERRUPT, PRINTER_PAUSED, 0, "a person must decide" },
	{ PRINTER_RECOVERING, PRINTER_EV_SETTLE, PRINTER_IDLE, 0, "nothing was under way" },
	ALWAYS(PRINTER_RECOVERING),
	{ PRINTER_HALTED, PRINTER_EV_ANSWER, PRINTER_IDLE, 0, "M999: it answers again" },
	ALWAYS(PRINTER_HALTED),
};
/* clang-format on */

const struct cycle printer_cycle = {
	.kind = "printer",
	.states = states,
	.state_count = sizeof states / sizeof *states,
	.events = events,
	.event_count = sizeof events / sizeof *events,
	.edges = edges,
	.edge_count = sizeof edges / sizeof *edges,
};

const char *const printer_attentions[] = { "thermal", "reset",	  "interrupted", "resend_storm",
					   "silent",  "firmware", NULL };

const struct edge *printer_step(enum printer_state from, enum printer_event event)
{
	return cycle_step(&printer_cycle, (int)from, (int)event);
}

int printer_state_find(const char *name)
{
	return cycle_state(&printer_cycle, name);
}

const char *printer_state_name(enum printer_state st)
{
	return states[st];
}

bool printer_is_busy(enum printer_state st)
{
	return st >= PRINTER_PREPARING && st <= PRINTER_RECOVERING;
}

const char *printer_coarse_state(enum printer_state st)
{
	switch (st) {
	case PRINTER_OFFLINE:
	case PRINTER_CONNECTING:
		return "offline";
	case PRINTER_IDLE:
		return "idle";
	case PRINTER_PREPARING:
	case PRINTER_PRINTING:
	case PRINTER_PAUSING:
	case PRINTER_RESUMING:
	case PRINTER_CANCELLING:
	case PRINTER_FINISHING:
	case PRINTER_RECOVERING:
		return "printing";
	case PRINTER_PAUSED:
		return "paused";
	case PRINTER_HALTED:
		return "error";
	}
	return "error";
}
