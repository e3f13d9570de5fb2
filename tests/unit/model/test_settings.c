/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys: the seeds' variables, values beyond their type, strays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/settings.h"
#include "model/settings_check.h"

/* Every variable of both seeds, with a value it may have, and its key. */
static const char *const seeds[][3] = {
	{ "NODE_ENV", "test", "core.environment" },
	{ "PORT", "3001", "http.port" },
	{ "DATABASE_URL", "postgresql://u:p@h/d", "db.url" },
	{ "DB_HOST", "db.example", "db.host" },
	{ "DB_PORT", "5433", "db.port" },
	{ "DB_NAME", "other", "db.name" },
	{ "DB_USER", "someone", "db.user" },
	{ "DB_PASSWORD", "p w'd\\", "db.password" },
	{ "JWT_SECRET", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q", "auth.jwt_secret" },
	{ "JWT_REFRESH_SECRET", "r-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q", "auth.jwt_refresh_secret" },
	{ "BCRYPT_ROUNDS", "11", "auth.bcrypt_rounds" },
	{ "PRINTER_PORT", "/dev/ttyACM0", "printer.device" },
	{ "PRINTER_BAUDRATE", "250000", "printer.baud" },
	{ "PRINTER_BACKEND_URL", "https://backend.example", "printer_backend.url" },
	{ "CAMERA_URL", "http://192.168.1.100:8080/stream", "camera.url" },
	{ "UPLOAD_DIR", "/app/uploads", "storage.dir" },
	{ "MAX_FILE_SIZE", "1048576", "storage.max_file_size" },
	{ "FRONTEND_URL", "https://front.example", "web.frontend_url" },
	{ "CORS_ORIGIN", "https://a.example,https://b.example", "web.cors_origin" },
	{ "SENTRY_DSN", "https://key@sentry.example/42", "sentry.dsn" },
	{ "LOG_LEVEL", "debug", "log.level" },
	{ "SMTP_HOST", "smtp.example", "smtp.host" },
	{ "SMTP_PORT", "25", "smtp.port" },
	{ "SMTP_USER", "me@example", "smtp.user" },
	{ "SMTP_PASS", "word", "smtp.password" },
	{ "DEMO_MODE_ENABLED", "true", "demo.enabled" },
};
#define SEEDS (sizeof seeds / sizeof *seeds)

static void test_seeds(void **state)
{
	struct conf *c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < SEEDS; i++)
		setenv(seeds[i][0], seeds[i][1], 1);
	if (settings_load(NULL, &c, &e) != E_OK)
		fail_msg("%s", e.message);
	for (size_t i = 0; i < SEEDS; i++) {
		assert_string_equal(conf_text(c, seeds[i][2]), seeds[i][1]);
		assert_int_equal(conf_source(c, seeds[i][2]), CONF_FROM_ENV);
	}
	conf_free(c);
	for (size_t i = 0; i < SEEDS; i++)
		unsetenv(seeds[i][0]);
}

static void test_database(void **state)
{
	struct arena *a = arena_new(4096);
	struct conf *c;
	struct err e;

	(void)state;
	setenv("DB_HOST", "/run/pg", 1);
	setenv("DB_PASSWORD", "it's", 1);
	assert_int_equal(settings_load(NULL, &c, &e), E_OK);
	assert_string_equal(settings_db(c, a),
	    "host='/run/pg' port=5432 dbname='printpro3d' user='postgres' password='it\\'s'");
	conf_free(c);
	setenv("DATABASE_URL", "postgresql://u@h/d", 1);
	assert_int_equal(settings_load(NULL, &c, &e), E_OK);
	assert_string_equal(settings_db(c, a), "postgresql://u@h/d");
	conf_free(c);
	unsetenv("DB_HOST");
	unsetenv("DB_PASSWORD");
	unsetenv("DATABASE_URL");
	arena_free(a);
}

static void test_redis(void **state)
{
	int saved = dup(STDERR_FILENO), fd[2];
	char told[2000] = "";
	struct conf *c;
	struct err e;
	ssize_t n;

	(void)state;
	setenv("REDIS_URL", "redis://h", 1);
	setenv("REDIS_PORT", "6379", 1);
	assert_int_equal(pipe(fd), 0);
	dup2(fd[1], STDERR_FILENO);
	assert_int_equal(settings_load(NULL, &c, &e), E_OK);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(fd[1]);
	n = read(fd[0], told, sizeof told - 1);
	close(fd[0]);
	assert_true(n > 0);
	assert_non_null(strstr(told, "REDIS_URL, REDIS_PORT"));
	assert_ptr_equal(strchr(told, '\n'), told + n - 1); /* one notice */
	assert_null(strstr(told, "redis://"));
	conf_free(c);
	unsetenv("REDIS_URL");
	unsetenv("REDIS_PORT");
}

