/* SPDX-License-Identifier: Apache-2.0 */
/* What it opens and refuses; emergency stops; a reset without modem lines. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tests/unit/holder/world.h"

static void opens_raw_and_both_ways(void **state)
{
	struct world w;
	struct termios t;
	int spooler, port;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	assert_int_equal(tcgetattr(port, &t), 0);
	assert_int_equal(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(t.c_oflag & OPOST, 0);
	assert_int_equal(t.c_cflag & HUPCL, 0);
	assert_int_equal(write(port, "M105\n", 5), 5);
	world_printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	world_end(&w);
}

static void refused(int spooler, const char *message)
{
	world_say(spooler, message);
	world_hear(spooler, "refused " P1, NULL);
}

static void refuses_other_places(void **state)
{
	struct world w;
	char link[160], text[256];
	int spooler;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
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
	world_end(&w);
}

static void two_cannot_have_one_device(void **state)
{
	struct world w;
	char text[256];
	int spooler, port;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	snprintf(text, sizeof text, "open 22222222-2222-4222-8222-222222222222 115200 %s", w.device);
	world_say(spooler, text);
	world_hear(spooler, "refused 22222222-2222-4222-8222-222222222222", NULL);
	close(port);
	close(spooler);
	world_end(&w);
}

static void stop(void **state)
{
	struct world w;
	int spooler, port;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	world_stop(&w, "stop r1 " P1 " u1", "unknown");
	world_say(spooler, "alias default:o1 " P1);
	world_say(spooler, "open " P1 " 115200 /dev/no-such-device");
	world_hear(spooler, "refused " P1, NULL);
	world_stop(&w, "stop r1 default:o1 u1", "offline");
	port = world_open(&w, spooler);
	world_stop(&w, "stop r2 default:o1 u1", "written");
	world_printer_reads(&w, "\nM112\n");
	world_hear(spooler, "stopped " P1 " r2 u1", NULL);
	world_stop(&w, "stop r3 default:o2 u1", "unknown");
	close(port);
	close(spooler);
	world_end(&w);
}

static void stop_into_a_full_port(void **state)
{
	struct world w;
	int spooler, port;
	char junk[4096], got[65536], *found = NULL;
	size_t len = 0;

	(void)state;
	memset(junk, 'G', sizeof junk);
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	while (write(port, junk, sizeof junk) > 0)
		;
	world_stop(&w, "stop r2 " P1 " u1", "written");
	while (found == NULL && len < sizeof got - 1 && world_readable(w.master, 1000)) {
		ssize_t n = read(w.master, got + len, sizeof got - 1 - len);

		assert_true(n > 0);
		len += (size_t)n;
		got[len] = '\0';
		found = strstr(got, "\nM112\n");
	}
	assert_non_null(found);
	close(port);
	close(spooler);
	world_end(&w);
}

static void reset_of_a_pty_closes_and_opens(void **state)
{
	struct world w;
	struct pollfd p;
	int spooler, port;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	close(port);
	p = (struct pollfd){ .fd = w.master, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 0), 0); /* the holder still has it open */
	world_say(spooler, "reset " P1);
	assert_int_equal(poll(&p, 1, 5000), 1);
	assert_true((p.revents & POLLHUP) != 0);
	world_hear(spooler, "opened " P1, &port);
	assert_int_equal(write(port, "M105\n", 5), 5);
	world_printer_reads(&w, "M105\n");
	close(port);
	close(spooler);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_raw_and_both_ways),
		cmocka_unit_test(refuses_other_places),
		cmocka_unit_test(two_cannot_have_one_device),
		cmocka_unit_test(stop),
		cmocka_unit_test(stop_into_a_full_port),
		cmocka_unit_test(reset_of_a_pty_closes_and_opens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
