/* SPDX-License-Identifier: Apache-2.0 */
/* Cron lines: what is one, and when it is due next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/schedule.h"

static void is_next(const char *cron, const char *from, const char *want)
{
	char text[SCHEDULE_TIME_SIZE];
	struct schedule_time at, next;
	struct schedule s;
	struct err e;

	assert_int_equal(schedule_parse(cron, &s, &e), E_OK);
	assert_int_equal(schedule_time_parse(from, &at, &e), E_OK);
	if (want == NULL) {
		assert_false(schedule_next(&s, &at, &next));
		return;
	}
	assert_true(schedule_next(&s, &at, &next));
	assert_string_equal(schedule_time_print(&next, text), want);
}

static void test_schedules_of_the_contract(void **state)
{
	(void)state;
	is_next("0 2 * * *", "2026-11-20 20:05", "2026-11-21 02:00");
	is_next("0 2 * * *", "2026-11-21 01:59", "2026-11-21 02:00");
	is_next("0 2 * * *", "2026-11-21 02:00", "2026-11-22 02:00");
	is_next("30 2 * * *", "2026-12-31 02:30", "2027-01-01 02:30");
	is_next("0 9 * * MON", "2026-11-20 20:05", "2026-11-23 09:00"); /* a Friday */
	is_next("0 9 * * MON", "2026-11-23 09:00", "2026-11-30 09:00");
	is_next("0 * * * *", "2026-11-20 23:00", "2026-11-21 00:00");
}

static void test_fields(void **state)
{
	(void)state;
	is_next("*/20 * * * *", "2026-11-20 20:41", "2026-11-20 21:00");
	is_next("5/20 * * * *", "2026-11-20 20:06", "2026-11-20 20:25");
	is_next("10-12,50 8-9 * * *", "2026-11-20 09:12", "2026-11-20 09:50");
	is_next("0 0 31 * *", "2026-11-20 00:00", "2026-12-31 00:00");
	is_next("0 0 * feb-MAR *", "2026-11-20 00:00", "2027-02-01 00:00");
	is_next("  0\t12  1 Jan,jul * ", "2026-11-20 00:00", "2027-01-01 12:00");
	is_next("0 0 * * 7", "2026-11-20 00:00", "2026-11-22 00:00");
	is_next("0 0 * * sat-7", "2026-11-21 00:00", "2026-11-22 00:00"); /* names and 7 in one range */
	is_next("0 0 29 2 *", "2026-11-20 00:00", "2028-02-29 00:00");
	is_next("0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00");
	is_next("0 0 30 2 *", "2026-11-20 00:00", NULL);
}

/* Or-ed when both are restricted, else and-ed. */
static void test_days(void **state)
{
	(void)state;
	is_next("0 0 13 * FRI", "2026-11-20 00:00", "2026-11-27 00:00");
	is_next("0 0 13 * FRI", "2026-12-11 00:00", "2026-12-13 00:00");
	is_next("0 0 13 * *", "2026-11-20 00:00", "2026-12-13 00:00");
	is_next("0 0 */2 * FRI", "2026-11-20 00:00", "2026-11-27 00:00");
}

static void test_refusals(void **state)
{
	static const char *const wrong[] = { "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *",
		"* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8", "* * * mo *", "*/0 * * * *",
		"5-4 * * * *", "1,,2 * * * *", "1- * * * *", "a * * * *", "-1 * * * *", "1.5 * * * *",
		"99999999999999999999 * * * *", "@daily", "* * * * MON MON" };
	struct schedule_time t;
	struct schedule s;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (schedule_parse(wrong[i], &s, &e) != E_INVALID)
			fail_msg("%s was taken", wrong[i]);
	assert_int_equal(schedule_time_parse("2026-11-20T20:05", &t, &e), E_INVALID);
	assert_int_equal(schedule_time_parse("2026-02-29 20:05", &t, &e), E_INVALID);
	assert_int_equal(schedule_time_parse("2026-11-20 20:05:00", &t, &e), E_INVALID);
	assert_int_equal(schedule_time_parse("2026-13-20 20:05", &t, &e), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schedules_of_the_contract),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
