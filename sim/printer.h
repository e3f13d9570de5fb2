/* SPDX-License-Identifier: Apache-2.0 */
/* printer - one simulated printer on its pty: core, port, wire, record joined.
 *
 * Purpose:  printer_turn() moves what can be moved at `now`; the loop calls it when the master
 *           is ready, at printer_deadline(), and after a control message.
 * Owns:     its core, port, record and the texts of its paths.
 * Units:    usec of the monotonic clock.
 * Errors:   false at the start, explained on standard error. Blocking: never. */
#ifndef PLATEN_SIM_PRINTER_H
#define PLATEN_SIM_PRINTER_H

#include "sim/options.h"
#include "sim/port.h"
#include "sim/record.h"
#include "sim/wire.h"

struct printer {
	char name[64];
	char link[PATH_MAX], transcript[PATH_MAX], state[PATH_MAX], control[PATH_MAX];
	struct sim_faults faults;
	enum reset_on_open reset;
	struct sim *sim;
	struct port port;
	struct wire rx, tx;
	struct record record;
	bool readable, writable; /* edge-triggered: true until a call says "would block" */
	bool stuffed;		 /* the core's receive buffer is full */
	unsigned opens;		 /* hosts that have the port open */
	int64_t state_at;	 /* next writing of the state; INT64_MAX never */
	int inotify;
};

/* index counts from 1; with several printers names and paths get "-index". */
bool printer_start(struct printer *p, const struct options *o, unsigned index, int inotify);
void printer_stop(struct printer *p, int64_t now);
/* True: the port is another one than before (unplugged or plugged); watch its master anew. */
bool printer_turn(struct printer *p, int64_t now, void (*look)(void *ctx), void *ctx);
void printer_opened(struct printer *p, int64_t now);
void printer_closed(struct printer *p, int64_t now);
int64_t printer_deadline(const struct printer *p);
/* A message of the control socket; the answer is text of at most STATE_SIZE bytes. */
size_t printer_command(struct printer *p, int64_t now, const char *text, char out[STATE_SIZE]);

#endif
