/* SPDX-License-Identifier: Apache-2.0 */
/* body - reads and parses the request body of routes that take one (JSON, or a form for pages).
 * Owns: the arena holds everything. Errors: E_LIMIT (413), E_FORMAT with kind (415), E_INVALID.
 * Blocking: waits for the client (nginx buffers, so the bytes are there). */
#ifndef PLATEN_CGI_BODY_H
#define PLATEN_CGI_BODY_H

#include "cgi/req.h"

/* Sets body_left and body_unknown from CONTENT_LENGTH; E_INVALID for a broken one. */
enum errc body_prepare(struct req *rq, struct err *e) MUST_CHECK;
/* Content-Encoding: what is packed is not unpacked here, so nobody can send a bomb (415). */
enum errc body_check_coding(const struct req *rq, struct err *e) MUST_CHECK;
/* Fills rq->body or rq->form. */
enum errc body_read(struct req *rq, struct err *e) MUST_CHECK;

#endif
