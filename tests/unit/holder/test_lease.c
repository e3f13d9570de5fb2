/* SPDX-License-Identifier: Apache-2.0 */
/* To whom the ports are handed, whom the holder kills, what outlives the holder. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/packet.h"
#include "tests/unit/holder/world.h"

/* A spooler that is stopped still has its descriptor; it must be dead before the next one gets
 * it. */
static pid_t stale_spooler(struct world *w)
{
	int ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = world_spooler(w), port;

		world_hear(fd, "ready", NULL);
		port = world_open(w, fd);
		world_say(fd, "will " P1 "\n\nM104 S0\n");
		world_say(fd, "lease");
		world_hear(fd, "yours", NULL);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		raise(SIGSTOP);
		if (write(port, "STALE\n", 6) < 0)
			_exit(1);
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
	return pid;
}

static void hand_over_kills_the_stale_one(void **state)
{
	struct world w;
	int spooler, port, status;
	pid_t stale;

	(void)state;
	world_begin(&w, "10m");
	stale = stale_spooler(&w);
	spooler = world_spooler(&w);
	world_hear(spooler, "port " P1 " 0 /dev/pts/", &port);
	world_hear(spooler, "ready", NULL);
	assert_int_equal(kill(stale, 0), 0); /* a zombie of ours: dead before `port` came */
	assert_int_equal(waitpid(stale, &status, WNOHANG), stale);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(write(port, "M105\n", 5), 5);
	world_printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	world_end(&w);
}

/* The holder died and a new one knows nothing: the stale spooler is found by its lock. */
static void lock_finds_the_stale_one(void **state)
{
	struct world w;
	int ready[2], spooler, status;
	char c, path[160];
	pid_t stale;

	(void)state;
	world_begin(&w, "10m");
	close(world_dial(&w));
	assert_int_equal(pipe(ready), 0);
	snprintf(path, sizeof path, "%s/spooler.lock", w.dir);
	stale = fork();
	if (stale == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(path, O_RDWR);

		if (fd < 0 || fcntl(fd, F_SETLK, &lock) != 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	assert_int_equal(waitpid(stale, &status, 0), stale);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(spooler);
	world_end(&w);
}

static void same_spooler_may_come_again(void **state)
{
	struct world w;
	int first, second, port, copy;

	(void)state;
	world_begin(&w, "10m");
	first = world_spooler(&w);
	world_hear(first, "ready", NULL);
	port = world_open(&w, first);
	second = world_spooler(&w); /* the same process: not killed */
	world_hear(second, "port " P1 " 0 ", &copy);
	world_hear(second, "ready", NULL);
	close(copy);
	close(port);
	close(first);
	close(second);
	world_end(&w);
}

static void exec_keeps_everything(void **state)
{
	struct world w;
	int spooler, port, copy;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	world_say(spooler, "will " P1 "\n\nM104 S0\n");
	world_say(spooler, "alias default:o1 " P1);
	world_say(spooler, "lease");
	world_hear(spooler, "yours", NULL);
	assert_int_equal(kill(w.holder, SIGHUP), 0);
	world_stop(&w, "stop r1 default:o2 u1", "unknown"); /* it answers again */
	assert_false(world_readable(w.master, 50));              /* nothing was closed or written */
	world_say(spooler, "lease");                             /* the old connection lives on */
	world_hear(spooler, "yours", NULL);
	close(port);
	close(spooler);
	spooler = world_spooler(&w);
	world_hear(spooler, "port " P1 " 0 ", &copy);
	world_hear(spooler, "ready", NULL);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	world_printer_reads(&w, "\nM104 S0\n");
	waitpid(w.holder, NULL, 0);
	w.holder = 0;
	close(copy);
	close(spooler);
	world_end(&w);
}

static void next_holder_is_given_the_ports(void **state)
{
	struct world w;
	char text[256];
	int spooler, port, other;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	kill(w.holder, SIGKILL);
	waitpid(w.holder, NULL, 0);
	world_hear_end(spooler);
	close(spooler);
	w.holder = world_holder(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	snprintf(text, sizeof text, "give " P1 " 115200 0 %s", w.device);
	assert_true(packet_send(spooler, text, strlen(text), port) > 0);
	world_say(spooler, "will " P1 "\n\nM140 S0\n");
	world_say(spooler, "lease");
	world_hear(spooler, "yours", NULL);
	close(port); /* the holder's copy is the only one now */
	world_stop(&w, "stop r1 " P1 " u1", "written");
	world_printer_reads(&w, "\nM112\n");
	world_hear(spooler, "stopped " P1, NULL);
	other = world_spooler(&w);
	world_hear(other, "port " P1 " 1 ", &port);
	close(port);
	close(other);
	close(spooler);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hand_over_kills_the_stale_one),
		cmocka_unit_test(lock_finds_the_stale_one),
		cmocka_unit_test(same_spooler_may_come_again),
		cmocka_unit_test(exec_keeps_everything),
		cmocka_unit_test(next_holder_is_given_the_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
