/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "holder/wire.h"

static bool parse(const char *text, struct wire_msg *m)
{
	return wire_parse(text, strlen(text), m);
}

static void test_messages(void **state)
{
	struct wire_msg m;

	(void)state;
	assert_true(parse("hello", &m));
	assert_int_equal(m.verb, WIRE_HELLO);
	assert_true(parse("open p1 250000 /dev/serial/by-id/a printer", &m));
	assert_int_equal(m.verb, WIRE_OPEN);
	assert_string_equal(m.port, "p1");
	assert_int_equal(m.baud, 250000);
	assert_string_equal(m.device, "/dev/serial/by-id/a printer");
	assert_true(parse("give p1 115200 1 /dev/pts/3", &m));
	assert_true(m.willed);
	assert_int_equal(m.baud, 115200);
	assert_true(parse("will p1\n\nM104 S0\nM140 S0\n", &m));
	assert_int_equal(m.will_size, 17);
	assert_memory_equal(m.will, "\nM104 S0\nM140 S0\n", 17);
	assert_true(parse("will p1\n", &m));
	assert_int_equal(m.will_size, 0);
	assert_true(parse("stop r1 default:o1 u1", &m));
	assert_string_equal(m.request, "r1");
	assert_string_equal(m.port, "default:o1");
	assert_string_equal(m.user, "u1");
	assert_true(parse("stop r1 33333333-3333-4333-8333-333333333333@"
	    "44444444-4444-4444-8444-444444444444 u1", &m));
	assert_int_equal(strlen(m.port), 73);
	assert_true(parse("alias default:o1 p1", &m));
	assert_string_equal(m.alias, "default:o1");
	assert_string_equal(m.port, "p1");
}

static void test_refusals(void **state)
{
	static const char *const bad[] = {
		"", " ", "nonsense", "hello there", "open", "open p1", "open p1 x /dev/a", "open p1 115200",
		"open p1 115200 ", "open p1 -5 /dev/a", "close", "close p1 p2", "will p1", "will \nM104",
		"stop a b", "stop a b c d", "stop  b c", "give p1 115200 /dev/a", "alias a", "lease x",
		"open 01234567890123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345 1 /dev/a",
		"will p1\n0123456789012345678901234567890123456789012345678901234567890123456789"
		"0123456789012345678901234567890123456789",
	};
	struct wire_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (parse(bad[i], &m) || m.verb != WIRE_BAD)
			fail_msg("taken: '%s'", bad[i]);
	assert_false(wire_parse("close a\0b", 9, &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
