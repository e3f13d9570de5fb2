/* SPDX-License-Identifier: Apache-2.0 */
/* The life cycles: whole, without contradictions, and as contract §2.8 and design.md §11 say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "model/command.h"
#include "model/job.h"
#include "model/printer.h"
#include "model/task.h"

static const struct cycle *const all[] = { &job_cycle, &command_cycle, &task_cycle,
					   &printer_cycle };

static void tables_are_sound(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		const struct cycle *c = all[k];

		for (size_t i = 0; i < c->edge_count; i++) {
			const struct edge *it = &c->edges[i];

			assert_in_range(it->from, 0, c->state_count - 1);
			assert_in_range(it->to, 0, c->state_count - 1);
			assert_in_range(it->event, 0, c->event_count - 1);
			assert_true(strlen(it->why) > 3);
			/* The first edge found is the only one: no event leads to two places. */
			assert_ptr_equal(cycle_step(c, it->from, it->event), it);
		}
		for (int i = 0; i < c->state_count; i++)
			assert_int_equal(cycle_state(c, c->states[i]), i);
		assert_int_equal(cycle_state(c, "no such state"), -1);
		assert_int_equal(cycle_state(c, NULL), -1);
	}
}

static void every_state_is_reached(void **state)
{
	static const int first[] = { JOB_PENDING, COMMAND_PENDING, TASK_QUEUED, PRINTER_OFFLINE };

	(void)state;
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		const struct cycle *c = all[k];
		unsigned seen = 1u << first[k];

		for (int round = 0; round < c->state_count; round++)
			for (size_t i = 0; i < c->edge_count; i++)
				if (seen & 1u << c->edges[i].from)
					seen |= 1u << c->edges[i].to;
		assert_int_equal(seen, (1u << c->state_count) - 1);
	}
}

/* Contract §2.8 as a matrix: one letter per target state in the order of the enum; '.' refused. */
static void agents_report_what_the_contract_allows(void **state)
{
	static const char *const allowed[] = {
		[JOB_PENDING] = "pqcrP..fx",   [JOB_QUEUED] = ".qcrP..fx",
		[JOB_CLAIMED] = ".qcrP..fx",   [JOB_PREPARING] = "...rPu.fx",
		[JOB_PRINTING] = "....Pudfx",  [JOB_PAUSED] = "....Pudfx",
		[JOB_COMPLETED] = ".........", [JOB_FAILED] = ".........",
		[JOB_CANCELLED] = ".........",
	};

	(void)state;
	for (int from = 0; from < job_cycle.state_count; from++)
		for (int to = 0; to < job_cycle.state_count; to++)
			assert_int_equal(job_may_report((enum job_state)from, (enum job_state)to),
					 allowed[from][to] != '.');
}

static void jobs_step_as_designed(void **state)
{
	static const struct {
		enum job_state from;
		enum job_event event;
		int to; /* -1: refused */
	} cases[] = {
		{ JOB_CLAIMED, JOB_EV_EXPIRE, JOB_QUEUED },
		{ JOB_QUEUED, JOB_EV_EXPIRE, -1 },
		{ JOB_PRINTING, JOB_EV_INTERRUPT, JOB_PAUSED },
		{ JOB_PAUSED, JOB_EV_INTERRUPT, JOB_PAUSED },
		{ JOB_CLAIMED, JOB_EV_PAUSE, -1 },
		{ JOB_PRINTING, JOB_EV_PLATE, JOB_PAUSED },
		{ JOB_PAUSED, JOB_EV_CLAIM, JOB_CLAIMED },
		{ JOB_PRINTING, JOB_EV_CLAIM, -1 },
		{ JOB_FAILED, JOB_EV_SEND, JOB_QUEUED },
		{ JOB_CANCELLED, JOB_EV_SEND, -1 },
		{ JOB_COMPLETED, JOB_EV_FAIL, -1 },
		{ JOB_PREPARING, JOB_EV_COMPLETE, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct edge *it = job_step(cases[i].from, cases[i].event);

		assert_int_equal(it == NULL ? -1 : it->to, cases[i].to);
	}
}

static void ending_a_job_has_its_effects(void **state)
{
	(void)state;
	for (size_t i = 0; i < job_cycle.edge_count; i++) {
		const struct edge *it = &job_cycle.edges[i];
		bool over = job_is_over((enum job_state)it->to);

		assert_int_equal((it->effects & JOB_FX_ENDED) != 0, over);
		if (it->to == JOB_FAILED)
			assert_true((it->effects & JOB_FX_ALERT) && (it->effects & JOB_FX_TELL));
		if (it->to == JOB_PRINTING || over)
			assert_true(it->effects & JOB_FX_LIVE);
	}
	assert_true(job_is_active(JOB_PAUSED) && !job_is_active(JOB_QUEUED));
}

static void commands_only_go_forward(void **state)
{
	(void)state;
	assert_null(command_report(COMMAND_EXECUTING, COMMAND_SENT));
	assert_null(command_report(COMMAND_SENT, COMMAND_PENDING));
	assert_non_null(command_report(COMMAND_SENT, COMMAND_SENT));
	assert_non_null(command_report(COMMAND_PENDING, COMMAND_COMPLETED));
	for (int to = 0; to < command_cycle.state_count; to++) {
		assert_null(command_report(COMMAND_COMPLETED, (enum command_state)to));
		assert_null(command_report(COMMAND_FAILED, (enum command_state)to));
		assert_null(command_report(COMMAND_TIMEOUT, (enum command_state)to));
	}
	assert_true(command_is_over(COMMAND_TIMEOUT) && !command_is_over(COMMAND_SENT));
}

static void printers_lose_their_port_anywhere(void **state)
{
	(void)state;
	for (int i = PRINTER_CONNECTING; i < printer_cycle.state_count; i++) {
		enum printer_state st = (enum printer_state)i;

		assert_int_equal(printer_step(st, PRINTER_EV_CLOSE)->to, PRINTER_OFFLINE);
		assert_int_equal(printer_step(st, PRINTER_EV_HALT)->to, PRINTER_HALTED);
		assert_int_equal(printer_step(st, PRINTER_EV_RESET)->to, PRINTER_CONNECTING);
	}
	assert_null(printer_step(PRINTER_PRINTING, PRINTER_EV_START));
	assert_false(printer_is_busy(PRINTER_IDLE) || printer_is_busy(PRINTER_HALTED));
	assert_true(printer_is_busy(PRINTER_RECOVERING) && printer_is_busy(PRINTER_PREPARING));
}

static void tasks_wait_longer_each_time(void **state)
{
	(void)state;
	assert_int_equal(task_backoff_sec(1), 30);
	assert_int_equal(task_backoff_sec(2), 120);
	assert_int_equal(task_backoff_sec(3), 600);
	assert_int_equal(task_step(TASK_RUNNING, TASK_EV_RETRY)->effects, TASK_FX_DELAY);
	assert_null(task_step(TASK_DONE, TASK_EV_AGAIN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sound),
		cmocka_unit_test(every_state_is_reached),
		cmocka_unit_test(agents_report_what_the_contract_allows),
		cmocka_unit_test(jobs_step_as_designed),
		cmocka_unit_test(ending_a_job_has_its_effects),
		cmocka_unit_test(commands_only_go_forward),
		cmocka_unit_test(printers_lose_their_port_anywhere),
		cmocka_unit_test(tasks_wait_longer_each_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
