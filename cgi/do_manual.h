/* SPDX-License-Identifier: Apache-2.0 */
/* do_manual - what a person does to a printer by hand: a G-code line, homing, moving, heating.
 *
 * Contract: as do_control(); the rules of contract §4.9 (what may happen during a job) and the
 *           printer's own limits are here, so that every door obeys the same ones.
 * Owns:     texts live in the request's arena.
 * Errors:   E_BUSY, E_DENIED (storage commands of a non-ADMIN), E_INVALID with field, and those
 *           of do_control() and control_judge().
 * Blocking: up to http.action_wait, a line up to http.command_wait. Pool slow. */
#ifndef PLATEN_CGI_DO_MANUAL_H
#define PLATEN_CGI_DO_MANUAL_H

#include "cgi/do_control.h"
#include "cgi/input.h"

/* printer NULL: the organisation's default printer. E_NOTFOUND also for a deleted one. */
enum errc manual_printer(struct req *rq, const char *printer, struct printer_facts *out,
    struct err *e) MUST_CHECK;

/* One line, already known to fit command_gcode_ok(). M112 is the emergency stop: out->id is NULL
 * then. A time-out is E_TIMEOUT with out->id set. */
enum errc do_manual_line(struct req *rq, const struct printer_facts *p, const char *line,
    bool wait, struct control_result *out, struct err *e) MUST_CHECK;

/* axes: bits 1 X, 2 Y, 4 Z; 0: all */
enum errc do_manual_home(struct req *rq, const struct printer_facts *p, unsigned axes,
    struct control_result *out, struct err *e) MUST_CHECK;

struct manual_move {
	char axis; /* X Y Z E */
	double distance, feed; /* mm, mm/min */
};
enum errc do_manual_move(struct req *rq, const struct printer_facts *p,
    const struct manual_move *m, struct control_result *out, struct err *e) MUST_CHECK;

struct manual_heat {
	struct in_real hotend, bed, chamber; /* degrees; absent: unchanged */
};
/* Values over the printer's limits are added to rq->issues: E_INVALID. */
enum errc do_manual_heat(struct req *rq, const struct printer_facts *p,
    const struct manual_heat *h, struct control_result *out, struct err *e) MUST_CHECK;

#endif
