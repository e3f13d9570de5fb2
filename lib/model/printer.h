/* SPDX-License-Identifier: Apache-2.0 */
/* printer - the life of a local printer as the spooler sees it, and the words for others.
 *
 * Purpose:  the states of printer_live.state and the moves between them (checked in the spooler,
 *           not by a trigger); the coarser word of printers.current_status; what asks for a
 *           person (`attention`).
 * Owns:     nothing. Errors: NULL or -1 for what does not fit. Blocking: never. */
#ifndef PLATEN_MODEL_PRINTER_H
#define PLATEN_MODEL_PRINTER_H

#include <stdbool.h>

#include "model/cycle.h"

enum printer_state {
	PRINTER_OFFLINE,
	PRINTER_CONNECTING,
	PRINTER_IDLE,
	PRINTER_PREPARING,
	PRINTER_PRINTING,
	PRINTER_PAUSING,
	PRINTER_PAUSED,
	PRINTER_RESUMING,
	PRINTER_CANCELLING,
	PRINTER_FINISHING,
	PRINTER_RECOVERING,
	PRINTER_HALTED,
};

enum printer_event {
	PRINTER_EV_OPEN,   /* the port was opened afresh */
	PRINTER_EV_ADOPT,  /* the port was handed over with an unfinished attempt */
	PRINTER_EV_ANSWER, /* it has identified itself */
	PRINTER_EV_START,
	PRINTER_EV_BEGIN, /* lines of the file flow */
	PRINTER_EV_PAUSE,
	PRINTER_EV_RESUME,
	PRINTER_EV_CANCEL,
	PRINTER_EV_FINISH,    /* the file's last line was accepted */
	PRINTER_EV_SETTLE,    /* the sequence under way (pause, cancel, finish ...) is through */
	PRINTER_EV_INTERRUPT, /* a person must decide */
	PRINTER_EV_RESET,     /* the board has started anew */
	PRINTER_EV_HALT,      /* fatal error or emergency stop */
	PRINTER_EV_CLOSE,     /* the port is gone */
};

extern const struct cycle printer_cycle;

const struct edge *printer_step(enum printer_state from, enum printer_event event);
int printer_state_find(const char *name);
const char *printer_state_name(enum printer_state st);
/* A job holds the printer in this state. */
bool printer_is_busy(enum printer_state st);
/* printers.current_status: offline, idle, printing, paused or error. */
const char *printer_coarse_state(enum printer_state st);

/* printers.attention; ends with NULL. */
extern const char *const printer_attentions[];

#endif
