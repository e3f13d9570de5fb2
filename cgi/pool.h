/* SPDX-License-Identifier: Apache-2.0 */
/* pool - the parent process: binds the pools' sockets, keeps their workers alive.
 *
 * Purpose:  one parent may run one pool or all of them. Workers are forked after everything is
 *           loaded, so that they share its memory; a dead one is forked again.
 * Owns:     run.dir/cgi-<pool>.sock (0660, replaces a stale one, removed at the end),
 *           run.pid_dir/cgi-<pool>.pids and the joined run.pid_dir/cgi.pids.
 * Errors:   E_IO when a socket cannot be made.
 * Blocking: pool_run() until SIGTERM or SIGINT; then workers finish their request (15 s). */
#ifndef PLATEN_CGI_POOL_H
#define PLATEN_CGI_POOL_H

#include "cgi/req.h"

struct pool_wish {
	enum pool pool;
	int workers;
};

enum errc pool_run(struct app *app, const struct pool_wish *wishes, int len, struct err *e)
    MUST_CHECK;
/* How many workers a pool has when nobody says. */
int pool_default_workers(const struct conf *c, enum pool p);

#endif
