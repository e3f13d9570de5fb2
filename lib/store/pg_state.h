/* SPDX-License-Identifier: Apache-2.0 */
/* pg_state - what the server's refusals mean to us: the one table from SQLSTATE to errc
 * (docs/architecture.md 3.2). Owns nothing. Blocking: never. */
#ifndef PLATEN_STORE_PG_STATE_H
#define PLATEN_STORE_PG_STATE_H

#include "base/err.h"

struct pg_conn;   /* libpq's connection */
struct pg_result; /* libpq's result */

/* Fills *e from a failed result; `statement` is named in the private detail. */
enum errc pg_state_refused(struct err *e, const struct pg_result *r, const char *statement);
/* The connection is gone or too slow: E_UNAVAILABLE with libpq's words as detail. */
enum errc pg_state_lost(struct err *e, const struct pg_conn *conn, const char *doing);
/* A statement prepared before a view was replaced; a new connection heals it. */
bool pg_state_is_stale(const struct pg_result *r);
/* The server does not know the prepared statement. */
bool pg_state_is_unknown(const struct pg_result *r);

#endif
