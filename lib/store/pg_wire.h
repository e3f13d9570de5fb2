/* SPDX-License-Identifier: Apache-2.0 */
/* pg_wire - one connection in pipeline mode, every wait bounded by a deadline. Below pg.c, which
 * knows transactions.
 *
 * Owns:     the connection and the list of what it has prepared. Results in steps belong to the
 *           caller (pg_wire_drop()).
 * Units:    deadlines are clock_mono().
 * Errors:   after E_UNAVAILABLE from a broken or silent connection it is closed; the next call
 *           opens a new one.
 * Blocking: up to the deadline. */
#ifndef PLATEN_STORE_PG_WIRE_H
#define PLATEN_STORE_PG_WIRE_H

#include "store/pg.h"
#include "store/pg_link.h"

struct pg_wire {
	struct pg_conn *conn; /* NULL: closed */
	struct pg_names names;
	char *conninfo, *role; /* role NULL: as logged in */
	usec_t timeout;        /* of one call */
	unsigned links;        /* connections opened so far */
};

struct pg_step {
	const struct pg_stmt *st;
	const struct pg_args *args; /* NULL: none */
	struct pg_result *result;
	bool prepare; /* sent with this step */
};

enum pg_tx { PG_TX_IDLE, PG_TX_OPEN, PG_TX_FAILED, PG_TX_GONE };

/* Ready for use: connected, not closed by the server meanwhile. */
enum errc pg_wire_ready(struct pg_wire *w, usec_t until, struct err *e) MUST_CHECK;
/* Sends all steps in one pipeline and collects their results; nothing after a refused step runs.
 * *stale is set when a new connection would heal the refusal. */
enum errc pg_wire_run(struct pg_wire *w, struct pg_step *steps, int len, usec_t until, bool *stale,
    struct err *e) MUST_CHECK;
void pg_wire_drop(struct pg_step *steps, int len); /* frees results */
enum pg_tx pg_wire_state(const struct pg_wire *w);
void pg_wire_close(struct pg_wire *w);
/* A NOTIFY payload copied to the caller's memory; E_TIMEOUT when none came. */
enum errc pg_wire_notify(struct pg_wire *w, usec_t until, char *payload, size_t size,
    struct err *e) MUST_CHECK;
/* Several statements of a file at once, without parameters. */
enum errc pg_wire_script(struct pg_wire *w, const char *text, usec_t until, struct err *e)
    MUST_CHECK;

usec_t pg_wire_deadline(const struct pg_wire *w);

#endif
