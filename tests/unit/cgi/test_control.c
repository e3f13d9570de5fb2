/* SPDX-License-Identifier: Apache-2.0 */
/* How the end of a command becomes an answer: the spooler's words to codes of the interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cgi/do_control.h"

static void ends_that_are_fine(void **state)
{
	static const char *const fine[] = { "completed", "executing", "pending" };

	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		const struct control_result r = { .status = fine[i] };
		struct err e;

		assert_int_equal(control_judge(&r, &e), E_OK);
	}
}

static void refusals_keep_their_code(void **state)
{
	static const struct {
		const char *status, *error;
		enum errc code;
		const char *kind, *message;
	} rows[] = {
		{ "timeout", NULL, E_TIMEOUT, "COMMAND_TIMEOUT", "The printer did not answer in time" },
		{ "timeout", "No answer in time", E_TIMEOUT, "COMMAND_TIMEOUT",
		    "The printer did not answer in time" },
		{ "failed", NULL, E_IO, "PRINTER_ERROR", "The printer refused the command" },
		{ "failed", "PRINTER_OFFLINE", E_OFFLINE, "", "Printer is not connected" },
		{ "failed", "The printer is not connected", E_OFFLINE, "", "Printer is not connected" },
		{ "failed", "PRINTER_BUSY", E_BUSY, "", "Printer is already printing" },
		{ "failed", "INVALID_STATE", E_STATE, "", "Not possible in the job's state" },
		{ "failed", "Error:Cold extrusion prevented", E_IO, "PRINTER_ERROR",
		    "Error:Cold extrusion prevented" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct control_result r = { .status = rows[i].status, .error = rows[i].error };
		struct err e;

		assert_int_not_equal(control_judge(&r, &e), E_OK);
		assert_int_equal(e.code, rows[i].code);
		assert_string_equal(e.kind, rows[i].kind);
		assert_string_equal(e.message, rows[i].message);
	}
}

/* A firmware may say anything, also what a format would read. */
static void words_of_a_firmware_are_text(void **state)
{
	const struct control_result r = { .status = "failed", .error = "Error:%s%n %d 100%" };
	struct err e;

	(void)state;
	assert_int_not_equal(control_judge(&r, &e), E_OK);
	assert_string_equal(e.message, "Error:%s%n %d 100%");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_that_are_fine),
		cmocka_unit_test(refusals_keep_their_code),
		cmocka_unit_test(words_of_a_firmware_are_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
