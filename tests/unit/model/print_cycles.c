/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the life cycles of lib/model as `kind|from|event|to`, and the coarse words of a printer
 * as `coarse|state|word`; tests/sql/run compares both with the database. */
#include <stdio.h>

#include "model/command.h"
#include "model/job.h"
#include "model/printer.h"
#include "model/task.h"

static void print_cycle(const struct cycle *c)
{
	for (size_t i = 0; i < c->edge_count; i++) {
		const struct edge *it = &c->edges[i];

		printf("%s|%s|%s|%s\n", c->kind, c->states[it->from], c->events[it->event],
		       c->states[it->to]);
	}
}

int main(void)
{
	print_cycle(&job_cycle);
	print_cycle(&command_cycle);
	print_cycle(&task_cycle);
	for (int i = 0; i < printer_cycle.state_count; i++)
		printf("coarse|%s|%s\n", printer_state_name((enum printer_state)i),
		       printer_coarse_state((enum printer_state)i));
	for (const char *const *it = job_hold_reasons; *it != NULL; it++)
		printf("hold|%s\n", *it);
	for (const char *const *it = printer_attentions; *it != NULL; it++)
		printf("attention|%s\n", *it);
	return 0;
}
