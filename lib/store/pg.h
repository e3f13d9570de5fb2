/* SPDX-License-Identifier: Apache-2.0 */
/* pg - the blocking connection to PostgreSQL (FastCGI workers, task worker, platenctl).
 *
 * Purpose:  run named statements generated from sql/queries; one transaction at a time. BEGIN and
 *           auth.enter are queued and travel with the first statement in one pipeline.
 * Owns:     results belong to the arena given; the connection is reopened by itself, statements
 *           are prepared on first use and again after a reconnect.
 * Errors:   E_UNAVAILABLE when the database is away (bounded by db.timeout); SQLSTATEs map to
 *           errc by one table in pg_state.c; P40xx raised by auth.enter map as architecture.md says.
 * Blocking: yes, up to db.timeout for each round trip. */
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

struct pg *pg_new(const char *conninfo, const char *role, usec_t timeout); /* connects lazily */
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
enum errc pg_begin(struct pg *db, const struct pg_enter *who, struct err *e) MUST_CHECK;
enum errc pg_commit(struct pg *db, struct err *e) MUST_CHECK;
void pg_rollback(struct pg *db); /* harmless without a transaction */
/* What auth.enter found (valid after the first statement of the transaction). */
const char *pg_entered(const struct pg *db, const char *column);

/* Outside pg_begin() a statement is its own transaction. PG_ONE without a row: E_NOTFOUND. */
enum errc pg_exec(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct pg_args *args, struct pg_result **out, struct err *e) MUST_CHECK;

int pg_len(const struct pg_result *r);
int pg_columns(const struct pg_result *r);
const char *pg_column_name(const struct pg_result *r, int column);
const char *pg_at(const struct pg_result *r, int row, int column);          /* NULL: SQL null */
const char *pg_get(const struct pg_result *r, int row, const char *column); /* by name; a missing
                                                                                column aborts */
int64_t pg_get_int(const struct pg_result *r, int row, const char *column); /* null: 0 */
double pg_get_real(const struct pg_result *r, int row, const char *column);
bool pg_get_bool(const struct pg_result *r, int row, const char *column);

#endif
