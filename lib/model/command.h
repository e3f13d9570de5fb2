/* SPDX-License-Identifier: Apache-2.0 */
/* command - the life of a printer command (contract §2.8, P-14...P-18).
 *
 * Owns: nothing. Errors: NULL, -1 or false for what does not fit. Blocking: never. */
#ifndef PLATEN_MODEL_COMMAND_H
#define PLATEN_MODEL_COMMAND_H

#include <stdbool.h>

#include "model/cycle.h"

enum command_state {
	COMMAND_PENDING,
	COMMAND_SENT,
	COMMAND_EXECUTING,
	COMMAND_COMPLETED,
	COMMAND_FAILED,
	COMMAND_TIMEOUT,
};

enum command_event {
	COMMAND_EV_SEND,
	COMMAND_EV_EXECUTE,
	COMMAND_EV_COMPLETE,
	COMMAND_EV_FAIL,
	COMMAND_EV_EXPIRE,
};

enum command_effect {
	COMMAND_FX_SENT = 1 << 0,  /* sent_at */
	COMMAND_FX_ENDED = 1 << 1, /* completed_at; wake who waits (`done <id>`) */
};

extern const struct cycle command_cycle;

const struct edge *command_step(enum command_state from, enum command_event event);
bool command_is_over(enum command_state st);
/* The move of an agent's report (P-17), also that of staying; NULL: not possible. */
const struct edge *command_report(enum command_state from, enum command_state to);
int command_state_find(const char *name);
const char *command_state_name(enum command_state st);

#endif
