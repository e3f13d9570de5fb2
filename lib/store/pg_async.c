/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_async.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gen/pg_sql.h"
#include "store/pg_link.h"
#include "store/pg_notices.h"
#include "store/pg_request.h"
#include "store/pg_state.h"

/* Statements of the daemons are short; one that takes longer is a sick database. */
#define STATEMENT_TIMEOUT (10 * USEC_PER_SEC)
#define STALL             (12 * USEC_PER_SEC) /* no answer: the connection is given up */
#define CONNECT_TIMEOUT   (5 * USEC_PER_SEC)
#define PING_AFTER        (15 * USEC_PER_SEC) /* finds a peer that vanished without a word */
#define BACKOFF_MIN       (USEC_PER_SEC / 10)
#define BACKOFF_MAX       (2 * USEC_PER_SEC)
#define MAX_SENT          64
#define MAX_WAITING       10000

enum state { DOWN, CONNECTING, LISTENING, UP };

struct pg_async {
	struct loop *loop;
	char *conninfo, *role;
	const struct pg_async_ops *ops;
	void *ctx;
	enum state state;
	PGconn *conn;
	struct loop_watch *watch;
	struct loop_timer *timer; /* retry, connect, stall or ping, by state */
	struct loop_timer *soon;  /* tells refused requests in a turn of their own */
	struct pg_names names;
	struct pg_queue sent, waiting, refused;
	usec_t backoff, since, heard; /* since: connecting; heard: last sign of life */
	bool said_why; /* the reason of the outage is in the log */
};

static void on_io(void *ctx, unsigned events);
static void send_waiting(struct pg_async *db);

static void arm(struct pg_async *db)
{
	usec_t at = USEC_NEVER;

	switch (db->state) {
	case DOWN:
		at = db->since + db->backoff;
		break;
	case CONNECTING:
		at = db->since + CONNECT_TIMEOUT;
		break;
	case LISTENING:
	case UP:
		at = db->sent.head != NULL ? db->sent.head->since + STALL : db->heard + PING_AFTER;
		break;
	}
	loop_timer_at(db->timer, at);
}

static void refuse_all(struct pg_async *db, struct pg_queue *q)
{
	struct pg_request *r;

	while ((r = pg_queue_take(q)) != NULL) {
		PQclear(r->result);
		r->result = NULL;
		pg_request_refuse(r);
		pg_queue_add(&db->refused, r);
	}
	if (db->refused.head != NULL)
		loop_timer_at(db->soon, loop_now(db->loop));
}

static void go_down(struct pg_async *db, const char *why)
{
	bool was_up = db->state == UP;
	struct err e;

	pg_state_lost(&e, db->conn, why);
	if (!db->said_why)
		log_warn("database: %s", e.detail);
	db->said_why = true;
	loop_watch_free(db->watch);
	db->watch = NULL;
	PQfinish(db->conn);
	db->conn = NULL;
	pg_names_clear(&db->names);
	db->backoff = was_up || db->backoff == 0 ? BACKOFF_MIN : 2 * db->backoff;
	if (db->backoff > BACKOFF_MAX)
		db->backoff = BACKOFF_MAX;
	db->state = DOWN;
	db->since = loop_now(db->loop);
	refuse_all(db, &db->sent);
	refuse_all(db, &db->waiting);
	arm(db);
	if (was_up && db->ops->up != NULL)
		db->ops->up(db->ctx, false);
}

static void on_soon(void *ctx)
{
	struct pg_async *db = ctx;
	size_t n = db->refused.len; /* those refused meanwhile wait for the next turn */

	while (n-- > 0)
		pg_request_finish(pg_queue_take(&db->refused));
	if (db->refused.head != NULL)
		loop_timer_at(db->soon, loop_now(db->loop));
}

/* ---- connecting ---- */

static void watch(struct pg_async *db, unsigned events)
{
	if (db->watch == NULL)
		db->watch = loop_watch_new(db->loop, PQsocket(db->conn), events, on_io, db);
	else
		loop_watch_set(db->watch, events);
}

static void has_role(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct pg_async *db = ctx;

	(void)r;
	if (db->state == LISTENING && rc != E_OK)
		go_down(db, e->detail);
}

static void listening(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct pg_async *db = ctx;

	(void)r;
	if (db->state != LISTENING)
		return;
	if (rc != E_OK) {
		go_down(db, e->detail);
		return;
	}
	db->state = UP;
	db->backoff = 0;
	if (db->said_why)
		log_info("database: connected again");
	db->said_why = false;
	if (db->ops->up != NULL)
		db->ops->up(db->ctx, true);
}

