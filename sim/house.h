/* SPDX-License-Identifier: Apache-2.0 */
/* house - all printers of one process in one epoll loop, with their control sockets.
 *
 * Purpose:  wakes each printer for its bytes, its deadline and its control messages.
 * Owns:     descriptors, sockets and printers until house_stop().
 * Errors:   false at the start, explained on standard error.
 * Blocking: house_run() until *stop becomes true; signals interrupt it. */
#ifndef PLATEN_SIM_HOUSE_H
#define PLATEN_SIM_HOUSE_H

#include <signal.h>

#include "sim/printer.h"

struct house {
	struct printer *printers;
	int *listeners; /* control sockets; -1 none */
	unsigned count;
	int epoll, inotify, timer;
	int64_t armed;
};

bool house_start(struct house *h, const struct options *o);
void house_run(struct house *h, const sigset_t *while_waiting, volatile sig_atomic_t *stop);
void house_stop(struct house *h);

#endif
