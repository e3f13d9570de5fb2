/* SPDX-License-Identifier: Apache-2.0 */
/* t_upkeep - tasks of queue maintenance that remove what nobody needs (contract §3.4, §8).
 *
 * expire-commands:        commands nobody answered in time; events the gateway has read.
 * expire-sessions:        expired sessions, rate limits, idempotency keys, camera tickets.
 * cleanup-printer-status: all but the newest 1000 statuses of each printer.
 * retention:              what is older than retention.* says.
 * In batches of their own, so that nothing is locked for long; cut off, the next run goes on.
 * Errors:   as pg_exec(); E_STATE: the task was given to somebody else. */
#ifndef PLATEN_WORKER_T_UPKEEP_H
#define PLATEN_WORKER_T_UPKEEP_H

#include "worker/task.h"

enum errc t_upkeep_commands(struct task_run *t, struct err *e) MUST_CHECK;
enum errc t_upkeep_sessions(struct task_run *t, struct err *e) MUST_CHECK;
enum errc t_upkeep_status(struct task_run *t, struct err *e) MUST_CHECK;
enum errc t_upkeep_retention(struct task_run *t, struct err *e) MUST_CHECK;

#endif
