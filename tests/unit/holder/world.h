/* SPDX-License-Identifier: Apache-2.0 */
/* world - the real platen-holder in a folder of its own, one pty as its printer.
 *
 * Owns:     the folder, the holder's process, the pty's master side.
 * Errors:   fail the test. PLATEN_HOLDER names the program (default: ./platen-holder).
 * Blocking: waits up to 10 s for what must come. */
#ifndef PLATEN_TESTS_HOLDER_WORLD_H
#define PLATEN_TESTS_HOLDER_WORLD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"

#define P1 "11111111-1111-4111-8111-111111111111"

struct world {
	char dir[64], sock[128];
	pid_t holder;
	int master;
	char device[64];
};

void world_begin(struct world *w, const char *patience); /* patience: holder.patience */
void world_end(struct world *w);
pid_t world_holder(struct world *w, const char *patience); /* one more holder */

int world_dial(struct world *w);
int world_spooler(struct world *w);          /* dials and says hello */
int world_open(struct world *w, int spooler); /* P1 on the pty; its descriptor */
void world_stop(struct world *w, const char *message, const char *want);

void world_say(int fd, const char *text);
/* The next message begins with `want`; passed NULL: no descriptor comes with it. */
void world_hear(int fd, const char *want, int *passed);
void world_hear_end(int fd);
bool world_readable(int fd, int msec);
void world_printer_reads(struct world *w, const char *want);

#endif
