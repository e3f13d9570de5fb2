/* SPDX-License-Identifier: Apache-2.0 */
/* The log and a collector that stands still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/jval.h"
#include "base/log.h"

struct collector {
	int kept, end; /* the true standard error, our end of the other */
};

static void collector_begin(struct collector *c, const int ends[2])
{
	c->kept = dup(STDERR_FILENO);
	c->end = ends[0];
	assert_true(fcntl(c->end, F_SETFL, O_NONBLOCK) == 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	close(ends[1]);
	log_init("platen", "test", LOG_INFO_LEVEL);
	log_set_format(LOG_FORMAT_JSON);
}

static void collector_end(struct collector *c)
{
	assert_true(dup2(c->kept, STDERR_FILENO) >= 0);
	close(c->kept);
	close(c->end);
	log_init("platen", "test", LOG_INFO_LEVEL);
}

/* What waits to be read; the last line of it goes to `last`. */
static int drain(struct collector *c, char *last, size_t size)
{
	static char all[4 << 20];
	size_t len = 0;
	ssize_t n;
	int lines = 0;

	while ((n = read(c->end, all + len, sizeof all - 1 - len)) > 0)
		len += (size_t)n;
	all[len] = '\0';
	last[0] = '\0';
	for (char *at = all, *lf; (lf = strchr(at, '\n')) != NULL; at = lf + 1, lines++)
		snprintf(last, size, "%.*s", (int)(lf - at), at);
	return lines;
}

static int64_t member(const char *line, const char *name)
{
	struct arena *a = arena_new(0);
	const struct jval *v = NULL;
	struct err e;
	int64_t found = -1;

	assert_int_equal(jval_parse(a, line, strlen(line), &v, &e), E_OK);
	if (jval_get(v, name) != NULL)
		found = jval_int(jval_get(v, name));
	arena_free(a);
	return found;
}

/* More lines than the collector takes: none blocks, the first one it takes again counts them. */
static void stands_still(const int ends[2])
{
	enum { LINES = 20000 };
	struct collector c;
	char last[2048];
	int lines;

	collector_begin(&c, ends);
	for (int i = 0; i < LINES; i++)
		log_info("line %d of a collector that stands still", i);
	lines = drain(&c, last, sizeof last);
	assert_in_range(lines, 10, LINES - 1);
	log_info("it reads again");
	assert_int_equal(drain(&c, last, sizeof last), 1);
	assert_int_equal(member(last, "lost"), LINES - lines);
	log_info("and goes on");
	assert_int_equal(drain(&c, last, sizeof last), 1);
	assert_int_equal(member(last, "lost"), -1);
	collector_end(&c);
}

static void pipe_that_stands_still_blocks_nobody(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	stands_still(ends);
}

static void socket_that_stands_still_blocks_nobody(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	stands_still(ends);
}

static void others_keep_a_pipe_that_blocks(void **state)
{
	struct collector c;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	collector_begin(&c, ends);
	assert_int_equal(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
	collector_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipe_that_stands_still_blocks_nobody),
		cmocka_unit_test(socket_that_stands_still_blocks_nobody),
		cmocka_unit_test(others_keep_a_pipe_that_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
