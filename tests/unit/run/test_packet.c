/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/packet.h"

struct pair {
	char path[64];
	int listener, client, server;
};

static void connect_pair(struct pair *p)
{
	snprintf(p->path, sizeof p->path, "/tmp/packet-test-%ld", (long)getpid());
	p->listener = packet_listen(p->path);
	assert_true(p->listener >= 0);
	p->client = packet_connect(p->path);
	assert_true(p->client >= 0);
	p->server = packet_accept(p->listener);
	assert_true(p->server >= 0);
}

static void close_pair(struct pair *p)
{
	if (p->client >= 0)
		close(p->client);
	close(p->server);
	close(p->listener);
	unlink(p->path);
}

static void test_messages_keep_their_bounds(void **state)
{
	struct pair p;
	struct stat st;
	char text[PACKET_MAX];

	(void)state;
	connect_pair(&p);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(packet_recv(p.server, text, sizeof text, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(packet_send(p.client, "one", 3, -1), 3);
	assert_int_equal(packet_send(p.client, "two three", 9, -1), 9);
	assert_int_equal(packet_recv(p.server, text, sizeof text, NULL), 3);
	assert_string_equal(text, "one");
	assert_int_equal(packet_recv(p.server, text, 9, NULL), -1); /* no room for the NUL */
	assert_int_equal(errno, EMSGSIZE);
	close(p.client);
	p.client = -1;
	assert_int_equal(packet_recv(p.server, text, sizeof text, NULL), 0);
	close_pair(&p);
}

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_a_descriptor_travels(void **state)
{
	struct pair p;
	int pipes[2], got, before;
	char text[16], c;

	(void)state;
	connect_pair(&p);
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(packet_send(p.client, "take", 4, pipes[0]), 4);
	assert_int_equal(packet_recv(p.server, text, sizeof text, &got), 4);
	assert_true(got >= 0 && got != pipes[0]);
	assert_true((fcntl(got, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	assert_int_equal(read(got, &c, 1), 1);
	close(got);
	before = open_fds();
	assert_int_equal(packet_send(p.client, "take", 4, pipes[0]), 4);
	assert_int_equal(packet_recv(p.server, text, sizeof text, NULL), 4); /* not wanted: closed */
	assert_int_equal(open_fds(), before);
	assert_int_equal(packet_send(p.client, "much too long a text", 20, pipes[0]), 20);
	assert_int_equal(packet_recv(p.server, text, sizeof text, &got), -1);
	assert_int_equal(got, -1);
	assert_int_equal(open_fds(), before);
	close(pipes[0]);
	close(pipes[1]);
	close_pair(&p);
}

static void test_nobody_there(void **state)
{
	char name[200];

	(void)state;
	assert_int_equal(packet_connect("/tmp/no-such-socket-here"), -1);
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(packet_listen(name), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_keep_their_bounds),
		cmocka_unit_test(test_a_descriptor_travels),
		cmocka_unit_test(test_nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
