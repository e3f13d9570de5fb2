/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/packet.h"
#include "tests/unit/holder/world.h"

pid_t world_holder(struct world *w, const char *patience)
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

int world_dial(struct world *w)
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

void world_say(int fd, const char *text)
{
	assert_int_equal(packet_send(fd, text, strlen(text), -1), (int)strlen(text));
}

bool world_readable(int fd, int msec)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, msec) == 1;
}

void world_hear(int fd, const char *want, int *passed)
{
	char text[PACKET_MAX];
	int got = -1;

	if (!world_readable(fd, 10000))
		fail_msg("waited in vain for '%s'", want);
	if (packet_recv(fd, text, sizeof text, &got) <= 0)
		fail_msg("instead of '%s' the connection ended", want);
	if (strncmp(text, want, strlen(want)) != 0)
		fail_msg("instead of '%s': '%s'", want, text);
	assert_true((passed != NULL) == (got >= 0));
	if (passed != NULL)
		*passed = got;
}

void world_hear_end(int fd)
{
	char text[PACKET_MAX];

	assert_true(world_readable(fd, 10000));
	assert_true(packet_recv(fd, text, sizeof text, NULL) <= 0);
}

void world_printer_reads(struct world *w, const char *want)
{
	char got[256] = "";
	size_t len = 0;

	while (len < strlen(want)) {
		ssize_t n;

		if (!world_readable(w->master, 10000))
			fail_msg("the printer got '%s', not '%s'", got, want);
		n = read(w->master, got + len, sizeof got - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
		got[len] = '\0';
	}
	assert_string_equal(got, want);
}

void world_begin(struct world *w, const char *patience)
{
	int slave;

	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "/tmp/holder-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->sock, sizeof w->sock, "%s/holder.sock", w->dir);
	assert_int_equal(openpty(&w->master, &slave, w->device, NULL, NULL), 0);
	assert_int_equal(fcntl(w->master, F_SETFD, FD_CLOEXEC), 0);
	close(slave);
	w->holder = world_holder(w, patience);
}

void world_end(struct world *w)
{
	static const char *const names[] = { "holder.sock", "holder.lock", "spooler.lock",
		"holder.pid" };
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

int world_open(struct world *w, int spooler)
{
	char text[256];
	int port;

	snprintf(text, sizeof text, "open " P1 " 115200 %s", w->device);
	world_say(spooler, text);
	world_hear(spooler, "opened " P1, &port);
	return port;
}

int world_spooler(struct world *w)
{
	int fd = world_dial(w);

	world_say(fd, "hello");
	return fd;
}

void world_stop(struct world *w, const char *message, const char *want)
{
	int fd = world_dial(w);

	world_say(fd, message);
	world_hear(fd, want, NULL);
	close(fd);
}
