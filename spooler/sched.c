/* SPDX-License-Identifier: Apache-2.0 */
/* sched - what happens next, and from where it is known.
 *
 * The database says what is wanted: printers, claimed attempts, commands. NOTIFY says "look"; after
 * LISTEN everything is scanned once, and every 30 s again for what was missed. Scans are cheap
 * and may come at any time: an attempt that is known already is not begun twice (the journal knows
 * it), a command is taken by the statement that reads it.
 *
 * The database may be away at any time. Nothing here waits for it: units are made from the cache of
 * the last run, journals say which print was under way, the holder has the ports.
 *
 * Gaps: a process that was stopped, or a host that slept, wakes up in the middle of anything. Five
 * times a second the loop shows that it is alive; who finds the last sign too old asks the holder
 * whether the ports are still ours, lets what came in be read first, and only then acts on time. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "spooler/shell.h"
#include "spooler/spool_file.h"
#include "spooler/unit_cache.h"

#define TICK       (200 * USEC_PER_MSEC)
#define GAP        (1 * USEC_PER_SEC)
#define SLOW_SCAN  (30 * USEC_PER_SEC)
#define LEASE_WAIT (500 * USEC_PER_MSEC)
#define SWEEP_AGE  600 /* seconds */

/* ---- printers ---- */

struct scan { /* of one printer, or of all when id is "" */
	struct spooler *sp;
	char id[UUID_SIZE];
};

static struct scan *scan_new(struct spooler *sp, const char *id)
{
	struct scan *s = calloc(1, sizeof *s);

	if (s == NULL)
		abort();
	s->sp = sp;
	snprintf(s->id, sizeof s->id, "%s", id == NULL ? "" : id);
	return s;
}

static const char *scan_id(const struct scan *s)
{
	return s->id[0] == '\0' ? NULL : s->id;
}

static bool listed(const struct pg_result *r, const char *id)
{
	for (int i = 0; i < pg_len(r); i++)
		if (strcmp(pg_get(r, i, "id"), id) == 0)
			return true;
	return false;
}

static void drop_missing(const struct scan *s, const struct pg_result *r)
{
	struct unit *u, *next;

	for (u = s->sp->units; u != NULL; u = next) {
		next = u->next;
		if ((s->id[0] == '\0' || strcmp(s->id, u->row.id) == 0) && !listed(r, u->row.id))
			unit_drop(u);
	}
}

struct sweep {
	char dir[300];
	size_t len;
	char keep[][UUID_SIZE];
};

static void sweep_work(void *ctx)
{
	struct sweep *s = ctx;

	spool_file_sweep(s->dir, (const char (*)[UUID_SIZE])s->keep, s->len, SWEEP_AGE);
}

/* Once, when all printers are known: files of attempts that no journal knows any more. */
static void sweep(struct spooler *sp)
{
	size_t units = 0;
	struct sweep *s;

	if (sp->swept)
		return;
	sp->swept = true;
	for (struct unit *u = sp->units; u != NULL; u = u->next)
		units++;
	s = calloc(1, sizeof *s + 2 * units * UUID_SIZE);
	if (s == NULL)
		abort();
	snprintf(s->dir, sizeof s->dir, "%s", sp->spool_dir);
	for (struct unit *u = sp->units; u != NULL; u = u->next) {
		struct journal_attempt a;

		if (journal_attempt(u->journal, &a) && a.active)
			memcpy(s->keep[s->len++], a.attempt_id, UUID_SIZE);
		if (u->reader != NULL)
			memcpy(s->keep[s->len++], u->reader_attempt, UUID_SIZE);
	}
	loop_work(sp->loop, sweep_work, free, s);
}

