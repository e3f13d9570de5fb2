/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cycle.h"

#include <string.h>

const struct edge *cycle_step(const struct cycle *c, int from, int event)
{
	for (size_t i = 0; i < c->edge_count; i++)
		if (c->edges[i].from == from && c->edges[i].event == event)
			return &c->edges[i];
	return NULL;
}

int cycle_state(const struct cycle *c, const char *name)
{
	if (name == NULL)
		return -1;
	for (int i = 0; i < c->state_count; i++)
		if (strcmp(c->states[i], name) == 0)
			return i;
	return -1;
}
