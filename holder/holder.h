/* SPDX-License-Identifier: Apache-2.0 */
/* holder - the port holder's inside: clients, the one spooler, keeping all of it over an exec.
 *
 * Owns:     its clients and ports.
 * Errors:   logged; a client that breaks the protocol is closed.
 * Blocking: never, but for open(2) and at most 200 ms per port for a will. */
#ifndef PLATEN_HOLDER_HOLDER_H
#define PLATEN_HOLDER_HOLDER_H

#include <sys/types.h>

#include "holder/ports.h"
#include "run/loop.h"

struct client {
	struct holder *h;
	int fd;
	pid_t pid;
	struct loop_watch *watch;
	size_t next_port; /* hand-over: index of the next `port` message; SIZE_MAX: none under way */
	struct client *next;
};

struct holder {
	struct loop *loop;
	int listener;
	int own_lock; /* run.dir/holder.lock: one holder */
	int lock_fd;  /* run.dir/spooler.lock, locked by the living spooler */
	struct loop_watch *accepting;
	struct loop_timer *timer;
	struct client *clients;
	struct dial *dials; /* TCP connections under way */
	struct ports ports;
	struct client *spooler; /* whom the ports are lent to; NULL: gone */
	struct client *heir;    /* said hello and waits until the one before is dead */
	int old_pidfd;          /* the process of the last spooler; -1: none */
	pid_t old_pid;
	struct loop_watch *dying;
	usec_t patience, absent_since; /* USEC_NEVER: there is a spooler, or nothing to guard */
	char prefixes[1024];
};

void serve_start(struct holder *h); /* the listener is open; h->spooler may be set already */
void serve_stop(struct holder *h);
void serve_arm(struct holder *h); /* after a change of absent_since */
struct client *serve_client(struct holder *h, int fd); /* a connection kept over the exec */
void serve_wills(struct holder *h, bool tell); /* write all wills; tell the spooler */

void lease_claim(struct holder *h, struct client *c); /* hello */
void lease_lost(struct holder *h, struct client *c);  /* the connection has gone */
void lease_granted(struct holder *h, struct client *c); /* serve: begin the hand-over */

/* State over exec: a memfd whose number is in the environment. */
bool state_restore(struct holder *h);
void state_exec(struct holder *h, char **argv); /* returns only when exec failed */

#endif
