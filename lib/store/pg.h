/* SPDX-License-Identifier: Apache-2.0 */
/* pg - the blocking connection to PostgreSQL (FastCGI workers, task worker, platenctl).
 *
 * Purpose:  run named statements generated from sql/queries; one transaction at a time. BEGIN and
 *           auth.enter are queued and travel with the first statement in one pipeline.
 * Owns:     results belong to the arena given; the connection is reopened by itself, statements
 *           are prepared on first use and again after a reconnect.
 * Errors:   E_UNAVAILABLE when the database is away (bounded by db.timeout); SQLSTATEs map to
 *           errc by one table in pg_state.c; P40xx raised by auth.enter map as architecture.md says.
 *           HINT becomes `field`, DETAIL in capitals becomes `kind`; of a unique violation `field`
 *           is the column ("email" of users_email_key).
 * Blocking: yes, up to db.timeout for each call, connecting included. */
#ifndef PLATEN_STORE_PG_H
#define PLATEN_STORE_PG_H

#include "base/arena.h"
#include "base/clock.h"

enum pg_rows { PG_NONE, PG_MAYBE, PG_ONE, PG_MANY };

struct pg_stmt {          /* generated from a block of sql/queries/<aggregate>.sql */
	const char *name;
	const char *text;
	int params;
	enum pg_rows rows;
};

/* Parameters in text form; NULL is SQL null. Bound, never spliced. */
struct pg_args {
	struct arena *arena;
	const char *value[40];
	int len;
};
void pg_args_init(struct pg_args *args, struct arena *a);
void pg_text(struct pg_args *args, const char *value);
void pg_int(struct pg_args *args, int64_t value);
void pg_real(struct pg_args *args, double value);
void pg_bool(struct pg_args *args, bool value);
void pg_null(struct pg_args *args);
void pg_bytes(struct pg_args *args, const void *bytes, size_t size); /* bytea */

struct pg;
struct pg_result; /* rows; released with the arena */

/* Connects lazily. role NULL: as logged in. timeout USEC_NEVER: patient (platenctl). */
struct pg *pg_new(const char *conninfo, const char *role, usec_t timeout);
void pg_free(struct pg *db);

/* Who the transaction is for; NULL to pg_begin(): the service role without auth.enter. */
struct pg_enter {
	const char *kind;         /* "user" | "external" | "agent" */
	const char *user_id;
	const char *session_id;   /* NULL: none claimed */
	const char *claimed_org;  /* organizationId claim, or NULL */
	const char *stated_org;   /* organizationId of the call (family P), or NULL */
	const char *claimed_role; /* external users and agents */
	const char *least_role;   /* "VIEWER" "OPERATOR" "ADMIN" "AGENT" */
};
/* Nothing is sent yet: BEGIN and auth.enter travel with the first statement. */
enum errc pg_begin(struct pg *db, const struct pg_enter *who, struct err *e) MUST_CHECK;
/* Sends BEGIN and auth.enter alone, so that 401 and 403 come before a refusal of the body. */
enum errc pg_enter_now(struct pg *db, struct err *e) MUST_CHECK;
/* The next statement is the transaction's last: COMMIT travels with it and takes effect when it
 * succeeds (PG_ONE without a row still commits). pg_commit() then costs nothing. */
void pg_last(struct pg *db);
/* Also where no statement ran: then auth.enter is asked here. */
enum errc pg_commit(struct pg *db, struct err *e) MUST_CHECK;
void pg_rollback(struct pg *db); /* harmless without a transaction */
/* What auth.enter found (valid after the first statement until the next pg_begin): user_id,
 * username, email, role, organization_id, local, host_admin. NULL: SQL null, or nobody entered. */
const char *pg_entered(const struct pg *db, const char *column);

/* Outside pg_begin() a statement is its own transaction. PG_ONE without a row: E_NOTFOUND. */
enum errc pg_exec(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct pg_args *args, struct pg_result **out, struct err *e) MUST_CHECK;

/* Waiting for NOTIFY outside a transaction: listen, write and commit, then wait. */
enum errc pg_listen(struct pg *db, struct err *e) MUST_CHECK;
/* The rest of the first payload whose word is `topic` ("done" -> "<command id>"), cut to `size`.
 * E_TIMEOUT at `until` (clock_mono); E_UNAVAILABLE when the connection broke. */
enum errc pg_wait(struct pg *db, const char *topic, usec_t until, char *rest, size_t size,
    struct err *e) MUST_CHECK;
void pg_unlisten(struct pg *db);

/* How many connections there have been: what one of them said may not hold on the next. */
unsigned pg_links(const struct pg *db);

/* Several statements of a file at once, without parameters (migrations); inside pg_begin() they
 * are part of the transaction, and must not end it. */
enum errc pg_script(struct pg *db, const char *text, struct err *e) MUST_CHECK;

/* E_INVALID when the login is a superuser and `production`; a warning in the log otherwise. */
enum errc pg_check_login(struct pg *db, bool production, struct err *e) MUST_CHECK;

int pg_len(const struct pg_result *r);
int pg_columns(const struct pg_result *r);
const char *pg_column_name(const struct pg_result *r, int column);
unsigned pg_column_type(const struct pg_result *r, int column);             /* type OID */
size_t pg_size(const struct pg_result *r, int row, int column);             /* bytes of pg_at */
const char *pg_at(const struct pg_result *r, int row, int column);          /* NULL: SQL null */
const char *pg_get(const struct pg_result *r, int row, const char *column); /* by name; a missing
                                                                                column aborts */
int64_t pg_get_int(const struct pg_result *r, int row, const char *column); /* null: 0 */
double pg_get_real(const struct pg_result *r, int row, const char *column);
bool pg_get_bool(const struct pg_result *r, int row, const char *column);

#endif
