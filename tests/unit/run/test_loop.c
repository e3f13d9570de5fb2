/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/loop.h"

struct turn {
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_timer *timer;
	int fd, calls, work_done;
	unsigned events;
	char text[64];
	usec_t called_at;
};

static void setup(struct turn *t)
{
	memset(t, 0, sizeof *t);
	t->loop = loop_new();
}

static void on_read(void *ctx, unsigned events)
{
	struct turn *t = ctx;
	ssize_t n = read(t->fd, t->text, sizeof t->text - 1);

	t->calls++;
	t->events |= events;
	if (n > 0)
		t->text[n] = '\0';
	loop_watch_free(t->watch); /* inside its own callback */
	t->watch = NULL;
	loop_stop(t->loop);
}

static void test_watch_reads_and_may_free_itself(void **state)
{
	struct turn t;
	int pair[2];

	(void)state;
	setup(&t);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	t.fd = pair[0];
	t.watch = loop_watch_new(t.loop, pair[0], LOOP_READ, on_read, &t);
	assert_int_equal(write(pair[1], "ok", 2), 2);
	loop_run(t.loop);
	assert_int_equal(t.calls, 1);
	assert_string_equal(t.text, "ok");
	close(pair[0]);
	close(pair[1]);
	loop_free(t.loop);
}

static void on_hangup(void *ctx, unsigned events)
{
	struct turn *t = ctx;

	t->calls++;
	t->events = events;
	loop_stop(t->loop);
}

/* A pty whose other side is closed reports an error condition; the owner must hear of it. */
static void test_hangup_of_a_pty_is_told(void **state)
{
	struct turn t;
	int master, slave;

	(void)state;
	setup(&t);
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	t.watch = loop_watch_new(t.loop, slave, LOOP_READ, on_hangup, &t);
	close(master);
	loop_run(t.loop);
	assert_int_equal(t.calls, 1);
	assert_true((t.events & LOOP_READ) != 0);
	assert_true((t.events & LOOP_HANGUP) != 0);
	loop_watch_free(t.watch);
	close(slave);
	loop_free(t.loop);
}

static void test_paused_watch_is_quiet_until_set(void **state)
{
	struct turn t;
	int pair[2];

	(void)state;
	setup(&t);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	t.fd = pair[0];
	t.watch = loop_watch_new(t.loop, pair[0], 0, on_read, &t);
	assert_int_equal(write(pair[1], "ok", 2), 2);
	loop_run(t.loop); /* nothing to wait for: returns */
	assert_int_equal(t.calls, 0);
	loop_watch_set(t.watch, LOOP_READ);
	loop_run(t.loop);
	assert_int_equal(t.calls, 1);
	close(pair[0]);
	close(pair[1]);
	loop_free(t.loop);
}

static void on_timer(void *ctx)
{
	struct turn *t = ctx;

	t->calls++;
	t->called_at = clock_mono();
	loop_stop(t->loop);
}

static void test_timer_never_early_and_can_move(void **state)
{
	struct turn t;
	usec_t start = clock_mono();

	(void)state;
	setup(&t);
	t.timer = loop_timer_new(t.loop, on_timer, &t);
	loop_timer_at(t.timer, start + 10 * USEC_PER_SEC);
	loop_timer_at(t.timer, start + 5 * USEC_PER_MSEC);  /* earlier */
	loop_timer_at(t.timer, start + 20 * USEC_PER_MSEC); /* later again: the old wake-up is passed over */
	loop_run(t.loop);
	assert_int_equal(t.calls, 1);
	assert_true(t.called_at >= start + 20 * USEC_PER_MSEC);
	assert_true(t.called_at < start + 5 * USEC_PER_SEC);
	loop_timer_free(t.timer);
	loop_free(t.loop);
}

static void count_only(void *ctx)
{
	((struct turn *)ctx)->calls++;
}

static void test_stopped_timer_does_not_fire(void **state)
{
	struct turn t, other;
	struct loop_timer *end;

	(void)state;
	setup(&t);
	other = t;
	t.timer = loop_timer_new(t.loop, count_only, &t);
	loop_timer_at(t.timer, clock_mono() + USEC_PER_MSEC);
	loop_timer_at(t.timer, USEC_NEVER);
	end = loop_timer_new(t.loop, on_timer, &other);
	loop_timer_at(end, clock_mono() + 20 * USEC_PER_MSEC);
	loop_run(t.loop);
	assert_int_equal(t.calls, 0);
	assert_int_equal(other.calls, 1);
	loop_timer_free(t.timer);
	loop_timer_free(end);
	loop_free(t.loop);
}

static void do_work(void *ctx)
{
	((struct turn *)ctx)->work_done = 1;
}

static void work_over(void *ctx)
{
	struct turn *t = ctx;

	assert_int_equal(t->work_done, 1);
	t->calls++;
	loop_stop(t->loop);
}

static void test_work_is_done_and_told(void **state)
{
	struct turn t;

	(void)state;
	setup(&t);
	loop_work(t.loop, do_work, work_over, &t);
	loop_run(t.loop);
	assert_int_equal(t.calls, 1);
	t.work_done = 0;
	loop_work(t.loop, do_work, work_over, &t);
	loop_free(t.loop); /* waits for it */
	assert_int_equal(t.calls, 2);
}

static void on_signal(void *ctx, int signo)
{
	struct turn *t = ctx;

	t->calls = signo;
	loop_stop(t->loop);
}

static void raise_it(void *ctx)
{
	(void)ctx;
	raise(SIGUSR1);
}

static void test_signal_arrives_on_the_loop(void **state)
{
	struct turn t;

	(void)state;
	setup(&t);
	loop_signal(t.loop, SIGUSR1, on_signal, &t);
	t.timer = loop_timer_new(t.loop, raise_it, &t);
	loop_timer_at(t.timer, clock_mono() + USEC_PER_MSEC);
	loop_timer_at(t.timer, clock_mono() + USEC_PER_MSEC);
	struct loop_timer *guard = loop_timer_new(t.loop, count_only, &t);
	loop_timer_at(guard, clock_mono() + 10 * USEC_PER_SEC);
	loop_run(t.loop);
	assert_int_equal(t.calls, SIGUSR1);
	loop_timer_free(guard);
	loop_timer_free(t.timer);
	loop_free(t.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watch_reads_and_may_free_itself),
		cmocka_unit_test(test_hangup_of_a_pty_is_told),
		cmocka_unit_test(test_paused_watch_is_quiet_until_set),
		cmocka_unit_test(test_timer_never_early_and_can_move),
		cmocka_unit_test(test_stopped_timer_does_not_fire),
		cmocka_unit_test(test_work_is_done_and_told),
		cmocka_unit_test(test_signal_arrives_on_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
