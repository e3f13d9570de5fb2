/* SPDX-License-Identifier: Apache-2.0 */
/* do_profile - making, changing and deleting print profiles, for every door.
 *
 * Contract: inside the request's transaction; those of the installation need its ADMIN.
 * Owns:     nothing; texts live in the request's arena.
 * Errors:   E_NOTFOUND; E_DENIED; E_CONFLICT for a taken name (field) or a profile in use.
 * Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_PROFILE_H
#define PLATEN_CGI_DO_PROFILE_H

#include "cgi/req.h"

struct profile_wish {
	const char *json; /* the given fields, checked; NULL: none */
	bool makes_default;
	bool of_installation; /* only when it is made */
};
enum errc do_profile_create(struct req *rq, const struct profile_wish *w, const char **id,
    struct err *e) MUST_CHECK;
enum errc do_profile_change(struct req *rq, const char *id, const struct profile_wish *w,
    struct err *e) MUST_CHECK;
enum errc do_profile_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
