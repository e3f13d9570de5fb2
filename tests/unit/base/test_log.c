/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the log: their form, their files, what never stands in them, who is told. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/jval.h"
#include "base/log.h"
#include "base/log_file.h"
#include "base/redact.h"

static char dir[] = "/tmp/platen-log-XXXXXX";
static char text[1 << 20];

static const char *path(const char *name)
{
	static char out[300];

	snprintf(out, sizeof out, "%s/%s", dir, name);
	return out;
}

static size_t slurp(const char *name)
{
	FILE *f = fopen(path(name), "re");
	size_t n = f == NULL ? 0 : fread(text, 1, sizeof text - 1, f);

	if (f != NULL)
		fclose(f);
	text[n] = '\0';
	return n;
}

static const char *today(const char *kind, const char *more)
{
	static char name[64];
	char stamp[CLOCK_ISO_SIZE];

	snprintf(name, sizeof name, "%s-%.10s.log%s", kind, clock_iso(clock_wall(), stamp), more);
	return name;
}

/* What a function writes to standard error, in `text`. */
static void captured(void (*body)(void))
{
	int saved = dup(STDERR_FILENO), fd = open(path("err"), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	dup2(fd, STDERR_FILENO);
	log_init("platen", "test", LOG_INFO_LEVEL); /* it looks where its lines go */
	body();
	dup2(saved, STDERR_FILENO);
	log_init("platen", "test", LOG_INFO_LEVEL);
	close(saved);
	close(fd);
	slurp("err");
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	log_init("platen", "test", LOG_INFO_LEVEL);
	log_set_format(LOG_FORMAT_JSON);
	return 0;
}

static void empty_dir(void)
{
	DIR *d = opendir(dir);
	struct dirent *it;

	log_file_dir(NULL);
	while ((it = readdir(d)) != NULL)
		if (it->d_name[0] != '.')
			unlinkat(dirfd(d), it->d_name, 0);
	closedir(d);
}

static int teardown(void **state)
{
	(void)state;
	empty_dir();
	return rmdir(dir);
}

static void say_all(void)
{
	struct err e;

	log_request_id("abc-1");
	log_info("hello \"%s\"\n", "w\x01rld");
	log_request_id(NULL);
	err_set(&e, E_UNAVAILABLE, "The database is away");
	err_detail(&e, "connection refused");
	log_err(&e, "GET /x");
	log_debug("not shown");
	log_members(LOG_HTTP_LEVEL, "not shown either", "\"a\":1");
	log_set_level(LOG_DEBUG_LEVEL);
	log_members(LOG_HTTP_LEVEL, "request", "\"status\":200,\"ms\":1.5");
	log_debug("shown");
	log_set_level(LOG_INFO_LEVEL);
}

static const char *member(const struct jval *v, const char *name)
{
	const char *out = jval_text(jval_get(v, name), NULL);

	return out == NULL ? "" : out;
}

static void test_form(void **state)
{
	static const char *const want[][3] = { { "info", "hello \"w\x01rld\"\n", "abc-1" },
		{ "error", "GET /x", "" }, { "http", "request", "" }, { "debug", "shown", "" } };
	struct arena *a = arena_new(8192);
	char *line, *rest = text;
	size_t n = 0;

	(void)state;
	captured(say_all);
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		const struct jval *v;
		struct err e;

		assert_true(n < 4);
		assert_int_equal(jval_parse(a, line, strlen(line), &v, &e), E_OK);
		assert_string_equal(member(v, "level"), want[n][0]);
		assert_string_equal(member(v, "message"), want[n][1]);
		assert_string_equal(member(v, "requestId"), want[n][2]);
		assert_string_equal(member(v, "service"), "platen");
		assert_string_equal(member(v, "component"), "test");
		assert_true(clock_iso_ok(member(v, "timestamp")));
		if (n == 1)
			assert_string_equal(member(v, "cause"), "connection refused");
		n++;
	}
	assert_int_equal(n, 4);
	arena_free(a);
}

