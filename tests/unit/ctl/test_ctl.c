/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs share: options, secrets from files, codes. (The verbs: tests/sql/t_ctl.sh.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl/ctl.h"

static const char *role, *force;
static const struct service_option options[] = {
	{ "role", "ROLE", "what the user may do", &role },
	{ "force", NULL, "without asking", &force },
	{ NULL, NULL, NULL, NULL },
};
static const struct verb verb = { .name = "test", .summary = "tests", .usage = "usage: test\n",
	.options = options };

static int setup(void **state)
{
	struct ctl *c = calloc(1, sizeof *c);

	assert_non_null(c);
	c->arena = arena_new(0);
	role = force = NULL;
	*state = c;
	return 0;
}

static int teardown(void **state)
{
	struct ctl *c = *state;

	arena_free(c->arena);
	free(c);
	return 0;
}

/* The words of a command line, after the verb. */
static void take(struct ctl *c, const char *line)
{
	char *at = arena_str(c->arena, line), *argv[16];
	int argc = 0;

	do {
		argv[argc++] = at;
		at = strchr(at, ' ');
		if (at != NULL)
			*at++ = '\0';
	} while (at != NULL);
	ctl_options(c, &verb, argc, argv);
}

static void options_in_any_order(void **state)
{
	struct ctl *c = *state;

	take(c, "add --role ADMIN ada@example.org --force --config=/etc/x.conf");
	assert_int_equal(c->len, 2);
	assert_string_equal(c->word[0], "add");
	assert_string_equal(c->word[1], "ada@example.org");
	assert_string_equal(role, "ADMIN");
	assert_string_equal(force, "1");
	assert_string_equal(c->config, "/etc/x.conf");
}

static void values_with_signs(void **state)
{
	struct ctl *c = *state;

	take(c, "--role=a=b --config --odd -- --role -x");
	assert_string_equal(role, "a=b");
	assert_string_equal(c->config, "--odd");
	assert_int_equal(c->len, 2);
	assert_string_equal(c->word[0], "--role");
	assert_string_equal(c->word[1], "-x");
	assert_null(force);
}

/* The exit status of a process that takes the option. */
static int status_of(struct ctl *c, const char *line)
{
	int status, quiet;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		quiet = open("/dev/null", O_WRONLY);
		if (quiet >= 0 && dup2(quiet, STDOUT_FILENO) >= 0 && dup2(quiet, STDERR_FILENO) >= 0)
			take(c, line);
		_exit(77);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void wrong_options_are_refused(void **state)
{
	struct ctl *c = *state;

	assert_int_equal(status_of(c, "--rolle x"), CTL_USAGE);
	assert_int_equal(status_of(c, "--rol=x"), CTL_USAGE);
	assert_int_equal(status_of(c, "--role"), CTL_USAGE);
	assert_int_equal(status_of(c, "--force=yes"), CTL_USAGE);
	assert_int_equal(status_of(c, "--help"), CTL_DONE);
	assert_int_equal(status_of(c, "--force"), 77);
}

static const char *secret(struct ctl *c, const char *bytes, size_t size)
{
	char path[] = "/tmp/platen-secret-XXXXXX";
	int fd = mkstemp(path);
	const char *out;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	out = ctl_secret_file(c, path);
	unlink(path);
	return out;
}

static void a_secret_is_the_first_line(void **state)
{
	struct ctl *c = *state;

	assert_string_equal(secret(c, "correct horse\nrest\n", 19), "correct horse");
	assert_string_equal(secret(c, " blanks stay \r\n", 15), " blanks stay ");
	assert_string_equal(secret(c, "no end", 6), "no end");
	assert_null(secret(c, "", 0));
	assert_null(ctl_secret_file(c, "/nowhere/secret"));
}

static void codes_are_readable_and_differ(void **state)
{
	struct ctl *c = *state;
	const char *grouped = ctl_random_code(c, 10, true), *plain = ctl_random_code(c, 16, false);

	assert_int_equal(strlen(grouped), 12);
	assert_int_equal(grouped[4], '-');
	assert_int_equal(grouped[9], '-');
	assert_int_equal(strlen(plain), 16);
	assert_int_equal(strspn(plain, "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"), 16);
	assert_string_not_equal(plain, ctl_random_code(c, 16, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(options_in_any_order, setup, teardown),
		cmocka_unit_test_setup_teardown(values_with_signs, setup, teardown),
		cmocka_unit_test_setup_teardown(wrong_options_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_secret_is_the_first_line, setup, teardown),
		cmocka_unit_test_setup_teardown(codes_are_readable_and_differ, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
