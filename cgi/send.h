/* SPDX-License-Identifier: Apache-2.0 */
/* send - writes an answer to the wire. Owns nothing; closes the answer's file. Errors: a client
 * that has gone is nobody's error. Blocking: on the web server. */
#ifndef PLATEN_CGI_SEND_H
#define PLATEN_CGI_SEND_H

#include "cgi/answer.h"

size_t send_answer(struct req *rq, struct answer *an); /* body bytes sent */

#endif