/* LISTEN travels behind it; without its role a session is given up. */
static void take_role(struct pg_async *db)
{
	struct pg_args args = { .len = 1, .value = { db->role } };

	if (db->role != NULL)
		pg_queue_add(&db->waiting, pg_request_new(&sql_pg_session, &args, has_role, db));
}

static void enter_session(struct pg_async *db)
{
	if (PQsetnonblocking(db->conn, 1) != 0 || PQenterPipelineMode(db->conn) != 1) {
		go_down(db, "pipeline mode");
		return;
	}
	db->state = LISTENING;
	db->heard = loop_now(db->loop);
	take_role(db);
	pg_queue_add(&db->waiting, pg_request_new(&sql_pg_listen, NULL, listening, db));
	send_waiting(db);
}

/* libpq may change its descriptor at each step, so the watch is made anew. */
static void poll_connect(struct pg_async *db)
{
	loop_watch_free(db->watch);
	db->watch = NULL;
	switch (PQconnectPoll(db->conn)) {
	case PGRES_POLLING_OK:
		enter_session(db);
		return;
	case PGRES_POLLING_READING:
		watch(db, LOOP_READ);
		return;
	case PGRES_POLLING_WRITING:
	case PGRES_POLLING_ACTIVE:
		watch(db, LOOP_WRITE);
		return;
	case PGRES_POLLING_FAILED:
		break;
	}
	go_down(db, "connect");
}

static void connect_now(struct pg_async *db)
{
	struct err e;

	db->since = loop_now(db->loop);
	db->state = CONNECTING;
	db->conn = pg_link_start(db->conninfo, STATEMENT_TIMEOUT, &e);
	if (db->conn == NULL || PQstatus(db->conn) == CONNECTION_BAD) {
		go_down(db, db->conn == NULL ? e.message : "connect");
		return;
	}
	watch(db, LOOP_WRITE);
	arm(db);
}

static void on_timer(void *ctx)
{
	struct pg_async *db = ctx;

	switch (db->state) {
	case DOWN:
		connect_now(db);
		return;
	case CONNECTING:
		go_down(db, "connect: no answer in time");
		return;
	case LISTENING:
	case UP:
		break;
	}
	if (db->sent.head != NULL && loop_now(db->loop) - db->sent.head->since >= STALL) {
		go_down(db, "no answer in time");
		return;
	}
	if (db->sent.head == NULL && loop_now(db->loop) - db->heard >= PING_AFTER) {
		pg_queue_add(&db->waiting, pg_request_new(&sql_pg_ping, NULL, NULL, NULL));
		send_waiting(db);
		return;
	}
	arm(db);
}

/* ---- sending ---- */

static bool send_request(struct pg_async *db, struct pg_request *q)
{
	const struct pg_stmt *st = q->st;

	q->since = loop_now(db->loop);
	q->stage = PG_AWAITS_RESULT;
	if (!pg_names_has(&db->names, st->name)) {
		q->stage = PG_AWAITS_PREPARE;
		if (PQsendPrepare(db->conn, st->name, st->text, 0, NULL) != 1)
			return false;
		/* Known from now on: what follows in the pipeline comes after it. */
		pg_names_add(&db->names, st->name);
	}
	return PQsendQueryPrepared(db->conn, st->name, q->len, q->value, NULL, NULL, 0) == 1 &&
	    PQpipelineSync(db->conn) == 1;
}

