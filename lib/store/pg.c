/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gen/pg_sql.h"
#include "store/pg_state.h"
#include "store/pg_wire.h"

enum phase {
	PHASE_NONE,   /* a statement is its own transaction */
	PHASE_QUEUED, /* BEGIN and auth.enter wait for company */
	PHASE_OPEN,
	PHASE_FAILED, /* refused, or the connection broke: only pg_rollback() leads out */
	PHASE_DONE,   /* COMMIT travelled with the last statement */
};

struct pg {
	struct pg_wire wire;
	enum phase phase;
	bool last;              /* the next statement takes COMMIT along */
	bool enters;            /* this transaction is for somebody */
	struct arena *who;      /* copies of pg_begin()'s argument */
	struct pg_args enter;   /* parameters of auth.enter, in `who` */
	struct pg_result *entered;
};

static char *copy(const char *text)
{
	char *out = text == NULL ? NULL : strdup(text);

	if (text != NULL && out == NULL)
		abort();
	return out;
}

struct pg *pg_new(const char *conninfo, const char *role, usec_t timeout)
{
	struct pg *db = calloc(1, sizeof *db);

	if (db == NULL)
		abort();
	db->wire.conninfo = copy(conninfo);
	db->wire.role = copy(role);
	db->wire.timeout = timeout;
	db->who = arena_new(0);
	return db;
}

void pg_free(struct pg *db)
{
	if (db == NULL)
		return;
	pg_wire_close(&db->wire);
	pg_names_fini(&db->wire.names);
	PQclear(db->entered);
	arena_free(db->who);
	free(db->wire.conninfo);
	free(db->wire.role);
	free(db);
}

enum errc pg_begin(struct pg *db, const struct pg_enter *who, struct err *e)
{
	if (db->phase != PHASE_NONE && db->phase != PHASE_DONE) {
		log_error("pg_begin inside a transaction");
		pg_rollback(db);
		return err_set(e, E_INTERNAL, "Internal server error");
	}
	PQclear(db->entered);
	db->entered = NULL;
	db->phase = PHASE_QUEUED;
	db->last = false;
	db->enters = who != NULL;
	if (who == NULL)
		return E_OK;
	arena_reset(db->who);
	pg_args_init(&db->enter, db->who);
	pg_text(&db->enter, arena_str(db->who, who->kind));
	pg_text(&db->enter, arena_str(db->who, who->user_id));
	pg_text(&db->enter, arena_str(db->who, who->session_id));
	pg_text(&db->enter, arena_str(db->who, who->claimed_org));
	pg_text(&db->enter, arena_str(db->who, who->stated_org));
	pg_text(&db->enter, arena_str(db->who, who->claimed_role));
	pg_text(&db->enter, arena_str(db->who, who->least_role));
	return E_OK;
}

const char *pg_entered(const struct pg *db, const char *column)
{
	if (db->entered == NULL || pg_len(db->entered) == 0)
		return NULL;
	return pg_get(db->entered, 0, column);
}

unsigned pg_links(const struct pg *db)
{
	return db->wire.links;
}

#define MAX_STEPS 4
struct plan {
	struct pg_step step[MAX_STEPS];
	int len;
	int enter, work; /* index, or -1 */
};

static int add(struct plan *p, const struct pg_stmt *st, const struct pg_args *args)
{
	p->step[p->len] = (struct pg_step){ .st = st, .args = args };
	return p->len++;
}

static void make_plan(struct pg *db, const struct pg_stmt *st, const struct pg_args *args,
    struct plan *p)
{
	*p = (struct plan){ .len = 0, .enter = -1, .work = -1 };
	if (db->phase == PHASE_QUEUED) {
		add(p, &sql_pg_begin, NULL);
		if (db->enters)
			p->enter = add(p, &sql_pg_enter, &db->enter);
	}
	if (st != NULL)
		p->work = add(p, st, args);
	if (db->last && db->phase != PHASE_NONE)
		add(p, &sql_pg_commit, NULL);
}

/* Runs the plan. A second try on a new connection is only made where the first one cannot have
 * left anything behind: before the transaction was open, and never once COMMIT was sent into a
 * connection that then broke. */
static enum errc run_plan(struct pg *db, struct plan *p, struct err *e)
{
	usec_t until = pg_wire_deadline(&db->wire);
	bool commits = db->last || db->phase == PHASE_NONE;
	enum errc rc = E_OK;

	for (int attempt = 0; attempt < 2; attempt++) {
		bool stale = false, broke;

		if (db->phase != PHASE_OPEN)
			rc = pg_wire_ready(&db->wire, until, e);
		if (rc != E_OK)
			return rc;
		rc = pg_wire_run(&db->wire, p->step, p->len, until, &stale, e);
		if (rc == E_OK)
			return rc;
		if (db->phase == PHASE_OPEN) {
			if (stale)
				pg_wire_close(&db->wire);
			return stale ? pg_state_lost(e, NULL, "prepared before a view was replaced") : rc;
		}
		broke = db->wire.conn == NULL;
		if (!stale && (!broke || commits || clock_mono() >= until))
			return rc;
		pg_wire_drop(p->step, p->len);
		pg_wire_close(&db->wire);
	}
	return rc;
}

static void next_phase(struct pg *db, enum errc rc)
{
	if (db->phase == PHASE_NONE)
		return;
	if (rc != E_OK)
		db->phase = PHASE_FAILED;
	else
		db->phase = db->last ? PHASE_DONE : PHASE_OPEN;
	db->last = false;
}

static void release(void *result)
{
	PQclear(result);
}