static void say_one(void)
{
	log_warn("a\nb");
}

static void test_people(void **state)
{
	(void)state;
	log_set_format(LOG_FORMAT_TEXT);
	captured(say_one);
	log_set_format(LOG_FORMAT_JSON);
	assert_non_null(strstr(text, "warn"));
	assert_non_null(strstr(text, "test: a b\n"));
	assert_int_equal(text[2], ':');
}

static void say_evil(void)
{
	log_warn("%s", "a\r\n{\"level\":\"error\"}\033[2J\x07%n%s\x7f\xc2\x9b" "5n");
}

static void test_one_line(void **state)
{
	(void)state;
	for (int people = 0; people < 2; people++) {
		log_set_format(people ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON);
		captured(say_evil);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		assert_null(strpbrk(text, "\r\x07\x7f"));
		assert_null(strstr(text, "\033[2J"));
		assert_null(strstr(text, "\xc2\x9b"));
		assert_non_null(strstr(text, "[2J"));
		assert_non_null(strstr(text, "%n%s"));
	}
	log_set_format(LOG_FORMAT_JSON);
}

static void write_files(void)
{
	log_info("first");
	log_error("second");
}

static void test_files(void **state)
{
	(void)state;
	log_file_dir(dir);
	captured(write_files);
	slurp(today("application", ""));
	assert_non_null(strstr(text, "first"));
	assert_non_null(strstr(text, "second"));
	slurp(today("error", ""));
	assert_null(strstr(text, "first"));
	assert_non_null(strstr(text, "second"));
	empty_dir();
}

