/* SPDX-License-Identifier: Apache-2.0 */
/* task - the life of a background task, and how long to wait before trying again.
 *
 * Owns: nothing. Errors: NULL or -1 for what does not fit. Blocking: never. */
#ifndef PLATEN_MODEL_TASK_H
#define PLATEN_MODEL_TASK_H

#include "model/cycle.h"

enum task_state { TASK_QUEUED, TASK_RUNNING, TASK_DONE, TASK_FAILED };

enum task_event {
	TASK_EV_START,
	TASK_EV_FINISH,
	TASK_EV_FAIL,  /* for the last time */
	TASK_EV_RETRY, /* failed, tries are left */
	TASK_EV_LOSE,  /* its worker is gone */
	TASK_EV_DROP,  /* not wanted any more */
	TASK_EV_AGAIN, /* an administrator asks for it once more */
};

enum task_effect {
	TASK_FX_ENDED = 1 << 0, /* finished_at */
	TASK_FX_ALARM = 1 << 1, /* a note to the administrators */
	TASK_FX_DELAY = 1 << 2, /* run_at: task_backoff_sec() from now */
};

extern const struct cycle task_cycle;

const struct edge *task_step(enum task_state from, enum task_event event);
int task_state_find(const char *name);
/* Seconds before the next try after `attempts` tries: 30, 120, 600 (contract §8). */
int task_backoff_sec(int attempts);

#endif
