/* SPDX-License-Identifier: Apache-2.0 */
/* kept - lists a worker made and may send again as long as nothing changed.
 *
 * Purpose:  a page or a script asks for the same list again and again. Making it takes the database
 *           and us far longer than asking whether it is still true. Routes marked ROUTE_KEPT are
 *           asked here before their transaction begins.
 * Truth:    each request reads the stamps of its organisation and its caller (store/stamp_store):
 *           any write to what a list shows, to the user, its session, its membership or the
 *           organisation moves them in the transaction that wrote. A kept answer belongs to one
 *           principal and one query; it goes out only under the stamp it was made under. Token,
 *           limits, log and figures come before and after as ever. Nothing is kept past the end of
 *           its session, past a minute (signed addresses age), or past the connection it came by.
 * Owns:     at most KEPT_MAX_SIZE bytes in KEPT_SLOTS answers for each worker.
 * Errors:   a database that is away is answered as such. Blocking: one round trip. */
#ifndef PLATEN_CGI_KEPT_H
#define PLATEN_CGI_KEPT_H

#include "cgi/req.h"

#define KEPT_SLOTS    16
#define KEPT_MAX_SIZE (512u << 10)

struct kept;

struct kept *kept_new(void);
void kept_free(struct kept *k); /* accepts NULL */

/* The answer of before, made ready in rq; NULL: the handler makes it. */
const struct answer *kept_find(struct req *rq);
/* After the handler's transaction has ended well. */
void kept_take(struct req *rq, const struct answer *an);
/* Why a job waits changes with the clock, without a write: a list with a waiting job among those it
 * shows (`column`: their states) is made anew each time. */
void kept_unless_waiting(struct req *rq, const struct pg_result *jobs, const char *column);

#endif
