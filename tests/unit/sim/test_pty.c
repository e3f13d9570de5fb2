/* SPDX-License-Identifier: Apache-2.0 */
/* The shell of platen-sim: wire pacing, options, and one printer on a real pseudo terminal. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/printer.h"

static void wire_paces(void **state)
{
	struct wire w = { .baud = 100000 }; /* 100 us a byte */

	(void)state;
	assert_true(wire_deadline(&w) == INT64_MAX);
	memcpy(wire_end(&w), "abc\nde", 6);
	wire_added(&w, 1000, 6);
	assert_int_equal(wire_due(&w, 1099), 0);
	assert_int_equal(wire_due(&w, 1100), 1);
	assert_int_equal(wire_due(&w, 1399), 3);
	assert_int_equal(wire_deadline(&w), 1400); /* the line's end */
	assert_int_equal(wire_due(&w, 1400), 4);
	wire_drop(&w, 4);
	assert_int_equal(wire_deadline(&w), 1600);
	assert_int_equal(wire_due(&w, 9999), 2);
	wire_drop(&w, 2);
	/* the line was never idle, so the next byte follows on */
	memcpy(wire_end(&w), "x", 1);
	wire_added(&w, 1550, 1);
	assert_int_equal(wire_due(&w, 1699), 0);
	assert_int_equal(wire_due(&w, 1700), 1);
}

static void wire_unpaced(void **state)
{
	struct wire w = { .baud = 0 };

	(void)state;
	memcpy(wire_end(&w), "abc", 3);
	wire_added(&w, 5, 3);
	assert_int_equal(wire_due(&w, 5), 3);
}

static void faults_by_name(void **state)
{
	struct sim_faults f = { .lose_ok_ppm = 1 };

	(void)state;
	assert_true(options_fault(&f, "lose_ok_ppm=500", 0) && f.lose_ok_ppm == 500);
	assert_true(options_fault(&f, "reset_at_line=+3", 10000) && f.reset_at_line == 10003);
	assert_true(options_fault(&f, "unplug_usec=250000", 7) && f.unplug_usec == 250000);
	assert_true(options_fault(&f, "homing_fails=1", 0) && f.homing_fails);
	assert_false(options_fault(&f, "lose_ok_ppm", 0));
	assert_false(options_fault(&f, "lose_ok_ppm=", 0));
	assert_false(options_fault(&f, "lose_ok_ppm=1000001", 0));
	assert_false(options_fault(&f, "lose_ok=1", 0));
	assert_false(options_fault(&f, "homing_fails=2", 0));
}

/* Words of a line as an argv; getopt wants them writable. */
static bool parse(const char *line, struct options *out)
{
	static char words[300];
	char *argv[32] = { NULL }, *rest = words;
	int argc = 0;

	snprintf(words, sizeof words, "platen-sim %s", line);
	while (rest && argc < 31)
		argv[argc++] = strsep(&rest, " ");
	optind = 1;
	return options_parse(argc, argv, out);
}

static void command_line(void **state)
{
	struct options o;

	(void)state;
	assert_true(parse("--name a --dialect 2.0 --speed 60 --baud 250000 --count 3 "
			  "--fault rx_drop_ppm=7",
			  &o));
	assert_true(o.conf.dialect == SIM_MARLIN_20 && o.conf.speed == 60 && o.count == 3);
	assert_true(o.baud == 250000 && !o.conf.flow_control && o.conf.faults.rx_drop_ppm == 7);
	assert_true(parse("--baud 250000 --flow-control --instant", &o));
	assert_true(o.conf.flow_control && o.conf.instant);
	assert_false(parse("--speed 0.5", &o));
	assert_false(parse("--dialect 3", &o));
	assert_false(parse("--fault what=1", &o));
	assert_false(parse("--name a/b", &o));
	assert_false(parse("stray", &o));
}

struct bench {
	char dir[64], link[128], transcript[128];
	struct printer p;
	int inotify;
	int64_t now; /* the test's own clock: virtual time on a real pty */
};

static void look(void *ctx)
{
	struct bench *b = ctx;
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t size;

	while ((size = read(b->inotify, bytes, sizeof bytes)) > 0)
		for (char *at = bytes; at < bytes + size;) {
			const struct inotify_event *ev = (const void *)at;

			if (ev->mask & IN_OPEN)
				printer_opened(&b->p, b->now);
			else if (ev->mask & IN_CLOSE)
				printer_closed(&b->p, b->now);
			at += sizeof *ev + ev->len;
		}
}