static void send_waiting(struct pg_async *db)
{
	int unsent;

	while (db->waiting.head != NULL && db->sent.len < MAX_SENT) {
		struct pg_request *q = pg_queue_take(&db->waiting);
		bool ok = send_request(db, q);

		pg_queue_add(&db->sent, q);
		if (!ok) {
			go_down(db, "send");
			return;
		}
	}
	unsent = PQflush(db->conn);
	if (unsent < 0) {
		go_down(db, "send");
		return;
	}
	watch(db, unsent > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
	arm(db);
}

/* ---- receiving ---- */

/* Takes one result for the oldest request; true when the request is complete. *stale: only a new
 * session heals its statements. */
static bool take(struct pg_async *db, struct pg_request *q, PGresult *r, bool *stale)
{
	ExecStatusType st = PQresultStatus(r);
	bool good = st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK;

	if (st == PGRES_PIPELINE_SYNC) {
		PQclear(r);
		return true;
	}
	if (!good && st != PGRES_PIPELINE_ABORTED) {
		/* Not prepared: here, or by the one before it in the pipeline. */
		if (q->stage == PG_AWAITS_PREPARE || pg_state_is_unknown(r))
			pg_names_remove(&db->names, q->st->name);
		*stale = *stale || pg_state_is_stale(r);
		q->rc = pg_state_refused(&q->err, r, q->st->name);
	}
	if (q->stage == PG_AWAITS_RESULT) {
		PQclear(q->result);
		q->result = r;
		q->stage = PG_AWAITS_END;
		return false;
	}
	if (q->stage == PG_AWAITS_PREPARE)
		q->stage = PG_AWAITS_RESULT;
	PQclear(r);
	return false;
}

/* False when the connection was given up meanwhile. */
static bool receive(struct pg_async *db)
{
	PGconn *conn = db->conn;
	bool stale = false;

	while (db->conn == conn && db->sent.head != NULL && PQisBusy(conn) == 0) {
		PGresult *r = PQgetResult(conn);

		if (r == NULL) {
			if (PQstatus(conn) != CONNECTION_OK)
				break;
			continue; /* the gap between two answers */
		}
		if (take(db, db->sent.head, r, &stale))
			pg_request_finish(pg_queue_take(&db->sent));
		else if (PQstatus(conn) != CONNECTION_OK)
			break;
	}
	if (db->conn != conn)
		return false;
	if (stale || PQstatus(conn) != CONNECTION_OK) {
		go_down(db, stale ? "statements are out of date" : "connection broke");
		return false;
	}
	return true;
}

/* Equal payloads that wait together are told once. False as in receive(). */
static bool notifications(struct pg_async *db)
{
	struct pg_notices seen;
	PGconn *conn = db->conn;
	PGnotify *n;

	pg_notices_init(&seen);
	while ((n = PQnotifies(conn)) != NULL) {
		pg_notices_add(&seen, n->extra);
		PQfreemem(n);
	}
	for (size_t i = 0; i < seen.len && db->conn == conn; i++) {
		char *topic = seen.payload[i], *rest = strchr(topic, ' ');

		if (rest != NULL)
			*rest++ = '\0';
		if (db->ops->notify != NULL)
			db->ops->notify(db->ctx, topic, rest == NULL ? "" : rest);
	}
	pg_notices_fini(&seen);
	return db->conn == conn;
}

static void on_io(void *ctx, unsigned events)
{
	struct pg_async *db = ctx;

	if (db->state == CONNECTING) {
		poll_connect(db);
		return;
	}
	if ((events & (LOOP_READ | LOOP_HANGUP)) != 0) {
		db->heard = loop_now(db->loop);
		if (PQconsumeInput(db->conn) == 0) {
			receive(db); /* what came before the end */
			if (db->conn != NULL)
				go_down(db, "connection broke");
			return;
		}
		if (!receive(db) || !notifications(db))
			return;
	}
	send_waiting(db);
}

/* ---- the owner's side ---- */

static char *copy(const char *text)
{
	char *out = text == NULL ? NULL : strdup(text);

	if (text != NULL && out == NULL)
		abort();
	return out;
}

struct pg_async *pg_async_new(struct loop *l, const char *conninfo, const char *role,
    const struct pg_async_ops *ops, void *ctx)
{
	struct pg_async *db = calloc(1, sizeof *db);

	if (db == NULL)
		abort();
	db->loop = l;
	db->conninfo = copy(conninfo);
	db->role = copy(role);
	db->ops = ops;
	db->ctx = ctx;
	db->timer = loop_timer_new(l, on_timer, db);
	db->soon = loop_timer_new(l, on_soon, db);
	pg_queue_init(&db->sent);
	pg_queue_init(&db->waiting);
	pg_queue_init(&db->refused);
	db->since = loop_now(l);
	arm(db); /* the first attempt is made by the loop, so that up() never comes too early */
	return db;
}

void pg_async_free(struct pg_async *db)
{
	static const struct pg_async_ops silent = { NULL, NULL };

	if (db == NULL)
		return;
	db->ops = &silent;
	db->said_why = true;
	go_down(db, "closed");
	while (db->refused.head != NULL)
		pg_request_finish(pg_queue_take(&db->refused));
	loop_timer_free(db->timer);
	loop_timer_free(db->soon);
	pg_names_fini(&db->names);
	free(db->conninfo);
	free(db->role);
	free(db);
}

bool pg_async_is_up(const struct pg_async *db)
{
	return db->state == UP;
}

void pg_async_exec(struct pg_async *db, const struct pg_stmt *st, const struct pg_args *args,
    void (*done)(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e),
    void *ctx)
{
	struct pg_request *q = pg_request_new(st, args, done, ctx);

	if (st->params != q->len) {
		log_error("statement %s got %d parameters", st->name, q->len);
		abort();
	}
	if (db->state != UP || db->waiting.len >= MAX_WAITING) {
		pg_request_refuse(q);
		pg_queue_add(&db->refused, q);
		loop_timer_at(db->soon, loop_now(db->loop));
		return;
	}
	pg_queue_add(&db->waiting, q);
	send_waiting(db);
}
