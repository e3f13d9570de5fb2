/* SPDX-License-Identifier: Apache-2.0 */
/* One printer: its bay, journal, port and file, and how a job gets into it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/sink.h"
#include "spooler/journal_file.h"
#include "spooler/shell.h"
#include "spooler/unit_cache.h"

#define AFTER_GAP (50 * USEC_PER_MSEC) /* what came in meanwhile is read first */
#define ANSWER_WAIT (20 * USEC_PER_SEC)

static void try_start(struct unit *u);

struct unit *unit_find(struct spooler *sp, const char *printer)
{
	struct unit *u = sp->units;

	while (u != NULL && strcmp(u->row.id, printer) != 0)
		u = u->next;
	return u;
}

struct unit *unit_default(struct spooler *sp, const char *org)
{
	struct unit *u = sp->units;

	while (u != NULL && (!u->row.is_default || strcmp(u->row.org, org) != 0))
		u = u->next;
	return u;
}

bool unit_busy(const struct unit *u)
{
	struct journal_attempt a;

	return u->claimed || u->reader != NULL || (journal_attempt(u->journal, &a) && a.active);
}

void unit_event(struct unit *u, const struct journal_event *ev)
{
	journal_event_push(u->journal, ev);
	u->save_due = true;
	report_kick(u);
}

/* ---- what the bay wants ---- */

static void release_file(struct unit *u)
{
	reader_free(u->reader, true);
	u->reader = NULL;
	u->reader_ready = u->adopting = false;
}

static void reset(struct unit *u)
{
	if (u->port == UNIT_OPEN && !port_has_modem(u)) {
		port_release(u); /* the holder closes and opens: both copies must go */
		u->port = UNIT_ASKED;
		u->retry_at = loop_now(u->sp->loop) + ANSWER_WAIT;
	}
	link_reset(u);
}

static void obey(struct unit *u, const struct bay_event *ev)
{
	switch (ev->want) {
	case BAY_WANT_REOPEN:
		port_release(u);
		port_ask(u);
		break;
	case BAY_WANT_RESET:
		reset(u);
		break;
	case BAY_WANT_WILL:
		link_will(u);
		break;
	case BAY_WANT_REPORT:
		u->save_due = true;
		report_kick(u);
		break;
	case BAY_WANT_LINE:
		log_debug("%s: %s", u->row.name, ev->text);
		break;
	case BAY_WANT_RELEASE:
		release_file(u);
		break;
	}
}

void unit_pump(struct unit *u)
{
	struct bay_event ev;
	usec_t at, soonest;
	bool more;

	if (u->pumping)
		return;
	u->pumping = true;
	do {
		while (bay_next(u->bay, &ev))
			obey(u, &ev);
		try_start(u);
		port_write(u);
		more = bay_next(u->bay, &ev);
		if (more)
			obey(u, &ev);
	} while (more);
	u->pumping = false;
	at = bay_deadline(u->bay);
	soonest = loop_now(u->sp->loop) + USEC_PER_MSEC;
	loop_timer_at(u->timer, at < soonest ? soonest : at);
}

static void on_deadline(void *ctx)
{
	struct unit *u = ctx;
	usec_t now = loop_now(u->sp->loop);

	if (sched_gap(u->sp)) {
		loop_timer_at(u->timer, now + AFTER_GAP);
		return;
	}
	bay_tick(u->bay, now);
	unit_pump(u);
}

/* ---- jobs ---- */

static void fail_claim(struct unit *u, const char *kind, const char *reason)
{
	struct journal_event ev = { .at = clock_wall(), .fence = u->claim.fence };
	struct buf data = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &data);
	sink_begin_object(&js.sink, NULL);
	if (reason != NULL) {
		sink_text(&js.sink, "category", "Other");
		sink_text(&js.sink, "reason", reason);
		sink_int(&js.sink, "elapsed", 0);
		sink_int(&js.sink, "lastNumber", u->claim.base);
	}
	sink_end_object(&js.sink);
	snprintf(ev.kind, sizeof ev.kind, "%s", kind);
	snprintf(ev.attempt_id, sizeof ev.attempt_id, "%s", u->claim.attempt_id);
	snprintf(ev.data, sizeof ev.data, "%s", buf_str(&data));
	buf_fini(&data);
	u->claimed = false;
	log_warn("%s: attempt %s: %s%s%s", u->row.name, u->claim.attempt_id, kind,
	    reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
	if (u->reader != NULL && !u->adopting)
		release_file(u);
	unit_event(u, &ev);
}