static void touch(const char *name)
{
	int fd = open(path(name), O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static bool exists(const char *name)
{
	return access(path(name), F_OK) == 0;
}

/* Fourteen days of everything, thirty of errors; nobody else's files. */
static void test_retention(void **state)
{
	static const char line[] = "{}\n";

	(void)state;
	touch("application-2025-11-06.log");
	touch("application-2025-11-07.log");
	touch("application-2025-11-06.log.2");
	touch("error-2025-11-06.log");
	touch("error-2025-10-21.log.1");
	touch("other-2020-01-01.log");
	touch("application-notes.log");
	log_file_dir(dir);
	log_file_write("2025-11-20T00:00:00.000Z", true, line, 3);
	assert_false(exists("application-2025-11-06.log"));
	assert_false(exists("application-2025-11-06.log.2"));
	assert_true(exists("application-2025-11-07.log"));
	assert_true(exists("error-2025-11-06.log"));
	assert_false(exists("error-2025-10-21.log.1"));
	assert_true(exists("other-2020-01-01.log"));
	assert_true(exists("application-notes.log"));
	log_file_write("2025-11-21T00:00:00.000Z", false, line, 3);
	assert_true(exists("application-2025-11-21.log"));
	assert_false(exists("application-2025-11-07.log"));
	empty_dir();
}

/* Four processes, a limit that is met again and again: no line is lost or torn, files are set
 * aside and stay small. */
static void test_rotation(void **state)
{
	static const char stamp[] = "2025-11-20T00:00:00.000Z";
	size_t lines = 0, files = 0;
	struct dirent *it;
	struct stat st;
	DIR *d;

	(void)state;
	log_file_dir(dir);
	log_file_limit(20000);
	for (int p = 0; p < 4; p++)
		if (fork() == 0) {
			char line[101];

			memset(line, 'a' + p, 99);
			line[99] = '\n';
			for (int i = 0; i < 2000; i++)
				log_file_write(stamp, false, line, 100);
			_exit(0);
		}
	while (wait(NULL) > 0)
		continue;
	d = opendir(dir);
	while ((it = readdir(d)) != NULL) {
		if (strncmp(it->d_name, "application-", 12) != 0)
			continue;
		files++;
		assert_int_equal(stat(path(it->d_name), &st), 0);
		assert_true(st.st_size < 20000 + 4 * 65 * 100);
		slurp(it->d_name);
		for (char *line = text; *line != '\0'; line += 100, lines++) {
			assert_int_equal(line[99], '\n');
			for (int i = 0; i < 99; i++)
				assert_int_equal(line[i], line[0]);
		}
	}
	closedir(d);
	assert_int_equal(lines, 8000);
	assert_true(files > 10);
	log_file_limit(20u << 20);
	empty_dir();
}

static void covers(const char *in, const char *want)
{
	char line[300];

	snprintf(line, sizeof line, "%s", in);
	redact(line, strlen(line));
	assert_string_equal(line, want);
}

static void test_redaction(void **state)
{
	(void)state;
	covers("token eyJhbGciOiJIUzI1NiJ9.e30.abc, so", "token ****************************, so");
	covers("Authorization: Bearer abcdefgh.x", "Authorization: Bearer **********");
	covers("key pk_0123456789abcdef used", "key pk_**************** used");
	covers("host=h password=one user=u", "host=h password=*** user=u");
	covers("password='two words' user=u", "password='*********' user=u");
	covers("postgresql://u:pa55@h/d", "postgresql://u:****@h/d");
	covers("GET /api/files/1?exp=1&sig=abc&x=1", "GET /api/files/1?exp=1&sig=***&x=1");
	covers("{\"password\":\"x y\",\"a\":1}", "{\"password\":\"***\",\"a\":1}");
	covers("{\"message\":\"{\\\"token\\\": \\\"abc\\\"}\"}", "{\"message\":\"{\\\"token\\\": \\\"***\\\"}\"}");
	covers("accessToken=abc&refresh_token=def", "accessToken=***&refresh_token=***");
	/* words about secrets are no secrets */
	covers("Invalid token: expired", "Invalid token: expired");
	covers("http://h:80/x@y http://h/", "http://h:80/x@y http://h/");
	covers("bearer of news; keyJ; pk_short", "bearer of news; keyJ; pk_short");
	covers("auth.jwt_secret is not set", "auth.jwt_secret is not set");
}

static void say_secret(void)
{
	log_error("cannot connect: password=hunter2");
	log_members(LOG_ERROR_LEVEL, "x", "\"query\":\"token=hunter2\"");
}

static void test_told(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char got[1000];
	ssize_t n;

	(void)state;
	snprintf(at.sun_path, sizeof at.sun_path, "%s/tap", dir);
	log_tap(at.sun_path);
	captured(say_secret); /* nobody listens: nothing happens */
	assert_null(strstr(text, "hunter2"));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	captured(say_one); /* a warning is not told */
	assert_true(recv(fd, got, sizeof got, 0) < 0);
	captured(say_secret);
	n = recv(fd, got, sizeof got - 1, 0);
	assert_true(n > 0);
	got[n] = '\0';
	assert_null(strstr(got, "hunter2"));
	assert_non_null(strstr(got, "cannot connect"));
	assert_int_equal(got[n - 1], '}');
	for (int i = 0; i < 600; i++) /* a full queue does not stop us */
		captured(say_secret);
	log_tap(NULL);
	close(fd);
	unlink(at.sun_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R-282 lines are JSON with their members; the level decides", test_form, NULL, NULL, NULL },
		{ "R-282 a terminal gets lines for people", test_people, NULL, NULL, NULL },
		{ "S-057 what others say stays on its line and is no format", test_one_line, NULL, NULL, NULL },
		{ "R-282 day files: everything, and errors", test_files, NULL, NULL, NULL },
		{ "R-282 files are kept 14 and 30 days", test_retention, NULL, NULL, NULL },
		{ "R-282 files are set aside when full, by several processes", test_rotation, NULL, NULL, NULL },
		{ "R-279 what looks like a secret is covered", test_redaction, NULL, NULL, NULL },
		{ "R-286 errors are told to a socket, without secrets, without waiting", test_told, NULL, NULL,
		    NULL },
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
