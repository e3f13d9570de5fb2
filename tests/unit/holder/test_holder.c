/* SPDX-License-Identifier: Apache-2.0 */
/* The real program with real ptys: what it opens, to whom it hands over, whom it kills, what it
 * writes. PLATEN_HOLDER names the program (default: ./platen-holder of the build folder). */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "run/packet.h"

#define P1 "11111111-1111-4111-8111-111111111111"

struct world {
	char dir[64], sock[128];
	pid_t holder;
	int master;
	char device[64];
};

static pid_t start_holder(struct world *w, const char *patience)
{
	const char *program = getenv("PLATEN_HOLDER");
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("PLATEN_RUN_DIR", w->dir, 1);
		setenv("PLATEN_HOLDER_PATIENCE", patience, 1);
		execl(program != NULL ? program : "./platen-holder", "platen-holder", (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int dial(struct world *w)
{
	usec_t deadline = clock_mono() + 10 * USEC_PER_SEC;
	int fd;

	do {
		fd = packet_connect(w->sock);
		if (fd < 0)
			poll(NULL, 0, 5);
	} while (fd < 0 && clock_mono() < deadline);
	assert_true(fd >= 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(packet_send(fd, text, strlen(text), -1), (int)strlen(text));
}

static bool readable(int fd, int msec)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, msec) == 1;
}

static void hear(int fd, const char *want, int *passed)
{
	char text[PACKET_MAX];
	int got = -1;

	if (!readable(fd, 10000))
		fail_msg("waited in vain for '%s'", want);
	if (packet_recv(fd, text, sizeof text, &got) <= 0)
		fail_msg("instead of '%s' the connection ended", want);
	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("instead of '%s': '%s'", want, text);
	assert_true((passed != NULL) == (got >= 0));
	if (passed != NULL)
		*passed = got;
}

static void hear_end(int fd)
{
	char text[PACKET_MAX];

	assert_true(readable(fd, 10000));
	assert_true(packet_recv(fd, text, sizeof text, NULL) <= 0);
}

static void printer_reads(struct world *w, const char *want)
{
	char got[256] = "";
	size_t len = 0;

	while (len < strlen(want)) {
		ssize_t n;

		if (!readable(w->master, 10000))
			fail_msg("the printer got '%s', not '%s'", got, want);
		n = read(w->master, got + len, sizeof got - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
		got[len] = '\0';
	}
	assert_string_equal(got, want);
}

static void setup_world(struct world *w, const char *patience)
{
	int slave;

	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "/tmp/holder-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->sock, sizeof w->sock, "%s/holder.sock", w->dir);
	assert_int_equal(openpty(&w->master, &slave, w->device, NULL, NULL), 0);
	assert_int_equal(fcntl(w->master, F_SETFD, FD_CLOEXEC), 0);
	close(slave);
	w->holder = start_holder(w, patience);
}

static void end_world(struct world *w)
{
	static const char *const names[] = { "holder.sock", "holder.lock", "spooler.lock", "holder.pid" };
	char path[128];

	if (w->holder > 0) {
		kill(w->holder, SIGKILL);
		waitpid(w->holder, NULL, 0);
	}
	close(w->master);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", w->dir, names[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(w->dir), 0);
}

static int open_first(struct world *w, int spooler)
{
	char text[256];
	int port;

	snprintf(text, sizeof text, "open " P1 " 115200 %s", w->device);
	say(spooler, text);
	hear(spooler, "opened " P1, &port);
	return port;
}

static int new_spooler(struct world *w)
{
	int fd = dial(w);

	say(fd, "hello");
	return fd;
}

static void test_opens_raw_and_both_ways(void **state)
{
	struct world w;
	struct termios t;
	int spooler, port;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	assert_int_equal(tcgetattr(port, &t), 0);
	assert_int_equal(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(t.c_oflag & OPOST, 0);
	assert_int_equal(t.c_cflag & HUPCL, 0);
	assert_int_equal(write(port, "M105\n", 5), 5);
	printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	end_world(&w);
}

static void refused(int spooler, const char *message)
{
	say(spooler, message);
	hear(spooler, "refused " P1, NULL);
}

static void test_refuses_other_places(void **state)
{
	struct world w;
	char link[160], text[256];
	int spooler;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	refused(spooler, "open " P1 " 115200 /etc/passwd");
	refused(spooler, "open " P1 " 115200 /dev/null");
	refused(spooler, "open " P1 " 115200 /dev/../etc/passwd");
	refused(spooler, "open " P1 " 115200 /dev/no-such-device");
	refused(spooler, "open " P1 " 115200 tcp:not.a.number:23");
	snprintf(link, sizeof link, "%s/printer", w.dir);
	assert_int_equal(symlink(w.device, link), 0);
	snprintf(text, sizeof text, "open " P1 " 115200 %s", link); /* not a configured prefix */
	refused(spooler, text);
	unlink(link);
	close(spooler);
	end_world(&w);
}

static void test_two_cannot_have_one_device(void **state)
{
	struct world w;
	char text[256];
	int spooler, port;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	snprintf(text, sizeof text, "open 22222222-2222-4222-8222-222222222222 115200 %s", w.device);
	say(spooler, text);
	hear(spooler, "refused 22222222-2222-4222-8222-222222222222", NULL);
	close(port);
	close(spooler);
	end_world(&w);
}

/* A spooler that is stopped still has its descriptor; it must be dead before the next one gets it. */
static pid_t stale_spooler(struct world *w)
{
	int ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		int fd = new_spooler(w), port;

		hear(fd, "ready", NULL);
		port = open_first(w, fd);
		say(fd, "will " P1 "\n\nM104 S0\n");
		say(fd, "lease");
		hear(fd, "yours", NULL);
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

static void test_hand_over_kills_the_stale_one(void **state)
{
	struct world w;
	int spooler, port, status;
	pid_t stale;

	(void)state;
	setup_world(&w, "10m");
	stale = stale_spooler(&w);
	spooler = new_spooler(&w);
	hear(spooler, "port " P1 " 0 /dev/pts/", &port);
	hear(spooler, "ready", NULL);
	assert_int_equal(kill(stale, 0), 0); /* a zombie of ours: dead before `port` came */
	assert_int_equal(waitpid(stale, &status, WNOHANG), stale);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(write(port, "M105\n", 5), 5);
	printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	end_world(&w);
}

/* The holder died and a new one knows nothing: the stale spooler is found by its lock. */
static void test_lock_finds_the_stale_one(void **state)
{
	struct world w;
	int ready[2], spooler, status;
	char c, path[160];
	pid_t stale;

	(void)state;
	setup_world(&w, "10m");
	close(dial(&w));
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
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	assert_int_equal(waitpid(stale, &status, 0), stale);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(spooler);
	end_world(&w);
}

static void test_same_spooler_may_come_again(void **state)
{
	struct world w;
	int first, second, port, copy;

	(void)state;
	setup_world(&w, "10m");
	first = new_spooler(&w);
	hear(first, "ready", NULL);
	port = open_first(&w, first);
	second = new_spooler(&w); /* the same process: not killed */
	hear(second, "port " P1 " 0 ", &copy);
	hear(second, "ready", NULL);
	close(copy);
	close(port);
	close(first);
	close(second);
	end_world(&w);
}

static void test_will_on_sigterm(void **state)
{
	struct world w;
	int spooler, port, status;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	say(spooler, "will " P1 "\n\nM104 S0\nM140 S0\n");
	say(spooler, "lease");
	hear(spooler, "yours", NULL);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	printer_reads(&w, "\nM104 S0\nM140 S0\n");
	hear(spooler, "willed " P1, NULL);
	assert_int_equal(waitpid(w.holder, &status, 0), w.holder);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	w.holder = 0;
	close(port);
	close(spooler);
	end_world(&w);
}

/* An unplugged printer refuses every byte, yet looks writable: the holder ends all the same. */
static void test_will_to_nobody(void **state)
{
	struct world w;
	int spooler, port, status;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	say(spooler, "will " P1 "\n\nM104 S0\n");
	say(spooler, "lease");
	hear(spooler, "yours", NULL);
	close(w.master);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	hear_end(spooler);
	assert_int_equal(waitpid(w.holder, &status, 0), w.holder);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	w.holder = 0;
	w.master = -1;
	close(port);
	close(spooler);
	end_world(&w);
}

static void test_will_when_no_spooler_comes(void **state)
{
	struct world w;
	int spooler, port;

	(void)state;
	setup_world(&w, "200ms");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	say(spooler, "will " P1 "\n\nM104 S0\n");
	assert_false(readable(w.master, 400)); /* while it is there: nothing */
	close(spooler);
	printer_reads(&w, "\nM104 S0\n");
	close(port);
	spooler = new_spooler(&w);
	hear(spooler, "port " P1 " 1 ", &port); /* and the next one is told so */
	hear(spooler, "ready", NULL);
	close(port);
	close(spooler);
	end_world(&w);
}

static void stop_says(struct world *w, const char *message, const char *want)
{
	int fd = dial(w);

	say(fd, message);
	hear(fd, want, NULL);
	close(fd);
}

static void test_stop(void **state)
{
	struct world w;
	int spooler, port;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	stop_says(&w, "stop r1 " P1 " u1", "unknown");
	say(spooler, "alias default:o1 " P1);
	say(spooler, "open " P1 " 115200 /dev/no-such-device");
	hear(spooler, "refused " P1, NULL);
	stop_says(&w, "stop r1 default:o1 u1", "offline");
	port = open_first(&w, spooler);
	stop_says(&w, "stop r2 default:o1 u1", "written");
	printer_reads(&w, "\nM112\n");
	hear(spooler, "stopped " P1 " r2 u1", NULL);
	stop_says(&w, "stop r3 default:o2 u1", "unknown");
	close(port);
	close(spooler);
	end_world(&w);
}

static void test_stop_into_a_full_port(void **state)
{
	struct world w;
	int spooler, port;
	char junk[4096], got[65536], *found = NULL;
	size_t len = 0;

	(void)state;
	memset(junk, 'G', sizeof junk);
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	while (write(port, junk, sizeof junk) > 0)
		;
	stop_says(&w, "stop r2 " P1 " u1", "written");
	while (found == NULL && len < sizeof got - 1 && readable(w.master, 1000)) {
		ssize_t n = read(w.master, got + len, sizeof got - 1 - len);

		assert_true(n > 0);
		len += (size_t)n;
		got[len] = '\0';
		found = strstr(got, "\nM112\n");
	}
	assert_non_null(found);
	close(port);
	close(spooler);
	end_world(&w);
}

static void test_reset_of_a_pty_closes_and_opens(void **state)
{
	struct world w;
	struct pollfd p;
	int spooler, port;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	close(port);
	p = (struct pollfd){ .fd = w.master, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 0), 0); /* the holder still has it open */
	say(spooler, "reset " P1);
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_true((p.revents & POLLHUP) != 0);
	hear(spooler, "opened " P1, &port);
	assert_int_equal(write(port, "M105\n", 5), 5);
	printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	end_world(&w);
}

static void test_exec_keeps_everything(void **state)
{
	struct world w;
	int spooler, port, copy;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	say(spooler, "will " P1 "\n\nM104 S0\n");
	say(spooler, "alias default:o1 " P1);
	say(spooler, "lease");
	hear(spooler, "yours", NULL);
	assert_int_equal(kill(w.holder, SIGHUP), 0);
	stop_says(&w, "stop r1 default:o2 u1", "unknown"); /* it answers again */
	assert_false(readable(w.master, 50));              /* nothing was closed or written */
	say(spooler, "lease");                             /* the old connection lives on */
	hear(spooler, "yours", NULL);
	close(port);
	close(spooler);
	spooler = new_spooler(&w);
	hear(spooler, "port " P1 " 0 ", &copy);
	hear(spooler, "ready", NULL);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	printer_reads(&w, "\nM104 S0\n");
	waitpid(w.holder, NULL, 0);
	w.holder = 0;
	close(copy);
	close(spooler);
	end_world(&w);
}

static void test_next_holder_is_given_the_ports(void **state)
{
	struct world w;
	char text[256];
	int spooler, port, other;

	(void)state;
	setup_world(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	port = open_first(&w, spooler);
	kill(w.holder, SIGKILL);
	waitpid(w.holder, NULL, 0);
	hear_end(spooler);
	close(spooler);
	w.holder = start_holder(&w, "10m");
	spooler = new_spooler(&w);
	hear(spooler, "ready", NULL);
	snprintf(text, sizeof text, "give " P1 " 115200 0 %s", w.device);
	assert_true(packet_send(spooler, text, strlen(text), port) > 0);
	say(spooler, "will " P1 "\n\nM140 S0\n");
	say(spooler, "lease");
	hear(spooler, "yours", NULL);
	close(port); /* the holder's copy is the only one now */
	stop_says(&w, "stop r1 " P1 " u1", "written");
	printer_reads(&w, "\nM112\n");
	hear(spooler, "stopped " P1, NULL);
	other = new_spooler(&w);
	hear(other, "port " P1 " 1 ", &port);
	close(port);
	close(other);
	close(spooler);
	end_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_raw_and_both_ways),
		cmocka_unit_test(test_refuses_other_places),
		cmocka_unit_test(test_two_cannot_have_one_device),
		cmocka_unit_test(test_hand_over_kills_the_stale_one),
		cmocka_unit_test(test_lock_finds_the_stale_one),
		cmocka_unit_test(test_same_spooler_may_come_again),
		cmocka_unit_test(test_will_on_sigterm),
		cmocka_unit_test(test_will_to_nobody),
		cmocka_unit_test(test_will_when_no_spooler_comes),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_into_a_full_port),
		cmocka_unit_test(test_reset_of_a_pty_closes_and_opens),
		cmocka_unit_test(test_exec_keeps_everything),
		cmocka_unit_test(test_next_holder_is_given_the_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
