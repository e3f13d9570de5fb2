/* SPDX-License-Identifier: Apache-2.0 */
/* do_command - commands as objects: made for a printer, fetched and reported by its agent, deleted.
 *
 * Contract: inside the request's transaction. What waits for an outcome is do_control.
 * Owns:     nothing; texts live in the request's arena.
 * Errors:   E_NOTFOUND, E_INVALID with field, E_STATE, E_DENIED (storage commands of a non-ADMIN).
 * Blocking: a few round trips; an emergency stop also as do_stop(). */
#ifndef PLATEN_CGI_DO_COMMAND_H
#define PLATEN_CGI_DO_COMMAND_H

#include "cgi/req.h"
#include "store/command_store.h"

struct command_wish {
	const char *printer, *type;
	const struct jval *metadata; /* or NULL */
};
enum errc do_command_create(struct req *rq, const struct command_wish *w, const char **id,
    struct err *e) MUST_CHECK;

/* An agent's word on a command: its state, perhaps what came out. Commits when the command's time
 * was over before, and refuses then. */
struct command_word {
	const char *status, *result, *error; /* result, error: or NULL */
};
enum errc do_command_report(struct req *rq, const char *id, const struct command_word *w,
    struct err *e) MUST_CHECK;
enum errc do_command_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
