/* SPDX-License-Identifier: Apache-2.0 */
/* script - the sequences around a job: start, pause, resume, cancel, finish (contract §4.4-4.6).
 *
 * Purpose:  writes a sequence as text, one step a line: G-code, or a word with `@` that the bay
 *           performs. The text lies in the journal, so that a new spooler goes on at the step.
 *             @settle     everything so far has run      @where   ask for the place, remember it
 *             @heat       wait for the targets           @paused @resumed @cancelled @completed
 * Owns:     nothing.
 * Units:    mm, mm/min, degrees.
 * Errors:   none; a custom script that does not fit is cut at a line.
 * Blocking: never. */
#ifndef PLATEN_SPOOLER_SCRIPT_H
#define PLATEN_SPOOLER_SCRIPT_H

#include "spooler/bay.h"
#include "spooler/track.h"

#define SCRIPT_MAX 2200u

enum script_kind {
	SCRIPT_NONE,
	SCRIPT_START,
	SCRIPT_HALT,   /* the moves so far end, the place is asked */
	SCRIPT_PARK,   /* lift and go aside; ends paused */
	SCRIPT_RESUME,
	SCRIPT_REHEAT, /* after an interruption: nothing moved, only the heat may be gone */
	SCRIPT_CANCEL,
	SCRIPT_FINISH,
	SCRIPT_HOLD,    /* the printer has paused by itself: only its dead-man is stopped */
	SCRIPT_RELEASE, /* and set again; ends resumed */
};

struct script_job { /* what a start needs to know of the job */
	double hotend, bed; /* preheat, 0: none */
	bool heat_hotend, heat_bed, home;
};

struct script_pause { /* what a pause remembers for its resume */
	struct track found;
	double retracted;   /* mm pulled back */
	double lift;        /* mm raised */
	bool parked;
	bool filament;      /* it was a filament change: prime */
	bool firmware;      /* the printer paused by itself (//action:paused) */
};

void script_start(char out[SCRIPT_MAX], const struct bay_conf *c, const struct script_job *job);
void script_halt(char out[SCRIPT_MAX], bool inches);
/* p->found is known; sets retracted, lift, parked. hot: the hotend may be extruded from. */
void script_park(char out[SCRIPT_MAX], const struct bay_conf *c, struct script_pause *p, bool hot);
void script_resume(char out[SCRIPT_MAX], const struct bay_conf *c, const struct script_pause *p);
void script_reheat(char out[SCRIPT_MAX], const struct bay_conf *c, const struct track *t);
void script_cancel(char out[SCRIPT_MAX], const struct bay_conf *c, const struct track *t);
void script_finish(char out[SCRIPT_MAX], const struct bay_conf *c);
void script_hold(char out[SCRIPT_MAX], const struct bay_conf *c);
void script_release(char out[SCRIPT_MAX], const struct bay_conf *c);
/* Step i: *line, its length; false: there is none. */
bool script_step(const char *script, unsigned i, const char **line, size_t *len);

#endif
