/* SPDX-License-Identifier: Apache-2.0 */
/* platen-sim - simulated printers on pseudo terminals, for the demo and for tests.
 *
 * Does:     runs one or more simulated Marlin boards (sim.h) in real time, each behind a pty with
 *           a lasting link, as if it were a serial port; keeps the transcript of what was
 *           executed, which is the judge in every test of streaming.
 * Woken by: bytes of a host, the boards' deadlines, hosts opening and closing (inotify), control
 *           messages, signals.
 * Trusts:   whoever may open its ptys and its control sockets; listens on no network.
 * Touches:  the link, transcript, state and control paths it was given.
 * Stops:    SIGTERM or SIGINT: links and control sockets are removed, the state is written, exit
 *           0. The boards' heaters and all end with it. */
#include "config.h"

#include "sim/house.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t blocked, waiting;
	struct options options;
	struct house house;
	bool started;

	if (!options_parse(argc, argv, &options)) {
		fprintf(stderr, "platen-sim: see --help\n");
		return 2;
	}
	if (options.help || options.version) {
		if (options.help)
			options_usage();
		else
			printf("platen-sim %s\n", PACKAGE_VERSION);
		return 0;
	}
	/* Signals come only while waiting, so that none is lost between check and wait. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
	started = house_start(&house, &options);
	if (started)
		house_run(&house, &waiting, &stop);
	house_stop(&house);
	return started ? 0 : 1;
}
