/* SPDX-License-Identifier: Apache-2.0 */
/* t_analyze - task `analyze` of queue file-processing: {"fileId", "operation": "analyze"}.
 *
 * Reads the stored file once, writes `<file>.idx` and `<base>_thumb.png` beside it, then the
 * file's row, the event to its owner and the jobs that waited. Running twice gives the same.
 * Errors:   E_INVALID for a payload or file that cannot be analysed, E_NOTFOUND for a missing
 *           row or file, E_FORMAT when the file is not as its row says. */
#ifndef PLATEN_WORKER_T_ANALYZE_H
#define PLATEN_WORKER_T_ANALYZE_H

#include "worker/task.h"

enum errc t_analyze_work(struct task_run *t, struct err *e) MUST_CHECK;
enum errc t_analyze_save(struct task_run *t, struct err *e) MUST_CHECK;
enum errc t_analyze_give_up(struct task_run *t, const char *why, struct err *e) MUST_CHECK;

#endif
