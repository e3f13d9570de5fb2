/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "auth/password.h"
#include "base/clock.h"

static void test_accept(void **state)
{
	static const char *const bad[] = { "", "1234567", "password", "PassWord1", "qwertyuiop",
		"aaaaaaaaaaaa",
		"0123456789012345678901234567890123456789012345678901234567890123456789012" };
	static const char *const good[] = { "correct horse", "8 bytes!", "pässwörd-ü",
		"012345678901234567890123456789012345678901234567890123456789012345678901" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(password_accept(bad[i], &e), E_INVALID);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(password_accept(good[i], &e), E_OK);
}

static void test_check(void **state)
{
	struct arena *a = arena_new(0);
	const char *hash = password_hash("correct horse", 4, a);

	(void)state;
	assert_memory_equal(hash, "$2b$04$", 7);
	assert_true(password_check("correct horse", hash, 4));
	assert_false(password_check("correct horsf", hash, 4));
	assert_false(password_check("", hash, 4));
	assert_string_not_equal(hash, password_hash("correct horse", 4, a));
	/* known vectors of the other two prefixes */
	assert_true(password_check("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", 5));
	assert_true(password_check("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", 5));
	assert_false(password_check("x", "plain text", 4));
	assert_false(password_check("x", NULL, 4));
	assert_true(password_outdated(hash, 5));
	assert_false(password_outdated(hash, 4));
	arena_free(a);
}

/* An unknown address costs what a known one costs: within a factor of two of it here, where the
 * work is small against noise. */
static void test_same_cost(void **state)
{
	struct arena *a = arena_new(0);
	const char *hash = password_hash("correct horse", 8, a);
	usec_t known = USEC_NEVER, unknown = USEC_NEVER;

	(void)state;
	for (int i = 0; i < 5; i++) {
		usec_t t0 = clock_mono(), t1, t2;

		password_check("wrong", hash, 8);
		t1 = clock_mono();
		password_check("wrong", NULL, 8);
		t2 = clock_mono();
		known = t1 - t0 < known ? t1 - t0 : known;
		unknown = t2 - t1 < unknown ? t2 - t1 : unknown;
	}
	assert_true(unknown > known / 2 && unknown < known * 2);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_accept), cmocka_unit_test(test_check),
		cmocka_unit_test(test_same_cost) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
