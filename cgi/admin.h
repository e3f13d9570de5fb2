/* SPDX-License-Identifier: Apache-2.0 */
/* admin - what administration asks for beyond a least role.
 *
 * Purpose:  matters of the installation need its own ADMIN (users.role), not that of an
 *           organisation; passwords and keys need a password given lately.
 * Owns:     nothing. Errors: E_DENIED; E_UNAUTHORIZED with kind INVALID_CREDENTIALS.
 * Blocking: admin_prove() burns a password check when one is given. */
#ifndef PLATEN_CGI_ADMIN_H
#define PLATEN_CGI_ADMIN_H

#include "cgi/req.h"

bool admin_of_host(const struct req *rq);
enum errc admin_check_host(const struct req *rq, struct err *e) MUST_CHECK;

/* Signed in within auth.fresh, or `current` is the caller's password (NULL: not given). A wrong
 * one counts against the account's limit of class auth: *refusal is set then. */
enum errc admin_prove(struct req *rq, const char *current, const struct answer **refusal,
    struct err *e) MUST_CHECK;
/* The same for an act on the own password, where a fresh session is not enough. */
enum errc admin_prove_password(struct req *rq, const char *current,
    const struct answer **refusal, struct err *e) MUST_CHECK;

#endif
