/* SPDX-License-Identifier: Apache-2.0 */
/* When the last will is written, and to whom. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/holder/world.h"

static void will_on_sigterm(void **state)
{
	struct world w;
	int spooler, port, status;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	world_say(spooler, "will " P1 "\n\nM104 S0\nM140 S0\n");
	world_say(spooler, "lease");
	world_hear(spooler, "yours", NULL);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	world_printer_reads(&w, "\nM104 S0\nM140 S0\n");
	world_hear(spooler, "willed " P1, NULL);
	assert_int_equal(waitpid(w.holder, &status, 0), w.holder);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	w.holder = 0;
	close(port);
	close(spooler);
	world_end(&w);
}

/* An unplugged printer refuses every byte, yet looks writable: the holder ends all the same. */
static void will_to_nobody(void **state)
{
	struct world w;
	int spooler, port, status;

	(void)state;
	world_begin(&w, "10m");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	world_say(spooler, "will " P1 "\n\nM104 S0\n");
	world_say(spooler, "lease");
	world_hear(spooler, "yours", NULL);
	close(w.master);
	assert_int_equal(kill(w.holder, SIGTERM), 0);
	world_hear_end(spooler);
	assert_int_equal(waitpid(w.holder, &status, 0), w.holder);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	w.holder = 0;
	w.master = -1;
	close(port);
	close(spooler);
	world_end(&w);
}

static void will_when_no_spooler_comes(void **state)
{
	struct world w;
	int spooler, port;

	(void)state;
	world_begin(&w, "200ms");
	spooler = world_spooler(&w);
	world_hear(spooler, "ready", NULL);
	port = world_open(&w, spooler);
	world_say(spooler, "will " P1 "\n\nM104 S0\n");
	assert_false(world_readable(w.master, 400)); /* while it is there: nothing */
	close(spooler);
	world_printer_reads(&w, "\nM104 S0\n");
	close(port);
	spooler = world_spooler(&w);
	world_hear(spooler, "port " P1 " 1 ", &port); /* and the next one is told so */
	world_hear(spooler, "ready", NULL);
	close(port);
	close(spooler);
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(will_on_sigterm),
		cmocka_unit_test(will_to_nobody),
		cmocka_unit_test(will_when_no_spooler_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
