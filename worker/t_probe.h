/* SPDX-License-Identifier: Apache-2.0 */
/* t_probe - task `probe-printer-backend` of queue maintenance: asks <printer_backend.url>/health.
 *
 * What it found stands in backend_probe, for P-01 /health; a change is logged. A backend that is
 * away is a finding, not a failure of the task. Without printer_backend.url nothing happens.
 * Errors:   as pg_exec(). Blocking: up to 5 s. */
#ifndef PLATEN_WORKER_T_PROBE_H
#define PLATEN_WORKER_T_PROBE_H

#include "worker/task.h"

enum errc t_probe_work(struct task_run *t, struct err *e) MUST_CHECK;

#endif
