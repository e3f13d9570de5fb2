/* SPDX-License-Identifier: Apache-2.0 */
/* once - a request with an Idempotency-Key has its effect once (routes flagged ROUTE_ONCE).
 *
 * Purpose:  the same key with the same request gives the first one's answer again; with another
 *           request 422; while the first is under way 409. A refusal spends no key. Pages carry the
 *           key in the hidden field `_once`, so that a double click starts one print.
 * Contract: the key's row is written in the act's own transaction, the answer with its last one: a
 *           worker that dies leaves both or neither.
 * Owns:     texts live in the request's arena. Errors: as answers. Blocking: database. */
#ifndef PLATEN_CGI_ONCE_H
#define PLATEN_CGI_ONCE_H

#include "cgi/answer.h"

/* After the transaction has begun: NULL, the handler may act; else the answer to give. */
const struct answer *once_begin(struct req *rq);
/* Before the last commit: keeps the answer. */
enum errc once_keep(struct req *rq, const struct answer *an, struct err *e) MUST_CHECK;
/* After a refusal was rolled back. */
void once_drop(struct req *rq);

#endif
