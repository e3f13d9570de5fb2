/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/slot.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metrics.h"
#include "model/settings.h"
#include "worker/plan.h"
#include "worker/task.h"

#define SCAN_EVERY  (10 * USEC_PER_SEC)
#define ARENA_SIZE  ((size_t)16 << 20)
#define PAUSE_FIRST 100  /* ms between attempts to reach the database */
#define PAUSE_LAST  2000

static const struct metric tasks_total = { .name = "platen_tasks_total",
	.help = "Tasks ended by the worker, by queue and outcome.", .type = METRIC_COUNTER };

struct slot {
	const struct conf *conf;
	struct pg *db;
	struct files *files;
	struct arena *arena;
	char owner[160];
	int pause; /* ms; 0: the database was there */
};

static volatile sig_atomic_t stopping, idle;

static void on_term(int signo)
{
	(void)signo;
	if (idle)
		_exit(0); /* nothing is open: the database rolls back a claim that was under way */
	stopping = 1;
}

static void count(const char *queue, const char *outcome)
{
	struct buf labels = BUF_INIT;

	metrics_label(&labels, "queue", queue);
	metrics_label(&labels, "outcome", outcome);
	metrics_add(&tasks_total, buf_str(&labels), 1);
	buf_fini(&labels);
}

/* What users and administrators see of a task that will not run again. */
static enum errc bury(struct task_run *t, const struct task_kind *kind, const char *why,
    struct err *e)
{
	struct task_notice n = { .title = "A background task has failed" };
	enum errc rc = kind == NULL || kind->give_up == NULL ? E_OK : kind->give_up(t, why, e);

	if (rc != E_OK)
		return rc;
	n.message = arena_printf(t->arena, "Task %lld of queue %s: %s", (long long)t->claim.id,
	    t->claim.queue, why);
	n.metadata_json = arena_printf(t->arena, "{\"taskId\":%lld,\"queue\":\"%s\"}",
	    (long long)t->claim.id, t->claim.queue);
	return task_store_notify_failed(t->db, t->arena, &n, e);
}

static enum errc save(struct task_run *t, const struct task_kind *kind, struct err *e)
{
	enum errc rc = pg_begin(t->db, NULL, e);

	if (rc == E_OK)
		rc = task_store_finish(t->db, t->arena, &t->claim,
		    t->result_json != NULL ? t->result_json : "{}", e);
	if (rc == E_OK && kind->save != NULL)
		rc = kind->save(t, e);
	if (rc == E_OK)
		rc = pg_commit(t->db, e);
	if (rc != E_OK)
		pg_rollback(t->db);
	return rc;
}

static void fail(struct task_run *t, const struct task_kind *kind, enum errc code,
    const struct err *why)
{
	bool is_final;
	struct err e;
	enum errc rc = pg_begin(t->db, NULL, &e);

	if (rc == E_OK)
		rc = task_store_fail(t->db, t->arena, &t->claim, why->message,
		    task_retry(t->claim.attempt, code), &is_final, &e);
	if (rc == E_OK && is_final)
		rc = bury(t, kind, why->message, &e);
	if (rc == E_OK)
		rc = pg_commit(t->db, &e);
	if (rc != E_OK) {
		pg_rollback(t->db);
		log_err(&e, "ending a task"); /* it is lost and will be found */
		return;
	}
	log_error("task %lld of queue %s failed%s, attempt %lld: %s (%s)", (long long)t->claim.id,
	    t->claim.queue, is_final ? " for good" : "", (long long)t->claim.attempt, why->message,
	    why->detail);
	count(t->claim.queue, is_final ? "failed" : "retried");
}

static void run(struct slot *s, const struct task_claim *claim)
{
	struct task_run t = { .conf = s->conf, .db = s->db, .files = s->files, .arena = s->arena,
		.claim = *claim, .beat_at = clock_mono() + 10 * USEC_PER_SEC };
	const struct task_kind *kind = NULL;
	usec_t began = clock_mono();
	struct err e;
	enum errc rc;

	memset(&e, 0, sizeof(e));
	rc = jval_parse(s->arena, claim->payload, strlen(claim->payload), &t.payload, &e);
	if (rc == E_OK && (rc = task_find(claim->queue, t.payload, &kind, &e)) != E_OK)
		kind = NULL;
	if (rc == E_OK)
		rc = kind->work(&t, &e);
	if (rc == E_OK)
		rc = save(&t, kind, &e);
	if (rc != E_OK) {
		fail(&t, kind, rc, &e);
		return;
	}
	(kind->is_routine ? log_debug : log_info)("task %lld of queue %s, %s, done in %lld ms",
	    (long long)claim->id, claim->queue, kind->operation,
	    (long long)((clock_mono() - began) / USEC_PER_MSEC));
	count(claim->queue, "done");
}

/* Tasks of dead workers; the few that die again and again are buried. */
static enum errc take_back(struct slot *s, struct err *e)
{
	struct pg_result *rows;
	enum errc rc = task_store_lose(s->db, s->arena, &rows, e);
	int i;

