/* SPDX-License-Identifier: Apache-2.0 */
/* role - who may do what (contract §1.2). Zero is "unset": a route that forgot its role is a
 * closed door. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_MODEL_ROLE_H
#define PLATEN_MODEL_ROLE_H

#include "base/err.h"

enum role {
	ROLE_UNSET = 0,
	ROLE_ANYONE, /* nobody needs to be logged in */
	ROLE_AGENT,  /* beside the ladder: entitled only where a route says so */
	ROLE_VIEWER,
	ROLE_OPERATOR,
	ROLE_ADMIN,
};

const char *role_name(enum role role);              /* "VIEWER" ... */
enum role role_parse(const char *text);             /* exact upper case; ROLE_UNSET if unknown */
enum role role_of_claim(const char *claim);         /* external tokens: any case, owner, member */
bool role_at_least(enum role have, enum role need); /* along VIEWER < OPERATOR < ADMIN */

#endif
