/* SPDX-License-Identifier: Apache-2.0 */
/* command_store - rows of printer_commands, as requests make and watch them.
 * Contract: inside the caller's transaction. Owns: texts belong to the arena.
 * Errors: as pg_exec(). Blocking: one round trip each. */
#ifndef PLATEN_STORE_COMMAND_STORE_H
#define PLATEN_STORE_COMMAND_STORE_H

#include "base/clock.h"
#include "store/pg.h"

struct command_new {
	const char *printer, *type;
	const char *metadata;  /* JSON, or NULL */
	const char *recipient; /* of a remote printer */
	bool is_local;         /* the spooler executes it */
	usec_t timeout;
	const char *audit; /* event of the audit row */
};
enum errc command_store_insert(struct pg *db, struct arena *a, const struct command_new *c,
    const char **id, struct err *e) MUST_CHECK;

struct command_row {
	const char *id, *status, *result, *error;
};
enum errc command_store_find(struct pg *db, struct arena *a, const char *id,
    struct command_row *out, struct err *e) MUST_CHECK;

#endif
