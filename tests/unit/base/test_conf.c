/* SPDX-License-Identifier: Apache-2.0 */
/* Reading configuration: file, environment, secret files, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/conf.h"
#include "base/log.h"

static bool is_even(const char *text)
{
	return strlen(text) % 2 == 0;
}

static const struct conf_key keys[] = {
	{ "http.port", "PORT", CONF_INT, "8080", 1, 65535, NULL, false, "", NULL },
	{ "auth.secret", "JWT_SECRET", CONF_TEXT, NULL, 0, 0, NULL, true, "", NULL },
	{ "run.dir", NULL, CONF_TEXT, "/run", 0, 0, NULL, false, "", is_even },
	{ "a.time", NULL, CONF_DURATION, "10s", 0, 60 * USEC_PER_SEC, NULL, false, "", NULL },
	{ "a.size", NULL, CONF_SIZE, "1m", 0, 0, NULL, false, "", NULL },
	{ "a.flag", NULL, CONF_BOOL, "off", 0, 0, NULL, false, "", NULL },
	{ "a.word", NULL, CONF_ENUM, "info", 0, 0, "info|warn", false, "", NULL },
	{ .name = NULL },
};

static char path[] = "/tmp/platen-conf-XXXXXX";

static void write_to(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static struct conf *load(const char *text)
{
	struct conf *c;
	struct err e;

	write_to(path, text);
	if (conf_load(keys, path, &c, &e) != E_OK)
		fail_msg("refused: %s", e.message);
	return c;
}

static void refused(const char *text, const char *field, const char *words)
{
	struct conf *c;
	struct err e;

	write_to(path, text);
	assert_int_equal(conf_load(keys, path, &c, &e), E_INVALID);
	assert_string_equal(e.field, field);
	if (strstr(e.message, words) == NULL)
		fail_msg("%s, wanted %s", e.message, words);
}

static void test_sources(void **state)
{
	struct conf *c = load("# comment\n\n  a.size = 2k \nhttp.port=81\r\na.flag = on\na.time = 1m\n");

	(void)state;
	assert_int_equal(conf_int(c, "a.size"), 2048);
	assert_int_equal(conf_int(c, "http.port"), 81);
	assert_true(conf_bool(c, "a.flag"));
	assert_int_equal(conf_duration(c, "a.time"), 60 * USEC_PER_SEC);
	assert_string_equal(conf_text(c, "a.word"), "info");
	assert_int_equal(conf_source(c, "http.port"), CONF_FROM_FILE);
	assert_int_equal(conf_line(c, "http.port"), 4);
	assert_int_equal(conf_source(c, "a.word"), CONF_FROM_DEFAULT);
	assert_int_equal(conf_line(c, "a.word"), 0);
	assert_false(conf_is_set(c, "auth.secret"));
	conf_free(c);
}

static void test_environment_wins(void **state)
{
	struct conf *c;

	(void)state;
	setenv("PORT", "90", 1);
	setenv("PLATEN_A_FLAG", "on", 1);
	c = load("http.port = 81\na.flag = off\n");
	assert_int_equal(conf_int(c, "http.port"), 90);
	assert_int_equal(conf_source(c, "http.port"), CONF_FROM_ENV);
	assert_true(conf_bool(c, "a.flag"));
	conf_free(c);
	setenv("PORT", "", 1); /* empty is not set */
	c = load("http.port = 81\n");
	assert_int_equal(conf_int(c, "http.port"), 81);
	conf_free(c);
	unsetenv("PORT");
	unsetenv("PLATEN_A_FLAG");
}

static void test_secret_file(void **state)
{
	char secret[] = "/tmp/platen-secret-XXXXXX";
	int fd = mkstemp(secret);
	struct conf *c;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_to(secret, "from the file\n");
	setenv("JWT_SECRET_FILE", secret, 1);
	c = load("auth.secret = from the configuration\n");
	assert_string_equal(conf_text(c, "auth.secret"), "from the file");
	assert_int_equal(conf_source(c, "auth.secret"), CONF_FROM_SECRET_FILE);
	conf_free(c);
	setenv("JWT_SECRET", "from the variable", 1);
	c = load("");
	assert_string_equal(conf_text(c, "auth.secret"), "from the variable");
	conf_free(c);
	unsetenv("JWT_SECRET");
	unlink(secret);
	refused("", "auth.secret", secret);
	unsetenv("JWT_SECRET_FILE");
}

static void test_refused(void **state)
{
	(void)state;
	refused("\nhttp.port = many\n", "http.port", "'many'");
	refused("\nhttp.port = many\n", "http.port", "line 2)");
	refused("http.port = 65536\n", "http.port", "out of range");
	refused("http.port = 65536\n", "http.port", "line 1)");
	refused("a.time = 2m\n", "a.time", "out of range");
	refused("a.time = 5 parsecs\n", "a.time", "line 1)");
	refused("a.flag = maybe\n", "a.flag", "'maybe'");
	refused("a.word = inf\n", "a.word", "'inf'");
	refused("a.size = 1t\n", "a.size", "'1t'");
	refused("run.dir = odd\n", "run.dir", "'odd'");
	refused("just words\n", "", "line 1 is not");
	setenv("PORT", "-1", 1);
	refused("http.port = 81\n", "http.port", "(variable PORT)");
	unsetenv("PORT");
}

/* An unknown key is told and does not stop the start. */
static void test_unknown(void **state)
{
	int saved = dup(STDERR_FILENO), fd[2];
	char told[2000] = "";
	struct conf *c;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	dup2(fd[1], STDERR_FILENO);
	c = load("a.flagg = on\na.flag = on\n");
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd[1]);
	assert_true(read(fd[0], told, sizeof told - 1) > 0);
	close(fd[0]);
	assert_non_null(strstr(told, "\"level\":\"warn\""));
	assert_non_null(strstr(told, "unknown key a.flagg"));
	assert_non_null(strstr(told, "line 1"));
	assert_true(conf_bool(c, "a.flag"));
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "values and where they come from", test_sources, NULL, NULL, NULL },
		{ "R-287 the environment wins over the file", test_environment_wins, NULL, NULL, NULL },
		{ "R-287 secrets from files", test_secret_file, NULL, NULL, NULL },
		{ "R-288 errors stop the start and name key and place", test_refused, NULL, NULL, NULL },
		{ "R-288 unknown keys are told", test_unknown, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
