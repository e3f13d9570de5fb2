/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/command_gcode.h"

/* contract, appendix C */
static void test_grammar(void **state)
{
	static const char *const good[] = { "G28", "g1 x-5.5 f1200", "T0", "M106 P1 S255", "G1 X-.-",
		"M105\tS1", "G" };
	static const char *const bad[] = { "", "G28 X", "M117 Hello", "G1X10", " M105", "M105 ",
		"invalid command!", "G1 X10\nM112", "G1 X10\r", "28", "G1  ", "G1 X1 ;c", "G1 \xc3\xbc" "1" };
	char long_one[102];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(command_gcode_ok(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(command_gcode_ok(bad[i]));
	memset(long_one, '1', sizeof long_one);
	long_one[0] = 'G';
	long_one[100] = '\0';
	assert_true(command_gcode_ok(long_one));
	long_one[100] = '1';
	long_one[101] = '\0';
	assert_false(command_gcode_ok(long_one));
}

static void test_during_a_job(void **state)
{
	static const char *const always[] = { "M104 S200", "M105", "M114", "m220 s90", "M290 Z0.1", "M112" };
	static const char *const in_pause[] = { "M600", "M701", "G1 E5 F300", "G0 E-1" };
	static const char *const never[] = { "G28", "G1 X1", "G1 Z5", "G1 E5 Z1", "G90", "G92 E0", "M82",
		"M1040 S200", "M24", "G1", "M18" };

	(void)state;
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		assert_true(command_gcode_fits_job(always[i], false) &&
		    command_gcode_fits_job(always[i], true));
	for (size_t i = 0; i < sizeof in_pause / sizeof *in_pause; i++)
		assert_true(!command_gcode_fits_job(in_pause[i], false) &&
		    command_gcode_fits_job(in_pause[i], true));
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		assert_false(command_gcode_fits_job(never[i], true));
	assert_true(command_gcode_is_storage("M23 S1"));
	assert_false(command_gcode_is_storage("M230"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_grammar),
		cmocka_unit_test(test_during_a_job) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
