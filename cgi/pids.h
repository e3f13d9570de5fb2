/* SPDX-License-Identifier: Apache-2.0 */
/* pids - the files that name the workers: one per pool, and cgi.pids, all of them joined under a
 * lock because each pool may have its own parent. Owns the files. Errors: logged; a missing pid
 * file stops nobody. Blocking: on the lock, shortly. */
#ifndef PLATEN_CGI_PIDS_H
#define PLATEN_CGI_PIDS_H

#include <sys/types.h>

#include "base/err.h"

struct conf;

/* len 0 removes the pool's file. Entries that are 0 are left out. */
void pids_write(const struct conf *c, const char *pool, const pid_t *pids, int len);
void pids_join(const struct conf *c);

#endif