static enum errc hand_over(struct arena *a, const struct pg_stmt *st, struct pg_result *r,
    struct pg_result **out, struct err *e)
{
	if (st->rows == PG_ONE && PQntuples(r) == 0) {
		PQclear(r);
		return err_set(e, E_NOTFOUND, "Not found");
	}
	if (out == NULL) {
		PQclear(r);
		return E_OK;
	}
	arena_adopt(a, r, release);
	*out = r;
	return E_OK;
}

static enum errc execute(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct pg_args *args, struct pg_result **out, struct err *e)
{
	struct plan p;
	struct pg_result *work = NULL;
	enum errc rc;

	if (st != NULL && st->params != (args == NULL ? 0 : args->len)) {
		log_error("statement %s got %d parameters", st->name, args == NULL ? 0 : args->len);
		abort();
	}
	if (db->phase == PHASE_FAILED)
		return err_set(e, E_UNAVAILABLE, "The transaction has failed");
	if (db->phase == PHASE_DONE)
		db->phase = PHASE_NONE;
	make_plan(db, st, args, &p);
	rc = run_plan(db, &p, e);
	next_phase(db, rc);
	if (rc == E_OK && p.enter >= 0) {
		db->entered = p.step[p.enter].result;
		p.step[p.enter].result = NULL;
	}
	if (rc == E_OK && p.work >= 0) {
		work = p.step[p.work].result;
		p.step[p.work].result = NULL;
	}
	pg_wire_drop(p.step, p.len);
	return rc == E_OK && work != NULL ? hand_over(a, st, work, out, e) : rc;
}

enum errc pg_exec(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct pg_args *args, struct pg_result **out, struct err *e)
{
	if (out != NULL)
		*out = NULL;
	return execute(db, a, st, args, out, e);
}

enum errc pg_enter_now(struct pg *db, struct err *e)
{
	if (db->phase != PHASE_QUEUED)
		return E_OK;
	return execute(db, NULL, NULL, NULL, NULL, e);
}

void pg_last(struct pg *db)
{
	if (db->phase == PHASE_QUEUED || db->phase == PHASE_OPEN)
		db->last = true;
}

enum errc pg_commit(struct pg *db, struct err *e)
{
	enum errc rc = E_OK;

	switch (db->phase) {
	case PHASE_NONE:
	case PHASE_DONE:
		break;
	case PHASE_FAILED:
		rc = err_set(e, E_UNAVAILABLE, "The transaction has failed");
		break;
	case PHASE_QUEUED:
	case PHASE_OPEN:
		db->last = true;
		rc = execute(db, NULL, NULL, NULL, NULL, e);
		break;
	}
	pg_rollback(db);
	return rc;
}

void pg_rollback(struct pg *db)
{
	struct pg_step step = { .st = &sql_pg_rollback };
	enum pg_tx state = pg_wire_state(&db->wire);
	bool stale;

	db->phase = PHASE_NONE;
	db->last = false;
	if (state == PG_TX_IDLE || db->wire.conn == NULL)
		return;
	if (state == PG_TX_GONE ||
	    pg_wire_run(&db->wire, &step, 1, pg_wire_deadline(&db->wire), &stale, NULL) != E_OK ||
	    pg_wire_state(&db->wire) != PG_TX_IDLE)
		pg_wire_close(&db->wire); /* the server rolls back what it loses */
	pg_wire_drop(&step, 1);
}

enum errc pg_listen(struct pg *db, struct err *e)
{
	return pg_exec(db, NULL, &sql_pg_listen, NULL, NULL, e);
}

enum errc pg_wait(struct pg *db, const char *topic, usec_t until, char *rest, size_t size,
    struct err *e)
{
	size_t len = strlen(topic);
	char payload[512];
	enum errc rc;

	while ((rc = pg_wire_notify(&db->wire, until, payload, sizeof payload, e)) == E_OK) {
		if (strncmp(payload, topic, len) != 0)
			continue;
		if (payload[len] != ' ' && payload[len] != '\0')
			continue;
		snprintf(rest, size, "%s", payload[len] == ' ' ? payload + len + 1 : "");
		break;
	}
	return rc;
}

void pg_unlisten(struct pg *db)
{
	char payload[8];

	if (pg_exec(db, NULL, &sql_pg_unlisten, NULL, NULL, NULL) != E_OK)
		return; /* with the connection the listening ended too */
	while (pg_wire_notify(&db->wire, 0, payload, sizeof payload, NULL) == E_OK)
		continue;
}

enum errc pg_check_login(struct pg *db, bool production, struct err *e)
{
	struct arena *a = arena_new(0);
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_pg_login, NULL, &r, e);

	if (rc == E_OK && pg_get_bool(r, 0, "superuser")) {
		if (production)
			rc = err_field(e, E_INVALID, "db.user",
			    "Configuration: the programs must not log in to the database as superuser %s",
			    pg_get(r, 0, "login"));
		else
			log_warn("the database login %s is a superuser: row security rests on SET ROLE alone",
			    pg_get(r, 0, "login"));
	}
	arena_free(a);
	return rc;
}

enum errc pg_script(struct pg *db, const char *text, struct err *e)
{
	usec_t until = pg_wire_deadline(&db->wire);
	enum errc rc = pg_enter_now(db, e);

	if (rc != E_OK)
		return rc;
	if (db->phase == PHASE_FAILED)
		return err_set(e, E_UNAVAILABLE, "The transaction has failed");
	if (db->phase != PHASE_OPEN)
		rc = pg_wire_ready(&db->wire, until, e);
	if (rc == E_OK)
		rc = pg_wire_script(&db->wire, text, until, e);
	if (rc != E_OK && db->phase == PHASE_OPEN)
		db->phase = PHASE_FAILED;
	return rc;
}
