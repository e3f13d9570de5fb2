/* SPDX-License-Identifier: Apache-2.0 */
/* pg_link - what the blocking and the asynchronous connection share: how a session begins and
 * which statements it has prepared.
 *
 * Owns:     struct pg_names owns its slots; names are kept by pointer (they are constants).
 * Errors:   pg_link_start() gives NULL for a connection string that does not parse.
 * Blocking: name resolution inside pg_link_start(). */
#ifndef PLATEN_STORE_PG_LINK_H
#define PLATEN_STORE_PG_LINK_H

#include "base/clock.h"

struct pg_conn; /* libpq's connection */

/* Starts connecting without waiting. UTC, ISO dates and the statement time-out travel in the start
 * packet, so that a session never exists without them. The role follows: sql_pg_session. */
struct pg_conn *pg_link_start(const char *conninfo, usec_t timeout, struct err *e);

struct pg_names {
	const char **slot;
	size_t cap, len;
};
bool pg_names_has(const struct pg_names *n, const char *name);
void pg_names_add(struct pg_names *n, const char *name);
void pg_names_remove(struct pg_names *n, const char *name);
void pg_names_clear(struct pg_names *n);
void pg_names_fini(struct pg_names *n);

#endif
