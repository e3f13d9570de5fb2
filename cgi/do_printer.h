/* SPDX-License-Identifier: Apache-2.0 */
/* do_printer - making, changing and releasing printers, for every door.
 *
 * Contract: inside the request's transaction; host matters (devices, camera sources) need an
 *           ADMIN of this installation.
 * Owns:     nothing; texts live in the request's arena.
 * Errors:   E_DENIED, E_INVALID with field, E_NOTFOUND, E_CONFLICT.
 * Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_PRINTER_H
#define PLATEN_CGI_DO_PRINTER_H

#include "cgi/req.h"
#include "store/printer_store.h"

/* What a door read; json holds the fields by column name, already validated. */
struct printer_wish {
	const char *json, *fields; /* fields: names that change, comma separated, for the audit */
	bool gives_code, gives_password;
	const char *code, *password; /* plain; NULL clears */
	bool gives_host_matters;
	const char *serial_device; /* NULL: not given or cleared */
	bool gives_device;         /* serial_device is in json */
	const char *connection_type; /* NULL: not given */
	struct { bool has; int64_t v; } baud_rate;
	struct { bool has, v; } is_default, is_active;
	const char *name;
};

enum errc do_printer_create(struct req *rq, const struct printer_wish *w, const char **id,
    struct err *e) MUST_CHECK;
enum errc do_printer_change(struct req *rq, const char *id, const struct printer_wish *w,
    struct err *e) MUST_CHECK;
enum errc do_printer_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;
/* plate: the plate is clear; else: somebody has looked after the printer. */
enum errc do_printer_clear(struct req *rq, const char *id, bool plate, struct err *e) MUST_CHECK;

#endif