static void on_reader_ready(void *ctx, const struct err *e)
{
	struct unit *u = ctx;

	u->reader_ready = e == NULL;
	if (e != NULL)
		log_error("%s: %s%s%s", u->row.name, e->message, e->detail[0] == '\0' ? "" : ": ",
		    e->detail);
	if (u->adopting) {
		u->adopting = false;
		bay_adopt(u->bay, loop_now(u->sp->loop), e == NULL ? reader_source(u->reader) : NULL);
	} else if (e != NULL && u->claimed) {
		fail_claim(u, "failed", e->message);
	}
	if (e != NULL && u->reader != NULL && !u->adopting)
		release_file(u);
	unit_pump(u);
}

static void on_reader_more(void *ctx)
{
	struct unit *u = ctx;

	bay_tick(u->bay, loop_now(u->sp->loop));
	unit_pump(u);
}

static void open_reader(struct unit *u, const char *attempt, const char *file)
{
	struct reader_conf conf = { .spool_dir = u->sp->spool_dir, .attempt_id = attempt,
		.file = file, .idx_sha256 = file == NULL ? NULL : u->claim.idx_sha256, .ctx = u,
		.ready = on_reader_ready, .more = on_reader_more };

	u->reader_ready = false;
	u->adopting = file == NULL;
	snprintf(u->reader_attempt, sizeof u->reader_attempt, "%s", attempt);
	u->reader = reader_new(u->sp->loop, &conf);
}

static void open_claim(struct unit *u)
{
	char path[sizeof u->sp->storage_dir + sizeof u->claim.file_path];

	if (u->claim.file_path[0] == '\0' || u->claim.idx_sha256[0] == '\0') {
		fail_claim(u, "failed", "The file has no analysis");
		return;
	}
	if (u->claim.file_path[0] == '/')
		snprintf(path, sizeof path, "%s", u->claim.file_path);
	else
		snprintf(path, sizeof path, "%s/%s", u->sp->storage_dir, u->claim.file_path);
	open_reader(u, u->claim.attempt_id, path);
}

static void start(struct unit *u)
{
	const struct spool_attempt *c = &u->claim;
	struct bay_job job = { .fence = c->fence, .source = reader_source(u->reader),
		.size = reader_size(u->reader), .base = (uint32_t)c->base,
		.planned_lines = (uint32_t)c->planned_lines,
		.planned_layers = (uint32_t)c->planned_layers,
		.estimated_sec = (uint32_t)c->estimated_sec, .hotend_override = c->hotend_override,
		.bed_override = c->bed_override, .hotend_preheat = c->hotend_preheat,
		.bed_preheat = c->bed_preheat, .file_homes = c->file_homes,
		.file_heats_hotend = c->file_heats_hotend, .file_heats_bed = c->file_heats_bed,
		.more_plates = c->more_plates };

	memcpy(job.job_id, c->job_id, sizeof job.job_id);
	memcpy(job.attempt_id, c->attempt_id, sizeof job.attempt_id);
	if (!bay_start(u->bay, loop_now(u->sp->loop), &job))
		return; /* not idle yet: again with the next event, until the claim ends */
	u->claimed = false;
	u->save_due = true;
	log_info("%s: attempt %s begins at line %lld", u->row.name, c->attempt_id,
	    (long long)c->base + 1);
}

static void try_start(struct unit *u)
{
	struct bay_live live;

	if (!u->claimed)
		return;
	if (u->reader == NULL) {
		open_claim(u);
		return;
	}
	if (!u->reader_ready || strcmp(u->reader_attempt, u->claim.attempt_id) != 0 ||
	    loop_now(u->sp->loop) >= u->claim_ends)
		return; /* the file before is still held, or it is too late */
	bay_live(u->bay, &live);
	if (live.state == BAY_IDLE && live.attempt_id[0] == '\0')
		start(u);
}

void unit_claim(struct unit *u, const struct spool_attempt *claim)
{
	usec_t age = (usec_t)(claim->age_sec * (double)USEC_PER_SEC);
	struct journal_attempt a;

	if (u->claimed && strcmp(u->claim.attempt_id, claim->attempt_id) == 0)
		return;
	if (journal_attempt(u->journal, &a) && strcmp(a.attempt_id, claim->attempt_id) == 0)
		return; /* begun already; the report of it is on its way */
	u->claim = *claim;
	u->claimed = true;
	/* Whoever claims has looked after the printer, or nothing spoke against it. */
	bay_attention_cleared(u->bay, loop_now(u->sp->loop));
	u->claim_ends = loop_now(u->sp->loop) + CLAIM_LIFE - age;
	if (age >= CLAIM_LIFE)
		fail_claim(u, "expired", NULL);
	unit_pump(u);
}