static void on_printers(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct scan *s = ctx;
	struct spooler *sp = s->sp;
	struct spool_printer row;

	if (rc != E_OK) {
		if (rc != E_UNAVAILABLE)
			log_err(e, "reading the printers");
		free(s);
		return;
	}
	for (int i = 0; i < pg_len(r); i++) {
		struct unit *u;

		spool_printer_row(r, i, &row);
		u = unit_find(sp, row.id);
		if (u != NULL)
			unit_update(u, &row);
		else if (!sp->stopping)
			unit_new(sp, &row);
		spool_printer_fini(&row);
	}
	drop_missing(s, r);
	if (s->id[0] != '\0' && unit_find(sp, s->id) != NULL) {
		sched_next(unit_find(sp, s->id)); /* its plate may have been cleared */
		commands_lost(unit_find(sp, s->id));
	}
	if (s->id[0] == '\0') { /* what follows needs the units */
		sweep(sp);
		sched_scan_attempts(sp, NULL);
		for (struct unit *each = sp->units; each != NULL; each = each->next)
			commands_lost(each);
		commands_scan_all(sp);
		telemetry_all(sp);
	}
	free(s);
}

static void scan_printers(struct spooler *sp, const char *id)
{
	struct scan *s = scan_new(sp, id);

	spool_store_printers(sp->db, sp->host, scan_id(s), on_printers, s);
}

/* ---- attempts and the queue ---- */

/* An attempt that runs in the database only: its journal was lost, nobody knows how far it came. */
static void interrupt_unknown(struct unit *u, const struct spool_attempt *claim)
{
	struct journal_event waiting, ev = { .at = clock_wall(), .fence = claim->fence };
	struct journal_attempt a;

	if (journal_event_peek(u->journal, 0, &waiting) ||
	    (journal_attempt(u->journal, &a) && strcmp(a.attempt_id, claim->attempt_id) == 0))
		return;
	snprintf(ev.kind, sizeof ev.kind, "interrupted");
	snprintf(ev.attempt_id, sizeof ev.attempt_id, "%s", claim->attempt_id);
	snprintf(ev.data, sizeof ev.data, "{\"reason\":\"The spooler's journal was lost\"}");
	log_error("%s: attempt %s is in no journal", u->row.name, claim->attempt_id);
	unit_event(u, &ev);
}

static void on_attempts(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct scan *s = ctx;
	struct unit *u;

	if (rc != E_OK && rc != E_UNAVAILABLE)
		log_err(e, "reading the attempts");
	for (int i = 0; rc == E_OK && i < pg_len(r); i++) {
		struct spool_attempt claim;

		spool_attempt_row(r, i, &claim);
		u = unit_find(s->sp, claim.printer_id);
		if (u == NULL || s->sp->stopping)
			continue;
		if (claim.running)
			interrupt_unknown(u, &claim);
		else
			unit_claim(u, &claim);
	}
	u = s->id[0] == '\0' ? NULL : unit_find(s->sp, s->id);
	for (struct unit *each = s->sp->units; each != NULL; each = each->next)
		if (rc == E_OK && (u == NULL || u == each))
			sched_next(each);
	free(s);
}

void sched_scan_attempts(struct spooler *sp, struct unit *u)
{
	struct scan *s = scan_new(sp, u == NULL ? NULL : u->row.id);

	spool_store_attempts(sp->db, sp->host, scan_id(s), on_attempts, s);
}

static void on_next(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct unit *u = ctx;

	u->asked--;
	u->next_asked = false;
	if (rc == E_OK && pg_len(r) > 0)
		sched_scan_attempts(u->sp, u); /* its NOTIFY comes too; this one is sure */
	else if (rc != E_OK && rc != E_UNAVAILABLE)
		log_info("%s: the next job does not begin: %s", u->row.name, e->message);
	if (rc == E_OK && pg_len(r) == 0 && u->next_again)
		sched_next(u);
}

