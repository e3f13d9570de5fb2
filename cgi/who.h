/* SPDX-License-Identifier: Apache-2.0 */
/* who - who is calling, as far as the credential alone can say; the database has the last word
 * when the transaction begins. Owns nothing. Errors: E_UNAUTHORIZED, E_DENIED. Blocking: never. */
#ifndef PLATEN_CGI_WHO_H
#define PLATEN_CGI_WHO_H

#include "cgi/req.h"

/* Fills rq->who as the matched route demands. */
enum errc who_identify(struct req *rq, struct err *e) MUST_CHECK;

#endif