void unit_adopt(struct unit *u)
{
	struct journal_attempt a;

	if (!journal_was_valid(u->journal) || !journal_attempt(u->journal, &a) || !a.active)
		return;
	log_info("%s: attempt %s was under way, line %u acknowledged, %u sent", u->row.name,
	    a.attempt_id, a.acked, a.last);
	open_reader(u, a.attempt_id, NULL);
}

/* ---- life ---- */

static void map_journal(struct unit *u)
{
	struct spooler *sp = u->sp;
	struct err e;

	if (journal_file_map(sp->journal_dir, sp->copies_dir, u->row.id, &u->memory, &e) != E_OK) {
		log_err(&e, "a print would not survive the end of this process");
		u->heap_journal = true;
		u->memory = calloc(1, JOURNAL_SIZE);
		if (u->memory == NULL)
			abort();
	}
	u->journal = journal_new(u->memory, JOURNAL_SIZE, (uint64_t)clock_wall());
}

struct unit *unit_new(struct spooler *sp, const struct spool_printer *row)
{
	struct unit *u = calloc(1, sizeof *u);
	struct bay_conf conf;

	if (u == NULL)
		abort();
	u->sp = sp;
	u->fd = -1;
	u->last_byte = '\n';
	u->live_due = u->status_due = true;
	u->retry_wait = 100 * USEC_PER_MSEC;
	spool_printer_copy(&u->row, row);
	map_journal(u);
	unit_fill_conf(u, &conf);
	u->bay = bay_new(&conf, u->journal);
	bay_clock(u->bay, clock_wall() - loop_now(sp->loop));
	u->timer = loop_timer_new(sp->loop, on_deadline, u);
	u->next = sp->units;
	sp->units = u;
	unit_cache_save(sp->journal_dir, &u->row);
	unit_adopt(u);
	if (link_is_up(sp->link)) {
		link_names(u, true);
		port_ask(u);
	}
	unit_pump(u);
	return u;
}

void unit_free(struct unit *u)
{
	struct unit **at = &u->sp->units;

	while (*at != u)
		at = &(*at)->next;
	*at = u->next;
	port_release(u);
	reader_free(u->reader, false);
	loop_timer_free(u->timer);
	bay_free(u->bay);
	journal_free(u->journal);
	if (u->heap_journal)
		free(u->memory);
	else
		journal_file_unmap(u->memory);
	spool_printer_fini(&u->row);
	buf_fini(&u->known);
	free(u);
}

void unit_drop(struct unit *u)
{
	u->gone = true;
	if (unit_busy(u) || u->asked > 0)
		return; /* unit_tick() tries again */
	log_info("%s: is no printer of this host any more", u->row.name);
	link_names(u, false);
	link_close(u);
	unit_cache_remove(u->sp->journal_dir, u->row.id);
	journal_file_remove(u->sp->journal_dir, u->row.id);
	unit_free(u);
}

void unit_reload(struct unit *u)
{
	struct bay_conf conf;

	unit_fill_conf(u, &conf);
	bay_configure(u->bay, &conf);
	unit_pump(u);
}

/* The default went from one printer to another; their rows may come in either order. */
static void name_default(struct unit *u)
{
	struct unit *now = unit_default(u->sp, u->row.org);

	link_names(u, true);
	if (now != NULL)
		link_names(now, true);
}

void unit_update(struct unit *u, const struct spool_printer *row)
{
	bool moved = strcmp(u->row.device, row->device) != 0 || u->row.baud != row->baud;
	bool cleared = u->row.attention[0] != '\0' && row->attention[0] == '\0';
	bool renamed = u->row.is_default != row->is_default, was_open = u->port == UNIT_OPEN;

	u->gone = false;
	if (moved && unit_busy(u))
		return; /* another port in the middle of a print: the slow scan comes again */
	if (moved) {
		port_release(u);
		link_close(u);
	}
	if (renamed)
		link_names(u, false);
	spool_printer_fini(&u->row);
	spool_printer_copy(&u->row, row);
	unit_cache_save(u->sp->journal_dir, &u->row);
	if (renamed)
		name_default(u);
	if (moved && was_open)
		bay_port_down(u->bay, loop_now(u->sp->loop), "another port was set");
	if (moved)
		port_ask(u);
	if (cleared)
		bay_attention_cleared(u->bay, loop_now(u->sp->loop));
	unit_reload(u);
}

void unit_tick(struct unit *u, usec_t now)
{
	if (u->gone) {
		unit_drop(u);
		return;
	}
	if (u->claimed && now >= u->claim_ends)
		fail_claim(u, "expired", NULL);
	if (u->port != UNIT_OPEN && now >= u->retry_at && link_is_up(u->sp->link))
		port_ask(u);
	if (u->report_again != 0 && now >= u->report_again)
		report_kick(u);
}