static void bench_start(struct bench *b, enum reset_on_open reset)
{
	struct options o = { .name = "t",
			     .count = 1,
			     .reset = reset,
			     .conf = {
				 .speed = 1, .dialect = SIM_MARLIN_21, .flow_control = true } };

	memset(b, 0, sizeof *b);
	snprintf(b->dir, sizeof b->dir, "/tmp/platen-sim-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->link, sizeof b->link, "%s/run/printer", b->dir);
	snprintf(b->transcript, sizeof b->transcript, "%s/transcript", b->dir);
	o.link = b->link;
	o.transcript = b->transcript;
	b->inotify = inotify_init1(IN_NONBLOCK);
	b->now = 1000000;
	assert_true(printer_start(&b->p, &o, 1, b->inotify));
	sim_close(b->p.sim, b->now);
}

static void bench_stop(struct bench *b)
{
	char path[128];
	struct stat st;

	printer_stop(&b->p, b->now);
	close(b->inotify);
	assert_true(lstat(b->link, &st) < 0);
	unlink(b->transcript);
	snprintf(path, sizeof path, "%s/run", b->dir);
	rmdir(path);
	assert_int_equal(rmdir(b->dir), 0);
}

/* Until the host has read `until`, or the printer has nothing more to say for half a second. */
static void host_reads(struct bench *b, int fd, char *out, size_t cap, const char *until)
{
	size_t size = 0;
	struct pollfd pfd[2] = { { .fd = fd, .events = POLLIN }, { .events = POLLIN } };

	out[0] = '\0';
	while (!strstr(out, until)) {
		b->p.readable = b->p.writable = true;
		printer_turn(&b->p, b->now, look, b);
		pfd[1].fd = b->p.port.master;
		assert_true(poll(pfd, 2, 500) > 0);
		if (pfd[0].revents & POLLIN) {
			ssize_t n = read(fd, out + size, cap - 1 - size);

			assert_true(n > 0);
			size += (size_t)n;
			out[size] = '\0';
		}
	}
}

static int host_opens(const struct bench *b)
{
	int fd = open(b->link, O_RDWR | O_NOCTTY);

	assert_true(fd >= 0);
	return fd;
}

static void host_says(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void read_file(const char *path, char *out, size_t cap)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, cap - 1, f);
	out[n] = '\0';
	fclose(f);
}

static void on_a_pty(void **state)
{
	struct bench b;
	char heard[4096];
	int fd;

	(void)state;
	bench_start(&b, RESET_NEVER);
	fd = host_opens(&b);
	host_says(fd, "M155 S1\n\x01M105\n");
	host_reads(&b, fd, heard, sizeof heard, "ok P15 B3\n");
	/* raw both ways: nothing echoed, nothing translated */
	assert_null(strstr(heard, "M155"));
	assert_null(strchr(heard, '\r'));
	close(fd);
	look(&b);
	/* what is said while nobody listens is not kept for the next one */
	b.now += 5000000;
	printer_turn(&b.p, b.now, look, &b);
	fd = host_opens(&b);
	host_says(fd, "M114\n");
	host_reads(&b, fd, heard, sizeof heard, "ok P15 B3\n");
	assert_memory_equal(heard, "X:0.00", 6);
	close(fd);
	read_file(b.transcript, heard, sizeof heard);
	assert_string_equal(heard, "1000000 - M155 S1\n1000000 - \\x01M105\n6000000 - M114\n");
	bench_stop(&b);
}

static void killed_then_opened(void **state)
{
	struct bench b;
	char heard[4096];
	int fd;

	(void)state;
	bench_start(&b, RESET_KILLED);
	fd = host_opens(&b);
	host_says(fd, "M112\n");
	host_reads(&b, fd, heard, sizeof heard, "//action:poweroff\n");
	close(fd);
	fd = host_opens(&b);
	look(&b);
	b.now += 1000000;
	host_reads(&b, fd, heard, sizeof heard, "prompt_end\n");
	assert_memory_equal(heard, "start\n", 6);
	close(fd);
	bench_stop(&b);
}

static void unplugged(void **state)
{
	struct bench b;
	char heard[4096], answer[STATE_SIZE], was[64];
	struct stat st;
	int fd;

	(void)state;
	bench_start(&b, RESET_NEVER);
	fd = host_opens(&b);
	snprintf(was, sizeof was, "%s", b.p.port.device);
	host_says(fd, "M110 N7\n");
	host_reads(&b, fd, heard, sizeof heard, "ok");
	assert_int_equal(printer_command(&b.p, b.now, "unplug 500", answer), 2);
	assert_true(printer_turn(&b.p, b.now, look, &b));
	assert_true(lstat(b.link, &st) < 0);
	assert_true(read(fd, heard, 1) <= 0);
	b.now += 500000;
	assert_true(printer_turn(&b.p, b.now, look, &b));
	close(fd);
	fd = host_opens(&b);
	host_says(fd, "N1999999999 M105*31\n");
	host_reads(&b, fd, heard, sizeof heard, "Last Line: 7\n"); /* the board had its own power */
	close(fd);
	bench_stop(&b);
}

static void control(void **state)
{
	struct bench b;
	char answer[STATE_SIZE];

	(void)state;
	bench_start(&b, RESET_NEVER);
	answer[printer_command(&b.p, b.now, "state", answer)] = '\0';
	assert_non_null(strstr(answer, "\"lastLine\":0,\"killed\":false"));
	printer_command(&b.p, b.now, "press pause", answer);
	assert_string_equal(answer, "ok");
	printer_command(&b.p, b.now, "fault lose_ok_ppm=5 dup_ok_ppm=6", answer);
	assert_string_equal(answer, "ok");
	assert_true(b.p.faults.lose_ok_ppm == 5 && b.p.faults.dup_ok_ppm == 6);
	printer_command(&b.p, b.now, "fault nonsense=1", answer);
	assert_string_equal(answer, "error: not understood");
	printer_command(&b.p, b.now, "press everything", answer);
	assert_string_equal(answer, "error: not understood");
	printer_command(&b.p, b.now, "reset", answer);
	assert_string_equal(answer, "ok");
	bench_stop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wire_paces),	  cmocka_unit_test(wire_unpaced),
		cmocka_unit_test(faults_by_name), cmocka_unit_test(command_line),
		cmocka_unit_test(on_a_pty),	  cmocka_unit_test(killed_then_opened),
		cmocka_unit_test(unplugged),	  cmocka_unit_test(control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
