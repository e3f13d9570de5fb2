/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_wire.h"

#include <errno.h>
#include <libpq-fe.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/metrics.h"
#include "gen/pg_sql.h"
#include "store/pg_state.h"

usec_t pg_wire_deadline(const struct pg_wire *w)
{
	return w->timeout == USEC_NEVER ? USEC_NEVER : clock_mono() + w->timeout;
}

void pg_wire_close(struct pg_wire *w)
{
	PQfinish(w->conn); /* accepts NULL */
	w->conn = NULL;
	pg_names_clear(&w->names);
}

static enum errc lost(struct pg_wire *w, struct err *e, const char *doing)
{
	enum errc rc = pg_state_lost(e, w->conn, doing);

	pg_wire_close(w);
	return rc;
}

/* False at the deadline. A signal does not end the wait: a worker asked to leave finishes its
 * request first. */
static bool await(const PGconn *conn, short events, usec_t until)
{
	struct pollfd p = { .fd = PQsocket(conn), .events = events };

	for (;;) {
		usec_t left = until == USEC_NEVER ? -1 : until - clock_mono();
		int ms = -1, n;

		if (until != USEC_NEVER) {
			if (left <= 0)
				return false;
			left = (left + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
			ms = left > INT_MAX ? INT_MAX : (int)left;
		}
		n = poll(&p, 1, ms);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

/* A session that cannot have its role is no session. */
static enum errc take_role(struct pg_wire *w, usec_t until, struct err *e)
{
	struct pg_args args = { .len = 1, .value = { w->role } };
	struct pg_step step = { .st = &sql_pg_session, .args = &args };
	struct err why = { 0 };
	enum errc rc;
	bool stale;

	if (w->role == NULL)
		return E_OK;
	rc = pg_wire_run(w, &step, 1, until, &stale, &why);
	pg_wire_drop(&step, 1);
	if (rc == E_OK)
		return E_OK;
	pg_wire_close(w);
	pg_state_lost(e, NULL, w->role);
	err_detail(e, "connect: %s", why.detail);
	return E_UNAVAILABLE;
}

/* There is no pool: each process keeps one; many a minute mean that something breaks them. */
static const struct metric connections = { "platen_database_connections_total",
	"Connections opened to the database, failed ones too", METRIC_COUNTER, NULL };

static enum errc open_wire(struct pg_wire *w, usec_t until, struct err *e)
{
	PostgresPollingStatusType st = PGRES_POLLING_WRITING;

	w->links++;
	metrics_add(&connections, NULL, 1);
	w->conn = pg_link_start(w->conninfo, w->timeout, e);
	if (w->conn == NULL)
		return E_INVALID;
	if (PQstatus(w->conn) == CONNECTION_BAD)
		return lost(w, e, "connect");
	while (st != PGRES_POLLING_OK) {
		if (st == PGRES_POLLING_FAILED)
			return lost(w, e, "connect");
		if (!await(w->conn, st == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
			return lost(w, e, "connect: no answer in time");
		st = PQconnectPoll(w->conn);
	}
	if (PQsetnonblocking(w->conn, 1) != 0 || PQenterPipelineMode(w->conn) != 1)
		return lost(w, e, "connect: pipeline mode");
	return take_role(w, until, e);
}

/* A server that went away left its farewell in the socket: seen here, before anything is sent. */
static bool is_alive(PGconn *conn)
{
	struct pollfd p = { .fd = PQsocket(conn), .events = POLLIN };

	/* One read takes the farewell, the next one finds the end. */
	while (PQstatus(conn) == CONNECTION_OK) {
		if (poll(&p, 1, 0) <= 0)
			return true;
		if (PQconsumeInput(conn) == 0)
			return false;
	}
	return false;
}

enum errc pg_wire_ready(struct pg_wire *w, usec_t until, struct err *e)
{
	if (w->conn != NULL && !is_alive(w->conn))
		pg_wire_close(w);
	return w->conn != NULL ? E_OK : open_wire(w, until, e);
}

/* One result or NULL; *gone when the deadline passed or the connection broke. */
static PGresult *take(struct pg_wire *w, usec_t until, bool *gone)
{
	for (;;) {
		int unsent = PQflush(w->conn);

		if (unsent < 0)
			break;
		if (PQisBusy(w->conn) == 0)
			return PQgetResult(w->conn);
		if (!await(w->conn, (short)(POLLIN | (unsent > 0 ? POLLOUT : 0)), until))
			break;
		if (PQconsumeInput(w->conn) == 0)
			break;
	}
	*gone = true;
	return NULL;
}

static bool send_step(struct pg_wire *w, struct pg_step *s)
{
	const struct pg_stmt *st = s->st;
	int params = s->args == NULL ? 0 : s->args->len;

	s->prepare = !pg_names_has(&w->names, st->name);
	if (s->prepare && PQsendPrepare(w->conn, st->name, st->text, 0, NULL) != 1)
		return false;
	return PQsendQueryPrepared(w->conn, st->name, params,
	    params == 0 ? NULL : s->args->value, NULL, NULL, 0) == 1;
}

/* The answer to one command of the pipeline, and the NULL behind it. */
static PGresult *answer(struct pg_wire *w, usec_t until, bool *gone)
{
	PGresult *r = take(w, until, gone), *end;

	if (r == NULL) {
		*gone = true;
		return NULL;
	}
	end = take(w, until, gone);
	if (end != NULL)
		*gone = true; /* two results of one statement: not our protocol */
	PQclear(end);
	return r;
}

static bool is_good(const PGresult *r)
{
	ExecStatusType st = PQresultStatus(r);

	return st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;
}

/* Collects one step. The first refusal is kept in *e; what follows is only aborted. */
static enum errc collect(struct pg_wire *w, struct pg_step *s, usec_t until, bool *stale,
    struct err *e)
{
	bool gone = false;
	PGresult *r;
	enum errc rc = E_OK;

	if (s->prepare) {
		r = answer(w, until, &gone);
		if (r != NULL && is_good(r))
			pg_names_add(&w->names, s->st->name);
		else if (r != NULL && PQresultStatus(r) != PGRES_PIPELINE_ABORTED)
			rc = pg_state_refused(e, r, s->st->name);
		PQclear(r);
		if (gone)
			return E_TIMEOUT;
	}
	r = answer(w, until, &gone);
	if (gone) {
		PQclear(r);
		return E_TIMEOUT;
	}
	if (!is_good(r) && PQresultStatus(r) != PGRES_PIPELINE_ABORTED) {
		*stale = pg_state_is_stale(r) || pg_state_is_unknown(r);
		rc = pg_state_refused(e, r, s->st->name);
	}
	s->result = r;
	return rc;
}

enum errc pg_wire_run(struct pg_wire *w, struct pg_step *steps, int len, usec_t until, bool *stale,
    struct err *e)
{
	enum errc rc = E_OK;
	bool gone = false;

	*stale = false;
	for (int i = 0; i < len; i++)
		steps[i].result = NULL;
	for (int i = 0; i < len; i++)
		if (!send_step(w, &steps[i]))
			return lost(w, e, "send");
	if (PQpipelineSync(w->conn) != 1)
		return lost(w, e, "send");
	for (int i = 0; i < len && !gone; i++) {
		struct err first;
		bool heals = false;
		enum errc got = collect(w, &steps[i], until, &heals, &first);

		if (got == E_TIMEOUT) {
			gone = true;
		} else if (got != E_OK && rc == E_OK) {
			rc = got;
			*stale = heals;
			if (e != NULL)
				*e = first;
		}
	}
	if (!gone) {
		PGresult *sync = take(w, until, &gone);

		PQclear(sync);
	}
	if (gone || PQstatus(w->conn) != CONNECTION_OK) {
		pg_wire_drop(steps, len);
		return lost(w, e, gone ? "no answer in time" : "connection broke");
	}
	return rc;
}

void pg_wire_drop(struct pg_step *steps, int len)
{
	for (int i = 0; i < len; i++) {
		PQclear(steps[i].result);
		steps[i].result = NULL;
	}
}

enum pg_tx pg_wire_state(const struct pg_wire *w)
{
	if (w->conn == NULL)
		return PG_TX_GONE;
	switch (PQtransactionStatus(w->conn)) {
	case PQTRANS_IDLE:
		return PG_TX_IDLE;
	case PQTRANS_INTRANS:
		return PG_TX_OPEN;
	case PQTRANS_INERROR:
		return PG_TX_FAILED;
	case PQTRANS_ACTIVE:
	case PQTRANS_UNKNOWN:
		break;
	}
	return PG_TX_GONE;
}

enum errc pg_wire_notify(struct pg_wire *w, usec_t until, char *payload, size_t size,
    struct err *e)
{
	for (;;) {
		PGnotify *n;

		if (w->conn == NULL)
			return pg_state_lost(e, NULL, "wait: connection broke");
		n = PQnotifies(w->conn);
		if (n != NULL) {
			snprintf(payload, size, "%s", n->extra);
			PQfreemem(n);
			return E_OK;
		}
		if (PQstatus(w->conn) != CONNECTION_OK)
			return lost(w, e, "wait");
		if (!await(w->conn, POLLIN, until))
			return err_set(e, E_TIMEOUT, "No answer in time");
		if (PQconsumeInput(w->conn) == 0)
			return lost(w, e, "wait");
	}
}

/* The simple protocol: it takes several statements, and stops at the first that is refused. */
enum errc pg_wire_script(struct pg_wire *w, const char *text, usec_t until, struct err *e)
{
	enum errc rc = E_OK;
	bool gone = false;
	PGresult *r;

	if (PQexitPipelineMode(w->conn) != 1 || PQsendQuery(w->conn, text) != 1)
		return lost(w, e, "send");
	while ((r = take(w, until, &gone)) != NULL) {
		if (rc == E_OK && !is_good(r) && PQresultStatus(r) != PGRES_EMPTY_QUERY)
			rc = pg_state_refused(e, r, "script");
		PQclear(r);
	}
	if (gone || PQenterPipelineMode(w->conn) != 1)
		return lost(w, e, "script: no answer in time");
	return rc;
}
