/* SPDX-License-Identifier: Apache-2.0 */
/* record - what a simulated printer leaves for a judge: transcript and state.
 *
 * Purpose:  one line per executed command, `<usec> <N or -> <command>`, written before anything
 *           else happens; notes as `# <what> <usec>`. The state is one JSON object.
 * Owns:     its descriptor. Errors: false at opening; a full disk ends the process, because a
 *           transcript with holes is worse than none. Blocking: as a write to a file does. */
#ifndef PLATEN_SIM_RECORD_H
#define PLATEN_SIM_RECORD_H

#include "sim/sim.h"

struct record {
	int fd;			/* -1: no transcript */
	const char *state_path; /* NULL: none */
};

#define STATE_SIZE 1024

bool record_open(struct record *r, const char *transcript, const char *state);
void record_close(struct record *r);
void record_executed(struct record *r, int64_t now, int64_t number, const char *command);
void record_note(struct record *r, int64_t now, const char *what);
void record_state(struct record *r, const struct sim *s); /* atomically replaced */
size_t record_state_json(const struct sim *s, char out[STATE_SIZE]);

#endif
