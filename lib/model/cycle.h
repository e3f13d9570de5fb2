/* SPDX-License-Identifier: Apache-2.0 */
/* cycle - life cycles as tables: {from, event, to, effects, why}.
 *
 * Purpose:  one way to step every life cycle of the house (job, command, task, printer). A step
 *           performs nothing: it says where the object goes and what its owner has to do. The
 *           database holds the same rows in `life_cycle`; tests/sql/run compares them.
 * Owns:     nothing; all tables are constant.
 * Errors:   NULL or -1 for what the table does not hold.
 * Blocking: never. */
#ifndef PLATEN_MODEL_CYCLE_H
#define PLATEN_MODEL_CYCLE_H

#include <stddef.h>

struct edge {
	int from, event, to;
	unsigned effects;
	const char *why; /* for the audit and the log */
};

struct cycle {
	const char *kind;	   /* "job", as in life_cycle.kind */
	const char *const *states; /* by the enum's value, as stored */
	int state_count;
	const char *const *events;
	int event_count;
	const struct edge *edges;
	size_t edge_count;
};

/* NULL: the event does not fit the state. */
const struct edge *cycle_step(const struct cycle *c, int from, int event);
/* By the stored word; -1: no such state. */
int cycle_state(const struct cycle *c, const char *name);

#endif
