/* SPDX-License-Identifier: Apache-2.0 */
/* ports - what the holder holds: descriptors, last wills, other names.
 *
 * Owns:     every descriptor in the table until ports_close().
 * Errors:   see each function. Blocking: a will waits at most 200 ms for room in the port. */
#ifndef PLATEN_HOLDER_PORTS_H
#define PLATEN_HOLDER_PORTS_H

#include "base/clock.h"
#include "holder/wire.h"

enum port_state { PORT_CLOSED, PORT_CONNECTING, PORT_OPEN };

struct port {
	char name[WIRE_ALIAS_SIZE], device[WIRE_DEVICE_SIZE], will[WIRE_WILL_SIZE];
	size_t will_size;
	long baud;
	int fd;               /* -1 unless OPEN */
	unsigned turn;        /* moves whenever the port is closed */
	enum port_state state;
	bool willed;          /* the will, or a stop, was written since the spooler last spoke of it */
	usec_t dtr_up_at;     /* USEC_NEVER: no pulse under way */
	usec_t reopen_at;     /* USEC_NEVER: none */
};

struct ports {
	struct port **list; /* each on the heap: pointers stay while the list grows */
	size_t len;
	struct { char word[WIRE_ALIAS_SIZE], port[WIRE_ALIAS_SIZE]; } *aliases;
	size_t aliases_len;
};

struct port *ports_find(struct ports *p, const char *name); /* NULL: unknown */
struct port *ports_get(struct ports *p, const char *name);  /* made when unknown */
void ports_close(struct port *port);                        /* keeps its place in the table */
void ports_drop(struct ports *p, struct port *port);
void ports_fini(struct ports *p);
void ports_alias(struct ports *p, const char *word, const char *name);
struct port *ports_stop_target(struct ports *p, const char *word, bool *known);

bool ports_write_will(struct port *port); /* true: written now */
bool ports_write_stop(struct port *port); /* LF M112 LF, whatever waits in the port is dropped */

#endif
