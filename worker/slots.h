/* SPDX-License-Identifier: Apache-2.0 */
/* slots - the worker's parent process: forks the slots, forks a dead one again, stops them all.
 *
 * SIGHUP: the configuration is read again; a slot takes it up after the task it runs.
 * A slot that dies at once is not forked faster than with growing pauses (0.1 s ... 5 s).
 * Owns:     the slots' process ids. Blocking: in slots_run() until SIGTERM or SIGINT. */
#ifndef PLATEN_WORKER_SLOTS_H
#define PLATEN_WORKER_SLOTS_H

#include "run/service.h"

/* Writes the pid file once the slots exist. Returns the exit status. */
int slots_run(struct service *s);

#endif
