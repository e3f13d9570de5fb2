/* SPDX-License-Identifier: Apache-2.0 */
/* port - a pseudo terminal that looks like a serial port under a lasting name.
 *
 * Purpose:  makes the pty (raw), keeps a link to it, sees hosts open and close it.
 * Owns:     both descriptors and the link; the link is removed by port_unplug().
 * Errors:   false, after a line on standard error.
 * Blocking: never. */
#ifndef PLATEN_SIM_PORT_H
#define PLATEN_SIM_PORT_H

#include <limits.h>
#include <stdbool.h>

struct port {
	const char *link; /* NULL: none */
	int master;	  /* non-blocking; -1 while unplugged */
	int slave;	  /* kept so that settings and unread bytes outlive a host */
	int watch;	  /* in the caller's inotify; -1 none: always taken as open */
	char device[64];
};

bool port_plug(struct port *p, int inotify);
void port_unplug(struct port *p, int inotify);
void port_forget_output(struct port *p); /* bytes no host has read */

#endif
