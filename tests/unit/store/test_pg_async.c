/* SPDX-License-Identifier: Apache-2.0 */
/* The loop processes' connection against a real server; run by tests/sql/prepare (see test_pg). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "store/pg_async.h"

extern char **environ;

#define STMT(n, p, r, t) \
	static const struct pg_stmt n = { .name = #n, .text = t, .params = p, .rows = r }

STMT(echo, 1, PG_ONE, "SELECT $1::int AS n");
STMT(say, 1, PG_ONE, "SELECT pg_notify('platen', $1::text)");
STMT(wrong, 0, PG_ONE, "SELECT nonsense FROM nowhere");
STMT(empty, 0, PG_ONE, "SELECT 1 WHERE false");
STMT(nap, 0, PG_ONE, "SELECT pg_sleep(20)");

struct seen {
	struct loop *loop;
	struct pg_async *db;
	struct loop_timer *limit;
	char log[2000]; /* what happened, in order */
	int words, wanted; /* the loop stops when `wanted` words are in the log */
};

static const char *need(const char *name)
{
	const char *value = getenv(name);

	if (value == NULL)
		fail_msg("%s is not set: run tests/sql/prepare", name);
	return value;
}

static void scratch(const char *verb, const char *mode)
{
	char *argv[] = { (char *)need("PLATEN_SCRATCH_PG"), (char *)verb,
		(char *)need("PLATEN_TEST_DIR"), (char *)mode, NULL };
	pid_t pid;
	int status;

	assert_int_equal(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void note(struct seen *s, const char *word)
{
	size_t len = strlen(s->log);

	snprintf(s->log + len, sizeof s->log - len, "%s ", word);
	if (++s->words >= s->wanted)
		loop_stop(s->loop);
}

static void on_up(void *ctx, bool up)
{
	note(ctx, up ? "up" : "down");
}

static void on_notify(void *ctx, const char *topic, const char *rest)
{
	char word[80];

	snprintf(word, sizeof word, "%s:%s", topic, rest);
	note(ctx, word);
}

static const struct pg_async_ops ops = { on_up, on_notify };

static void done(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	char word[80];

	if (rc == E_OK && strcmp(pg_column_name(r, 0), "n") == 0)
		snprintf(word, sizeof word, "%s", pg_at(r, 0, 0));
	else
		snprintf(word, sizeof word, "%s", errc_name(rc));
	assert_true(rc == E_OK || e->message[0] != '\0');
	note(ctx, word);
}

static void too_late(void *ctx)
{
	struct seen *s = ctx;

	fail_msg("waited in vain; so far: %s", s->log);
}

static void until(struct seen *s, int words)
{
	s->wanted = s->words + words;
	loop_timer_at(s->limit, loop_now(s->loop) + 10 * USEC_PER_SEC);
	loop_run(s->loop);
	loop_timer_at(s->limit, USEC_NEVER);
}

static void ask(struct seen *s, const struct pg_stmt *st, const char *value)
{
	struct arena *a = arena_new(0);
	struct pg_args args;

	pg_args_init(&args, a);
	if (st->params > 0)
		pg_text(&args, value);
	pg_async_exec(s->db, st, &args, done, s);
	arena_free(a); /* the queue keeps its own copy */
}

static int setup(void **state)
{
	struct seen *s = calloc(1, sizeof *s);

	s->loop = loop_new();
	s->limit = loop_timer_new(s->loop, too_late, s);
	s->db = pg_async_new(s->loop, need("PLATEN_TEST_DB"), "pg_monitor", &ops, s);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct seen *s = *state;

	pg_async_free(s->db);
	loop_timer_free(s->limit);
	loop_free(s->loop);
	free(s);
	return 0;
}

static void in_order(void **state)
{
	struct seen *s = *state;

	ask(s, &echo, "0"); /* not connected yet */
	until(s, 2);
	assert_true(pg_async_is_up(s->db));
	ask(s, &echo, "1");
	ask(s, &echo, "2");
	ask(s, &wrong, NULL);
	ask(s, &echo, "nan");
	ask(s, &wrong, NULL);
	ask(s, &empty, NULL);
	ask(s, &echo, "3");
	until(s, 7);
	assert_string_equal(s->log, "unavailable up 1 2 internal invalid internal not_found 3 ");
}

static void more_than_the_pipeline_holds(void **state)
{
	struct seen *s = *state;
	char text[16], *expect = calloc(1, sizeof s->log);

	until(s, 1);
	strcat(expect, "up ");
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof text, "%d", i);
		ask(s, &echo, text);
		strcat(strcat(expect, text), " ");
	}
	until(s, 300);
	assert_string_equal(s->log, expect);
	free(expect);
}

static void wakes_up_once(void **state)
{
	struct seen *s = *state;
	struct arena *a = arena_new(0);
	struct pg *other = pg_new(need("PLATEN_TEST_DB"), NULL, USEC_PER_SEC);
	static const char *const said[] = { "job a", "job b", "job a", "config c", "job b", "stop" };
	struct err e;

	until(s, 1);
	assert_int_equal(pg_begin(other, NULL, &e), E_OK);
	for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
		struct pg_args args;

		pg_args_init(&args, a);
		pg_text(&args, said[i]);
		assert_int_equal(pg_exec(other, a, &say, &args, NULL, &e), E_OK);
	}
	assert_int_equal(pg_commit(other, &e), E_OK);
	until(s, 4);
	assert_string_equal(s->log, "up job:a job:b config:c stop: ");
	pg_free(other);
	arena_free(a);
}

static void server_goes_away(void **state)
{
	struct seen *s = *state;

	until(s, 1);
	ask(s, &echo, "1");
	until(s, 1);
	ask(s, &nap, NULL);
	ask(s, &echo, "2");
	scratch("stop", "immediate");
	until(s, 3);
	assert_string_equal(s->log, "up 1 down unavailable unavailable ");
	ask(s, &echo, "3");
	until(s, 1);
	scratch("start", NULL);
	until(s, 1);
	ask(s, &echo, "4"); /* prepared again */
	until(s, 1);
	assert_string_equal(s->log, "up 1 down unavailable unavailable unavailable up 4 ");
	scratch("stop", "fast");
	scratch("start", NULL);
	until(s, 2);
	assert_non_null(strstr(s->log, "up 4 down up "));
}

static void freed_with_work_left(void **state)
{
	struct seen *s = *state;

	until(s, 1);
	ask(s, &nap, NULL);
	ask(s, &echo, "1");
	pg_async_free(s->db);
	s->db = NULL;
	assert_string_equal(s->log, "up unavailable unavailable ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(more_than_the_pipeline_holds, setup, teardown),
		cmocka_unit_test_setup_teardown(wakes_up_once, setup, teardown),
		cmocka_unit_test_setup_teardown(server_goes_away, setup, teardown),
		cmocka_unit_test_setup_teardown(freed_with_work_left, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
