/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch - from a request on the wire to an answer on the wire.
 *
 * Purpose:  the order of refusals (design §11) exists here and nowhere else: unknown route 404,
 *           method 405, token 401, rate 429, role 403, body 415/413/400, organisation 400/403;
 *           then the handler. Opens and ends the transaction, logs, counts.
 * Owns:     nothing beyond the call.
 * Errors:   every failure becomes an answer.
 * Blocking: as the handler. */
#ifndef PLATEN_CGI_DISPATCH_H
#define PLATEN_CGI_DISPATCH_H

#include "cgi/req.h"

/* The arena is reset afterwards. */
void dispatch(struct app *app, struct arena *arena, struct gate *gate);

#endif
