/* SPDX-License-Identifier: Apache-2.0 */
/* job - the life of a print job, and the words for why one waits.
 *
 * Purpose:  contract §2.8 with design.md §11's additions (interruption, plates) as a table.
 * Owns:     nothing. Errors: NULL, -1 or false for what does not fit. Blocking: never. */
#ifndef PLATEN_MODEL_JOB_H
#define PLATEN_MODEL_JOB_H

#include <stdbool.h>

#include "model/cycle.h"

enum job_state {
	JOB_PENDING,
	JOB_QUEUED,
	JOB_CLAIMED,
	JOB_PREPARING,
	JOB_PRINTING,
	JOB_PAUSED,
	JOB_COMPLETED,
	JOB_FAILED,
	JOB_CANCELLED,
};

enum job_event {
	JOB_EV_SEND,	/* a person sends it to a printer */
	JOB_EV_CLAIM,	/* a printer is taken for it: attempt, fence, base */
	JOB_EV_EXPIRE,	/* claimed, but no byte left in time */
	JOB_EV_PREPARE, /* first byte: heating, homing */
	JOB_EV_PRINT,	/* the file's lines flow, again after a pause */
	JOB_EV_PAUSE,
	JOB_EV_INTERRUPT, /* nobody can say how far it came; a person decides */
	JOB_EV_PLATE,	  /* one plate of several is done */
	JOB_EV_COMPLETE,
	JOB_EV_FAIL,
	JOB_EV_CANCEL,
};

/* What the owner of a step has to do besides writing the new state. */
enum job_effect {
	JOB_FX_STARTED = 1 << 0, /* started_at, if it is the first time */
	JOB_FX_ENDED = 1 << 1,	 /* completed_at; the printer is free */
	JOB_FX_TELL = 1 << 2,	 /* a notification to the creator */
	JOB_FX_ALERT = 1 << 3,
	JOB_FX_LIVE = 1 << 4, /* print:* to the browsers */
	JOB_FX_OURS = 1 << 5, /* only platen itself does this, no agent's report */
};

extern const struct cycle job_cycle;

/* NULL: not possible in this state. */
const struct edge *job_step(enum job_state from, enum job_event event);
/* claimed, preparing, printing or paused: the printer is taken. */
bool job_is_active(enum job_state st);
/* completed, failed or cancelled. */
bool job_is_over(enum job_state st);
/* May an agent's report (P-11, P-19) move it there? Staying is allowed unless it is over. */
bool job_may_report(enum job_state from, enum job_state to);
/* -1: no such word. */
int job_state_find(const char *name);
const char *job_state_name(enum job_state st);

/* print_jobs.hold_reason; ends with NULL. */
extern const char *const job_hold_reasons[];

#endif
