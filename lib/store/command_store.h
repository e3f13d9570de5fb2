/* SPDX-License-Identifier: Apache-2.0 */
/* command_store - rows of printer_commands, as requests make and watch them and agents end them.
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

enum errc command_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct command_filter {
	const char *printer, *status; /* NULL: any */
	int64_t limit, offset;
};
enum errc command_store_list(struct pg *db, struct arena *a, const struct command_filter *f,
    struct pg_result **out, struct err *e) MUST_CHECK; /* column _total */

struct command_poll {
	const char *recipient, *printer; /* printer NULL: any */
	int64_t limit;
};
/* Oldest first, of every organisation in which the caller may take them. */
enum errc command_store_pending(struct pg *db, struct arena *a, const struct command_poll *p,
    struct pg_result **out, struct err *e) MUST_CHECK;
/* The same rows, now `sent`: no other poll gets them. */
enum errc command_store_claim(struct pg *db, struct arena *a, const struct command_poll *p,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct command_facts {
	const char *status;
	bool is_local; /* the spooler executes it */
	bool is_late;  /* not over, and its time is */
};
/* Holds the row until the transaction ends; E_NOTFOUND "Command not found". */
enum errc command_store_facts(struct pg *db, struct arena *a, const char *id,
    struct command_facts *out, struct err *e) MUST_CHECK;

struct command_report {
	const char *status, *result, *error; /* result, error: NULL keeps */
	bool is_sent, is_ended;              /* effects of the life cycle */
};
enum errc command_store_report(struct pg *db, struct arena *a, const char *id,
    const struct command_report *rep, struct err *e) MUST_CHECK;
enum errc command_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
    MUST_CHECK;

#endif
