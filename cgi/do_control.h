/* SPDX-License-Identifier: Apache-2.0 */
/* do_control - one act on one printer: a command row, and waiting for its outcome.
 *
 * Contract: begins in the request's transaction, commits it, waits, and begins a new one; so
 *           facts read before are old afterwards. Pool slow only.
 * Owns:     texts live in the request's arena.
 * Errors:   E_OFFLINE, E_BUSY (what must not happen during a job), E_IO with kind PRINTER_ERROR.
 * Blocking: up to wish.wait. */
#ifndef PLATEN_CGI_DO_CONTROL_H
#define PLATEN_CGI_DO_CONTROL_H

#include "cgi/req.h"
#include "store/command_store.h"
#include "store/printer_store.h"

struct control_wish {
	const char *type, *metadata;
	usec_t wait; /* 0: do not wait */
	const char *audit; /* NULL: printer.command */
};

struct control_result {
	const char *id;
	const char *status;         /* completed, failed, timeout, executing, pending */
	const char *result, *error; /* or NULL */
};

/* Refuses a disconnected local printer first. A remote one gets the command for its agent and
 * the status is pending. A failed command is E_OK here: the caller judges it. */
enum errc do_control(struct req *rq, const struct printer_facts *p, const struct control_wish *w,
    struct control_result *out, struct err *e) MUST_CHECK;
/* failed and timeout as refusals: 502 PRINTER_ERROR with the firmware's words, 504. */
enum errc control_judge(const struct control_result *r, struct err *e) MUST_CHECK;

#endif
