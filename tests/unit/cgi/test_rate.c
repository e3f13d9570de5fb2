/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgi/rate.h"

#define SEC USEC_PER_SEC

static struct rate_table *table(void)
{
	char path[] = "/tmp/platen-rate-XXXXXX";
	struct rate_table *t;
	struct err e;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(rate_open(path, &t, &e), E_OK);
	unlink(path);
	return t;
}

static void test_window(void **state)
{
	struct rate_table *t = table();
	struct rate_verdict v;

	(void)state;
	for (int i = 0; i < 3; i++) {
		v = rate_take(t, "a", 3, 60 * SEC, 100 * SEC);
		assert_true(v.allowed);
		assert_int_equal(v.remaining, 2 - i);
		assert_int_equal(v.reset_sec, 60);
	}
	v = rate_take(t, "a", 3, 60 * SEC, 130 * SEC);
	assert_false(v.allowed);
	assert_int_equal(v.remaining, 0);
	assert_int_equal(v.reset_sec, 30);
	assert_true(rate_take(t, "b", 3, 60 * SEC, 130 * SEC).allowed);
	assert_false(rate_take(t, "a", 3, 60 * SEC, 159 * SEC).allowed);
	assert_true(rate_take(t, "a", 3, 60 * SEC, 160 * SEC).allowed);
	rate_close(t);
}

/* Many keys: none is refused for another's sake. */
static void test_crowd(void **state)
{
	struct rate_table *t = table();
	char key[32];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		snprintf(key, sizeof key, "user %d", i);
		assert_true(rate_take(t, key, 1, 60 * SEC, 5 * SEC).allowed);
	}
	rate_close(t);
}

static void test_processes(void **state)
{
	struct rate_table *t = table();
	pid_t pid[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			int allowed = 0;

			for (int n = 0; n < 500; n++)
				allowed += rate_take(t, "shared", 60, 600 * SEC, SEC).allowed;
			_exit(allowed);
		}
	}
	int total = 0, status;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		total += WEXITSTATUS(status);
	}
	assert_int_equal(total, 60);
	rate_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_window), cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_processes) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