	for (i = 0; rc == E_OK && i < pg_len(rows); i++) {
		struct task_run t = { .conf = s->conf, .db = s->db, .arena = s->arena };
		const struct task_kind *kind = NULL;
		const char *payload = pg_get(rows, i, "payload");

		t.claim.id = pg_get_int(rows, i, "id");
		t.claim.queue = pg_get(rows, i, "queue");
		log_warn("task %lld of queue %s lost its worker, now %s", (long long)t.claim.id,
		    t.claim.queue, pg_get(rows, i, "status"));
		count(t.claim.queue, "lost");
		if (strcmp(pg_get(rows, i, "status"), "failed") != 0)
			continue;
		if (jval_parse(s->arena, payload, strlen(payload), &t.payload, e) == E_OK &&
		    task_find(t.claim.queue, t.payload, &kind, e) != E_OK)
			kind = NULL;
		rc = bury(&t, kind, "The task ended its worker again and again", e);
	}
	return rc;
}

/* Runs what is due; E_OK: nothing is left to do now, *wait says until when. */
static enum errc serve(struct slot *s, usec_t *wait, struct err *e)
{
	struct task_claim claim;
	enum errc rc = pg_listen(s->db, e);
	bool found = true;
	usec_t planned;

	if (rc == E_OK)
		rc = take_back(s, e);
	if (rc == E_OK)
		rc = plan_fire_due(s->db, s->arena, s->conf, e);
	while (rc == E_OK && found && !stopping) {
		arena_reset(s->arena);
		idle = 1;
		rc = task_store_claim(s->db, s->arena, s->owner, &claim, &found, e);
		idle = 0;
		if (rc == E_OK && found)
			run(s, &claim);
	}
	if (rc == E_OK)
		rc = plan_next(s->db, s->arena, &planned, e);
	if (rc == E_OK)
		rc = task_store_due(s->db, s->arena, wait, e);
	if (rc == E_OK && planned < *wait)
		*wait = planned;
	return rc;
}

static void wait_for_work(struct slot *s, usec_t wait)
{
	usec_t until = clock_mono() + (wait < SCAN_EVERY ? wait : SCAN_EVERY);
	char queue[64];
	struct err e;

	idle = 1;
	if (stopping)
		_exit(0);
	if (pg_wait(s->db, "task", until, queue, sizeof(queue), &e) == E_OK)
		while (pg_wait(s->db, "task", 0, queue, sizeof(queue), &e) == E_OK)
			continue; /* one look answers them all */
	idle = 0;
}

static void pause_after(struct slot *s, const struct err *e)
{
	if (s->pause == 0)
		log_err(e, "reaching the database");
	s->pause = s->pause == 0 ? PAUSE_FIRST : s->pause * 2 > PAUSE_LAST ? PAUSE_LAST :
	    s->pause * 2;
	idle = 1;
	if (stopping)
		_exit(0);
	(void)poll(NULL, 0, s->pause);
	idle = 0;
}

static bool open_all(struct slot *s, int number)
{
	bool production = strcmp(conf_text(s->conf, "core.environment"), "production") == 0;
	char host[100] = "";
	struct err e;

	(void)gethostname(host, sizeof(host) - 1);
	snprintf(s->owner, sizeof(s->owner), "%s/%ld/%d", host, (long)getpid(), number);
	s->arena = arena_new(ARENA_SIZE);
	s->db = pg_new(settings_db(s->conf, s->arena), "platen_service",
	    conf_duration(s->conf, "db.timeout"));
	if (files_open_root(conf_text(s->conf, "storage.dir"), 0, &s->files, &e) != E_OK) {
		log_err(&e, "opening storage.dir");
		return false;
	}
	if (pg_check_login(s->db, production, &e) == E_INVALID) {
		log_err(&e, "looking at the database login");
		return false;
	}
	return true;
}

void slot_run(const struct conf *conf, int number)
{
	struct sigaction act = { .sa_handler = on_term };
	struct slot s = { .conf = conf };
	usec_t wait;
	struct err e;

	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	if (!open_all(&s, number))
		exit(1);
	while (!stopping) {
		arena_reset(s.arena);
		if (serve(&s, &wait, &e) != E_OK) {
			pause_after(&s, &e);
			continue;
		}
		if (s.pause != 0)
			log_info("the database is back");
		s.pause = 0;
		wait_for_work(&s, wait);
	}
	exit(0);
}

int slot_once(const struct conf *conf)
{
	struct slot s = { .conf = conf };
	int status = 1;
	usec_t wait;
	struct err e;

	if (open_all(&s, 1)) {
		if (serve(&s, &wait, &e) == E_OK)
			status = 0;
		else
			log_err(&e, "running the due tasks");
		files_free(s.files);
	}
	pg_free(s.db);
	arena_free(s.arena);
	return status;
}
