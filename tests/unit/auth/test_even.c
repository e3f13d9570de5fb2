/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets are compared in the same time wherever they differ. A clock would need a million
 * samples and a quiet machine; here a child is led through the comparison one instruction at a time,
 * and what is counted does not depend on the machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/ticket.h"
#include "base/crypto.h"

#define SESSION "11111111-2222-4333-8444-555555555555"
#define SIG_LEN (SHA256_HEX_SIZE - 1)

static struct ticket_keys keys;
static char want[SHA256_HEX_SIZE]; /* what the session's token is */

static bool plain(const char *guess)
{
	return bytes_equal(want, guess, SIG_LEN);
}

static bool csrf(const char *guess)
{
	return ticket_csrf_ok(&keys, SESSION, guess);
}

/* The control: this one tells how much of a guess was right. */
static bool leaky(const char *guess)
{
	for (size_t i = 0; i < SIG_LEN; i++)
		if (want[i] != guess[i])
			return false;
	return true;
}

/* Between two stops there is the comparison; in front of them, once, so that all is loaded. */
static void child(bool (*same)(const char *), const char *guess)
{
	volatile bool answer = same(guess);

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(2);
	raise(SIGUSR1);
	answer = same(guess);
	raise(SIGUSR2);
	_exit(answer ? 1 : 0);
}

/* Instructions of one comparison; -1: this host does not let a program be followed. */
static long steps(bool (*same)(const char *), const char *guess)
{
	pid_t pid = fork();
	long n = 0;
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		child(same, guess);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return -1;
	assert_int_equal(WSTOPSIG(status), SIGUSR1);
	do {
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSTOPPED(status));
		n++;
	} while (WSTOPSIG(status) != SIGUSR2);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return n;
}

/* A guess that is right up to `at`; SIG_LEN: all of it. */
static const char *guess_of(size_t at, char out[SHA256_HEX_SIZE])
{
	memcpy(out, want, SHA256_HEX_SIZE);
	for (size_t i = at; i < SIG_LEN; i++)
		out[i] = want[i] == '0' ? '1' : '0';
	return out;
}

static int setup(void **state)
{
	struct arena *a = arena_new(0);

	(void)state;
	ticket_keys_init(&keys, "a secret of at least thirty-two bytes");
	memcpy(want, ticket_csrf(&keys, SESSION, a), sizeof want);
	arena_free(a);
	return 0;
}

static void is_even(bool (*same)(const char *), const size_t *at, size_t n)
{
	char guess[SHA256_HEX_SIZE];
	long first = steps(same, guess_of(0, guess));

	if (first < 0)
		skip();
	assert_true(first > (long)SIG_LEN);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(steps(same, guess_of(at[i], guess)), first);
}

static void test_plain(void **state)
{
	static const size_t at[] = { 1, 16, 31, 32, 62, 63, SIG_LEN };

	(void)state;
	is_even(plain, at, sizeof at / sizeof *at);
}

/* With the sum, very many steps: the first and the last byte are enough. */
static void test_csrf(void **state)
{
	static const size_t last = SIG_LEN - 1;

	(void)state;
	is_even(csrf, &last, 1);
}

static void test_leaky(void **state)
{
	char guess[SHA256_HEX_SIZE];
	long first = steps(leaky, guess_of(0, guess));

	(void)state;
	if (first < 0)
		skip();
	assert_true(steps(leaky, guess_of(40, guess)) > first + 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "S-013 secrets are compared by the same instructions wherever they differ", test_plain,
		    NULL, NULL, NULL },
		{ "S-013 a page's token is checked so, too", test_csrf, NULL, NULL, NULL },
		{ "S-013 this test would see a comparison that ends early", test_leaky, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
