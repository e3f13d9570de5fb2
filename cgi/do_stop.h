/* SPDX-License-Identifier: Apache-2.0 */
/* do_stop - the emergency stop, past the database (design §5 "Stop").
 *
 * Purpose:  one line to the spooler's control socket; no answer within 50 ms: the same to the
 *           port holder, which writes M112 itself.
 * Owns:     nothing. Errors: E_OFFLINE; E_NOTFOUND: no local printer of that name here;
 *           E_UNAVAILABLE: neither of the two runs here.
 * Blocking: at most 50 ms for the spooler and 200 ms for the holder. */
#ifndef PLATEN_CGI_DO_STOP_H
#define PLATEN_CGI_DO_STOP_H

#include "cgi/req.h"

struct stop_wish {
	const char *printer;      /* NULL: the organisation's default printer */
	const char *organization; /* NULL: the printer needs no check (a ticket named it) */
	const char *user;
};
/* E_OK: M112 is written. */
enum errc do_stop(struct req *rq, const struct stop_wish *w, struct err *e) MUST_CHECK;

#endif
