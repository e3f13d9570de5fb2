/* SPDX-License-Identifier: Apache-2.0 */
/* slot - one process that runs tasks, one at a time.
 *
 * LISTEN, then look, then wait: woken by `task <queue>`, by the next task that becomes due, and by
 * a slow scan that covers what was missed and takes tasks away from workers that are gone. While
 * the database is away it tries again with growing pauses.
 * Owns:     its own connection. SIGTERM: a running task is finished first. */
#ifndef PLATEN_WORKER_SLOT_H
#define PLATEN_WORKER_SLOT_H

#include "base/conf.h"

_Noreturn void slot_run(const struct conf *conf, int number);
/* Runs what is due now and returns: 0, or 1 when the database or the storage is away (logged). */
int slot_once(const struct conf *conf);

#endif