static void each(bool (*ok)(const char *text), bool want, const char *const *list)
{
	for (; *list != NULL; list++)
		if (ok(*list) != want)
			fail_msg("%s: wanted %s", *list, want ? "accepted" : "refused");
}
#define GOOD(ok, ...) each(ok, true, (const char *const[]){ __VA_ARGS__, NULL })
#define BAD(ok, ...)  each(ok, false, (const char *const[]){ __VA_ARGS__, NULL })

static void test_rules(void **state)
{
	(void)state;
	GOOD(settings_url_ok, "http://a", "https://a.example:8/p?q=1", "http://[::1]:80/");
	BAD(settings_url_ok, "", "a.example", "ftp://a", "http://", "https:///x", "http://a b", "http://a\n");
	GOOD(settings_origins_ok, "", "https://a", "https://a, http://b:3000", "https://a/");
	BAD(settings_origins_ok, "*", "https://a/path", "a.example", "https://a,b");
	GOOD(settings_zone_ok, "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires");
	BAD(settings_zone_ok, "", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe/Berlin'--");
	GOOD(settings_listen_ok, "127.0.0.1:1", "[::1]:65535", "0.0.0.0:80", "localhost:8081");
	BAD(settings_listen_ok, "127.0.0.1", "8081", "127.0.0.1:0", "127.0.0.1:65536", "::1:80",
	    "[::1:80", "300.0.0.1:80", "127.0.0.1:80x");
	GOOD(settings_networks_ok, "", "10.0.0.0/8", "10.1.2.3, fd00::/8 ,::1", "0.0.0.0/0");
	BAD(settings_networks_ok, "10.0.0.0/33", "fd00::/129", "all", "10.0.0.0/", "10.0.0.0/8x",
	    "10.0.0.0/8; }");
	GOOD(settings_bed_ok, "keep", "0", "60.5");
	BAD(settings_bed_ok, "", "warm", "-1", "201", "60C");
	GOOD(settings_dsn_ok, "https://k@h/1", "http://k:s@h:9000/path/1");
	BAD(settings_dsn_ok, "", "https://h/1", "https://@h/1", "https://k@h", "https://k@h/",
	    "https://k@/1", "ftp://k@h/1", "https://k@h/1?x=1");
}

static void test_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "SENTRY_DSN", "sentry" }, { "PLATEN_ANALYTICS_TIMEZONE", "Nowhere/Land" },
		{ "PLATEN_METRICS_LISTEN", "8081" }, { "PLATEN_METRICS_ALLOW", "all" },
		{ "FRONTEND_URL", "front" }, { "PLATEN_LOG_DIR", "logs" }, { "LOG_LEVEL", "loud" },
		{ "NODE_ENV", "prod" }, { "PORT", "0" }, { "BCRYPT_ROUNDS", "3" },
		{ "PLATEN_PAUSE_BED_TEMP", "warm" },
	};
	struct conf *c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		setenv(bad[i][0], bad[i][1], 1);
		if (settings_load(NULL, &c, &e) != E_INVALID)
			fail_msg("%s=%s was accepted", bad[i][0], bad[i][1]);
		if (e.field[0] == '\0' || strstr(e.message, e.field) == NULL ||
		    strstr(e.message, bad[i][0]) == NULL)
			fail_msg("%s: %s", bad[i][0], e.message);
		unsetenv(bad[i][0]);
	}
}

static void test_stray(void **state)
{
	(void)state;
	assert_true(settings_is_stray("PLATEN_RUN_DIRR=/x"));
	assert_true(settings_is_stray("PLATEN_HTTP_PORT=1")); /* its name is PORT */
	assert_false(settings_is_stray("PLATEN_RUN_DIR=/x"));
	assert_false(settings_is_stray("PLATEN_AUTH_SEAL_KEY_FILE=/x"));
	assert_false(settings_is_stray("PLATEN_CONFIG=/x"));
	assert_false(settings_is_stray("HOME=/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R-287 every variable of both seeds is honoured", test_seeds, NULL, NULL, NULL },
		{ "R-288 DATABASE_URL wins over DB_*", test_database, NULL, NULL, NULL },
		{ "R-288 Redis variables are ignored with one notice", test_redis, NULL, NULL, NULL },
		{ "rules of single values", test_rules, NULL, NULL, NULL },
		{ "R-288 bad values stop the start with the key's name", test_refused, NULL, NULL, NULL },
		{ "variables that name no key", test_stray, NULL, NULL, NULL },
	};

	setenv("PLATEN_CONFIG", "/dev/null", 1); /* nothing of the host */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
