/* SPDX-License-Identifier: Apache-2.0 */
/* Days and times as people and clients write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_accepted(void **state)
{
	static const char *const good[] = { "2025-11-12", "2024-02-29", "2000-02-29", "0001-01-01",
		"9999-12-31", "2025-11-12T10:30", "2025-11-12T10:30:59", "2025-11-12T10:30:00.1",
		"2025-11-12T10:30:00.123456789Z", "2025-11-12T23:59:59Z", "2025-11-12T00:00+01:00",
		"2025-11-12T00:00:00.000-14:00", "2025-11-12t10:30:00z" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!clock_iso_ok(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "", "2025", "2025-11-1", "2025-11-123", "2025-02-29",
		"1900-02-29", "2025-00-01", "2025-13-01", "2025-04-31", "2025-11-00", "0000-01-01",
		"2025/11/12", "2025-11-12 10:30", "2025-11-12T", "2025-11-12T24:00", "2025-11-12T10",
		"2025-11-12T10:60", "2025-11-12T10:30:60", "2025-11-12T10:30:00.",
		"2025-11-12T10:30:00.1234567890", "2025-11-12T10:30zz", "2025-11-12T10:30:00+1:00",
		"2025-11-12T10:30:00+15:00", "2025-11-12T10:30:00+01:60", "2025-11-12T10:30:00+01:00x",
		"now", "-infinity", "２０２５-11-12" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (clock_iso_ok(bad[i]))
			fail_msg("accepted: %s", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
