/* SPDX-License-Identifier: Apache-2.0 */
/* talk - a conversation with a simulated board in virtual time, for the tests of sim/.
 *
 * Owns:     the board and everything heard until talk_end().
 * Units:    seconds where a test waits. Errors: a failed expectation fails the test. */
#ifndef PLATEN_TESTS_UNIT_SIM_TALK_H
#define PLATEN_TESTS_UNIT_SIM_TALK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/sim.h"

struct talk {
	struct sim *sim;
	int64_t now;
	char heard[65536]; /* since the last expectation */
	size_t size;
	char record[131072]; /* transcript: "<number or -> <command>" lines, notes as "# ..." */
	size_t recorded;
};

struct talk *talk_begin(enum sim_dialect dialect);
struct talk *talk_with(const struct sim_conf *conf);
void talk_end(struct talk *t);
void talk_say(struct talk *t, const char *text);	       /* bytes as they are */
void talk_number(struct talk *t, long n, const char *command); /* with N, checksum, LF */
void talk_wait(struct talk *t, double seconds);
void talk_hears(struct talk *t, const char *exactly); /* and forgets */
void talk_has(struct talk *t, const char *part);
void talk_has_not(struct talk *t, const char *part);
unsigned talk_count(const struct talk *t, const char *part);
void talk_forget(struct talk *t);
void talk_recorded(const struct talk *t, const char *exactly);
struct sim_state talk_state(const struct talk *t);

#endif