void sched_next(struct unit *u)
{
	struct bay_live live;

	if (!conf_bool(u->sp->conf, "queue.auto_start") || unit_busy(u) || u->gone ||
	    u->sp->stopping)
		return;
	u->next_again = u->next_asked; /* what is under way may have looked too early */
	if (u->next_asked)
		return;
	bay_live(u->bay, &live);
	if (live.state != BAY_IDLE || u->row.attention[0] != '\0')
		return;
	u->asked++;
	u->next_asked = true;
	spool_store_next(u->sp->db, u->row.id, on_next, u);
}

/* ---- the database comes, goes, and calls ---- */

void sched_db_up(void *ctx, bool up)
{
	struct spooler *sp = ctx;

	sp->db_up = up;
	log_info(up ? "the database is there" : "the database is away; printing goes on");
	if (!up)
		return;
	sp->next_scan = loop_now(sp->loop) + SLOW_SCAN;
	scan_printers(sp, NULL);
	for (struct unit *u = sp->units; u != NULL; u = u->next)
		report_kick(u);
}

void sched_notify(void *ctx, const char *topic, const char *rest)
{
	struct spooler *sp = ctx;
	char id[UUID_SIZE];
	struct unit *u;

	if (strcmp(topic, "config") != 0 && strcmp(topic, "job") != 0 &&
	    strcmp(topic, "command") != 0 && strcmp(topic, "queue") != 0)
		return;
	if (rest == NULL || !uuid_canon(rest, id)) {
		log_warn("a wake-up '%s' for nobody", topic);
		return;
	}
	if (strcmp(topic, "queue") == 0) {
		for (u = sp->units; u != NULL; u = u->next)
			if (strcmp(u->row.org, id) == 0)
				sched_next(u);
		return;
	}
	u = unit_find(sp, id);
	if (strcmp(topic, "config") == 0)
		scan_printers(sp, id);
	else if (u != NULL && strcmp(topic, "job") == 0)
		sched_scan_attempts(sp, u);
	else if (u != NULL)
		commands_scan(u);
}

/* ---- time ---- */

bool sched_gap(struct spooler *sp)
{
	usec_t now = loop_now(sp->loop), gap = now - sp->last_turn;

	sp->last_turn = now;
	if (gap < GAP)
		return false;
	log_warn("%lld ms went by without us", (long long)(gap / USEC_PER_MSEC));
	link_lease(sp);
	sp->lease_until = now + LEASE_WAIT;
	return true;
}

static void end_lease_wait(struct spooler *sp)
{
	sp->lease_asked = false; /* whom the ports are taken from is dead: we live, so they are ours */
	for (struct unit *u = sp->units; u != NULL; u = u->next)
		unit_pump(u);
}

static void on_tick(void *ctx)
{
	struct spooler *sp = ctx;
	usec_t now = loop_now(sp->loop);
	struct unit *u, *next;

	loop_timer_at(sp->tick, now + TICK);
	if (sched_gap(sp))
		return;
	if (sp->lease_asked && now >= sp->lease_until)
		end_lease_wait(sp);
	for (u = sp->units; u != NULL; u = next) {
		next = u->next;
		unit_tick(u, now);
	}
	if (sp->db_up && now >= sp->next_scan) {
		sp->next_scan = now + SLOW_SCAN;
		scan_printers(sp, NULL);
		for (u = sp->units; u != NULL; u = u->next)
			bay_clock(u->bay, clock_wall() - now);
	}
}

static void from_cache(void *ctx, const struct spool_printer *p)
{
	struct spooler *sp = ctx;

	if (unit_find(sp, p->id) == NULL)
		unit_new(sp, p);
}

void sched_start(struct spooler *sp)
{
	sp->last_turn = loop_now(sp->loop);
	sp->next_scan = sp->last_turn + SLOW_SCAN;
	unit_cache_each(sp->journal_dir, from_cache, sp);
	sp->tick = loop_timer_new(sp->loop, on_tick, sp);
	loop_timer_at(sp->tick, sp->last_turn + TICK);
}

void sched_stop(struct spooler *sp)
{
	loop_timer_free(sp->tick);
	while (sp->units != NULL)
		unit_free(sp->units);
}
