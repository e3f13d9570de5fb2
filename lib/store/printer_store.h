/* SPDX-License-Identifier: Apache-2.0 */
/* printer_store - printers: lists, the facts acts decide by, changes.
 *
 * Contract: inside the caller's transaction (auth.enter has said who and where).
 * Owns:     results and texts belong to the arena.
 * Errors:   as pg_exec(); E_NOTFOUND "Printer not found"; E_CONFLICT with the field that is taken.
 * Blocking: one round trip each. */
#ifndef PLATEN_STORE_PRINTER_STORE_H
#define PLATEN_STORE_PRINTER_STORE_H

#include "store/list.h"

struct printer_filter {
	const char *status; /* NULL: any */
	bool include_inactive;
	int64_t limit, offset;
};
enum errc printer_store_list(struct pg *db, struct arena *a, const struct printer_filter *f,
    struct list *out, struct err *e) MUST_CHECK;
enum errc printer_store_detail(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc printer_store_row(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct printer_facts {
	const char *id, *name, *organization, *serial_device, *recipient, *ip, *plate, *attention;
	const char *state;
	int64_t baud_rate, max_nozzle, max_bed; /* maxima 0: not known */
	double volume[3];                       /* mm; 0: not known */
	bool is_active, is_default, is_local, is_connected;
	const char *job, *job_status, *job_hold; /* the active job, or NULL */
};
/* id NULL: the organisation's default printer. */
enum errc printer_store_facts(struct pg *db, struct arena *a, const char *id,
    struct printer_facts *out, struct err *e) MUST_CHECK;
/* Holds the printer's row until the transaction ends, as spool.claim() does. */
enum errc printer_store_lock(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

struct printer_change {
	const char *json;                 /* fields by column name */
	bool new_code, new_password;      /* secrets that change; NULL clears */
	const struct buf *code, *password; /* sealed */
	bool makes_default;
};
/* Holds off other changes of this organisation's printers until the transaction ends. */
enum errc printer_store_alone(struct pg *db, struct arena *a, struct err *e) MUST_CHECK;
enum errc printer_store_insert(struct pg *db, struct arena *a, const struct printer_change *c,
    const char **id, struct err *e) MUST_CHECK;
enum errc printer_store_update(struct pg *db, struct arena *a, const char *id,
    const struct printer_change *c, struct err *e) MUST_CHECK;
enum errc printer_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;
/* Audit row, and the spooler rereads the printer. */
enum errc printer_store_changed(struct pg *db, struct arena *a, const char *id,
    const char *const words[3], struct err *e) MUST_CHECK; /* event, description, metadata */
enum errc printer_store_clear(struct pg *db, struct arena *a, const char *id, bool plate,
    struct err *e) MUST_CHECK; /* plate, else attention */
/* One row of l_printer_status. */
enum errc printer_store_status(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;

#endif
