/* SPDX-License-Identifier: Apache-2.0 */
/* options - the command line of platen-sim, and faults by their names.
 *
 * Owns:     nothing: texts point into argv.
 * Errors:   a wrong option prints to standard error and gives false; values are checked.
 * Blocking: never. */
#ifndef PLATEN_SIM_OPTIONS_H
#define PLATEN_SIM_OPTIONS_H

#include "sim/sim.h"

enum reset_on_open { RESET_NEVER, RESET_KILLED, RESET_ALWAYS };

struct options {
	const char *name, *link, *transcript, *state, *control;
	unsigned count; /* printers in this process */
	bool numbered;	/* --count was given: names get -1 ... -count */
	unsigned baud;	/* 0: unpaced */
	enum reset_on_open reset;
	struct sim_conf conf;
	const char *faults[32]; /* key=value, applied to each printer */
	unsigned fault_count;
	bool help, version;
};

bool options_parse(int argc, char **argv, struct options *out);
void options_usage(void);
/* key=value with the names of struct sim_faults; +N for a line means last_line + N. */
bool options_fault(struct sim_faults *faults, const char *text, int64_t last_line);

#endif
