/* SPDX-License-Identifier: Apache-2.0 */
/* limit - which rate class counts which key, and the refusal (contract §9.3).
 * Classes api and p count in this host's shared memory, the others in PostgreSQL.
 * Owns nothing. Errors: the answer says it. Blocking: one statement for the classes that are
 * counted cluster-wide. */
#ifndef PLATEN_CGI_LIMIT_H
#define PLATEN_CGI_LIMIT_H

#include "cgi/answer.h"

/* NULL: go on. Else the 429 (or 503 when the database is away). */
const struct answer *limit_check(struct req *rq);
/* Class auth counts once more per account, after a valid body. */
const struct answer *limit_account(struct req *rq, const char *address);

#endif
