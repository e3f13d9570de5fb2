/* SPDX-License-Identifier: Apache-2.0 */
/* The machine's face: bytes to lines, lines to events, oks to acknowledgements. */
#include "proto/marlin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/marlin_private.h"

struct marlin *marlin_new(usec_t probe_after)
{
	struct marlin *m = calloc(1, sizeof *m);

	if (!m)
		abort();
	m->probe_after = probe_after > 0 ? probe_after : 3 * USEC_PER_SEC;
	marlin_clear(m);
	return m;
}

void marlin_free(struct marlin *m)
{
	free(m);
}

void marlin_clear(struct marlin *m)
{
	marlin_drop(m);
	m->counting = false;
	m->sent = m->reported = m->certain = 0;
	memset(m->kept, 0, sizeof m->kept);
	m->line_size = 0;
	m->line_long = false;
	m->heard_at = 0;
	m->fatal_hint = MARLIN_FATAL_NONE;
	m->event_len = 0;
}

struct marlin_event *marlin_emit(struct marlin *m, enum marlin_event_kind kind, const char *text)
{
	struct marlin_event *ev;

	if (m->event_len == MARLIN_EVENTS)
		return NULL; /* only the terminal's lines can be that many; feed() waits for room */
	ev = &m->events[(m->event_first + m->event_len++) % MARLIN_EVENTS];
	ev->kind = kind;
	ev->number = 0;
	ev->numbered = false;
	ev->text[0] = '\0';
	if (text) {
		size_t len = strnlen(text, MARLIN_LINE_MAX);

		memcpy(ev->text, text, len);
		ev->text[len] = '\0';
	}
	return ev;
}

const struct marlin_event *marlin_next(struct marlin *m)
{
	const struct marlin_event *ev;

	if (!m->event_len)
		return NULL;
	ev = &m->events[m->event_first];
	m->event_first = (m->event_first + 1) % MARLIN_EVENTS;
	m->event_len--;
	return ev;
}

static void heal(struct marlin *m)
{
	m->refused_row = 0;
	if (!m->storm)
		return;
	m->storm = false;
	m->refused_len = 0;
	marlin_emit(m, MARLIN_HEALED, NULL);
}

/* A line put right behind the caller's back was told before. */
void marlin_tell_acked(struct marlin *m, const struct marlin_cmd *c)
{
	struct marlin_event *ev;

	if (c->numbered && c->number <= m->reported)
		return;
	if (c->numbered)
		m->reported = c->number;
	ev = marlin_emit(m, MARLIN_ACKED, NULL);
	if (ev) {
		ev->numbered = c->numbered;
		ev->number = c->number;
	}
}

void marlin_acked(struct marlin *m, usec_t now, bool certain)
{
	struct marlin_cmd *c = &m->cur;

	if (c->base) {
		marlin_settle(m, now); /* still in flight until its count has been read back */
		return;
	}
	c->active = false;
	if (c->numbered) {
		heal(m);
		if (certain && c->number > m->certain)
			m->certain = c->number;
		else if (!certain && m->sent > m->certain + MARLIN_KEPT)
			m->certain = m->sent - MARLIN_KEPT;
	}
	if (c->fence) {
		if (c->number > m->reported)
			m->reported = c->number;
		if (c->number < m->sent && marlin_resend(m, now, c->number + 1))
			return;
		marlin_fence_done(m);
		return;
	}
	marlin_tell_acked(m, c);
	if (c->numbered && c->number < m->sent) {
		if (!marlin_resend(m, now, c->number + 1))
			marlin_ask_start(m, now, 2);
	} else if (m->held.active) {
		marlin_fence_start(m, now);
	} else if (m->want_settled) {
		marlin_settle(m, now); /* the question had found a line to be put right first */
	} else if (m->urgent_oks) {
		m->due = now + m->probe_after;
	}
}

/* The text of an acknowledgement as an answer: queue figures are ours, not the caller's. */
static void answer_ok(struct marlin *m, const struct marlin_reply *r)
{
	const char *p = m->line;

	if (!m->cur.collect)
		return;
	while (*p && *p != 'o')
		p++;
	if (r->numbered || p[3] == 'P' || p[3] == 'B' || p[3] == 'N')
		if (!(r->meaning & MARLIN_IS_TEMPS))
			p = "ok";
	marlin_emit(m, MARLIN_ANSWER, p);
}

/* Does this ok belong to the command in flight? */
static bool ok_fits(struct marlin *m, const struct marlin_reply *r, bool *certain)
{
	const struct marlin_cmd *c = &m->cur;
	bool temps = r->meaning & MARLIN_IS_TEMPS;

	*certain = false;
	if (c->m105) /* its ok comes first and carries nothing else */
		return temps || !m->dialect.ok_temps;
	if (temps && m->dialect.ok_temps)
		return false; /* a late answer to a fence */
	if (!c->numbered)
		return !r->numbered;
	if (r->numbered && r->number == c->number) {
		m->dialect.ok_numbered = true;
		*certain = true;
		return true;
	}
	return !m->dialect.ok_numbered && !r->numbered;
}

static void on_ok(struct marlin *m, usec_t now, const struct marlin_reply *r)
{
	bool certain;

	if ((r->meaning & MARLIN_IS_TEMPS))
		m->dialect.ok_temps = true;
	if (m->phase != PHASE_CALM) {
		marlin_ok_in_doubt(m, now, r);
		return;
	}
	if (m->cur.active && ok_fits(m, r, &certain)) {
		answer_ok(m, r);
		marlin_acked(m, now, certain);
		return;
	}
	if (m->urgent_oks && !r->numbered && !(r->meaning & MARLIN_IS_TEMPS)) {
		m->urgent_oks--;
		return;
	}
	m->counters.stray_oks++;
}

static void on_reset(struct marlin *m, usec_t now)
{
	/* `start` and the lines of the banner behind it are one reset. */
	bool again = m->reset_at && now - m->reset_at < 2 * USEC_PER_SEC;
	struct marlin_dialect d = m->dialect;

	m->reset_at = now;
	if (again)
		return;
	marlin_drop(m);
	m->counting = false;
	m->dialect = d;
	marlin_emit(m, MARLIN_RESET, NULL);
}

static void on_fatal(struct marlin *m, usec_t now, const struct marlin_reply *r)
{
	enum marlin_fatal why = r->fatal;
	struct marlin_event *ev;

	if (why == MARLIN_FATAL_OTHER && m->fatal_hint != MARLIN_FATAL_NONE &&
	    now - m->fatal_hint_at < 10 * USEC_PER_SEC)
		why = m->fatal_hint;
	marlin_drop(m);
	ev = marlin_emit(m, MARLIN_FATAL, m->line);
	if (ev)
		ev->fatal = why;
}

/* Reports and news that have nothing to do with acknowledging. */
static void report(struct marlin *m, const struct marlin_reply *r)
{
	struct marlin_event *ev;

	if (r->meaning & MARLIN_IS_TEMPS) {
		ev = marlin_emit(m, MARLIN_TEMPS, NULL);
		if (ev)
			ev->temps = r->temps;
	}
	if (r->meaning & MARLIN_IS_POSITION) {
		ev = marlin_emit(m, MARLIN_POSITION, NULL);
		if (ev)
			ev->position = r->position;
	}
	if (r->meaning & MARLIN_IS_FIRMWARE)
		marlin_emit(m, MARLIN_FIRMWARE, r->text);
	if (r->meaning & MARLIN_IS_CAP)
		marlin_emit(m, MARLIN_CAP, r->text);
	if (r->meaning & MARLIN_IS_ACTION)
		marlin_emit(m, MARLIN_ACTION, r->text);
	if (r->meaning & MARLIN_IS_BUSY)
		marlin_emit(m, MARLIN_BUSY, m->line);
	if ((r->meaning & MARLIN_IS_ERROR) && !(r->meaning & (MARLIN_IS_LAST | MARLIN_IS_FATAL)))
		marlin_emit(m, MARLIN_ERROR, r->text);
}

/* Unasked reports come whether or not the command in flight is alive. */
static bool shows_life(const struct marlin *m, const struct marlin_reply *r)
{
	if (r->meaning & MARLIN_IS_OK)
		return false; /* an ok that did not end the command says nothing about it */
	if (r->meaning & MARLIN_IS_TEMPS)
		return r->temps.waiting || (m->cur.m105 && !m->dialect.ok_temps);
	return !(r->meaning & MARLIN_IS_WAIT);
}

/* Reports nobody asked for (M155's, the place after G28) are news, no part of an answer. */
static bool answers(const struct marlin *m, const struct marlin_reply *r)
{
	unsigned apart = MARLIN_IS_BUSY;

	apart |= m->cur.m105 ? 0 : (unsigned)MARLIN_IS_TEMPS;
	apart |= m->cur.m114 ? 0 : (unsigned)MARLIN_IS_POSITION;
	return m->cur.active && m->cur.collect && (r->meaning & apart) == 0;
}

static void on_line(struct marlin *m, usec_t now)
{
	struct marlin_reply r;

	marlin_parse(m->line, &r);
	if (m->watch) {
		struct marlin_event *ev = marlin_emit(m, MARLIN_WIRE, "<");

		if (ev)
			memcpy(ev->text + 1, m->line, m->line_size + 1);
	}
	if (r.meaning & (MARLIN_IS_START | MARLIN_IS_BANNER)) {
		on_reset(m, now);
		return;
	}
	if (r.fatal != MARLIN_FATAL_NONE && r.fatal != MARLIN_FATAL_OTHER) {
		m->fatal_hint = r.fatal;
		m->fatal_hint_at = now;
	}
	if (r.meaning & MARLIN_IS_FATAL) {
		on_fatal(m, now, &r);
		return;
	}
	report(m, &r);
	if (shows_life(m, &r) && (m->phase == PHASE_CALM ||
	    (m->phase == PHASE_FENCE && !(r.meaning & MARLIN_IS_TEMPS)))) {
		m->waits = 0;
		marlin_patience(m, now + m->probe_after);
	}
	if (r.meaning & (MARLIN_IS_LAST | MARLIN_IS_RESEND)) {
		marlin_refusal(m, now, &r);
	} else if (r.meaning & MARLIN_IS_OK) {
		on_ok(m, now, &r);
	} else if (r.meaning & MARLIN_IS_WAIT) {
		if (m->cur.active && ++m->waits == 3)
			m->due = now; /* idle although a line is unacknowledged: its ok was lost */
	} else if (answers(m, &r)) {
		marlin_emit(m, MARLIN_ANSWER, m->line);
	}
}

static void end_line(struct marlin *m, usec_t now)
{
	if (m->line_size && m->line[m->line_size - 1] == '\r')
		m->line_size--;
	m->line[m->line_size] = '\0';
	m->counters.long_lines += m->line_long;
	if (m->line_size)
		on_line(m, now);
	m->line_size = 0;
	m->line_long = false;
}

size_t marlin_feed(struct marlin *m, usec_t now, const uint8_t *in, size_t size)
{
	size_t used = 0;

	if (size)
		m->heard_at = now;
	while (used < size && m->event_len <= MARLIN_EVENTS / 2) {
		const uint8_t *end = memchr(in + used, '\n', size - used);
		size_t piece = (end ? (size_t)(end - in) : size) - used;
		size_t room = MARLIN_LINE_MAX - m->line_size;
		size_t take = piece < room ? piece : room;

		memcpy(m->line + m->line_size, in + used, take);
		m->line_size += take;
		if (take < piece)
			m->line_long = true;
		used += piece;
		if (!end)
			break;
		used++;
		/* A NUL inside would hide the rest of the line from every text function. */
		for (size_t i = 0; i < m->line_size; i++)
			if (!m->line[i])
				m->line[i] = ' ';
		end_line(m, now);
	}
	return used;
}

size_t marlin_pull(struct marlin *m, usec_t now, uint8_t *out, size_t cap)
{
	size_t size = m->out_size < cap ? m->out_size : cap;

	if (!size)
		return 0;
	memcpy(out, m->out, size);
	memmove(m->out, m->out + size, m->out_size - size);
	m->out_size -= size;
	if (m->phase == PHASE_CALM && (m->cur.active || m->urgent_oks))
		marlin_patience(m, now + m->probe_after);
	return size;
}

usec_t marlin_deadline(const struct marlin *m)
{
	if (m->phase == PHASE_CALM && !m->cur.active && !m->urgent_oks)
		return USEC_NEVER;
	return m->due;
}

void marlin_tick(struct marlin *m, usec_t now)
{
	if (now >= marlin_deadline(m) && m->event_len <= MARLIN_EVENTS / 2)
		marlin_doubt_tick(m, now);
}

void marlin_on_number(struct marlin *m,
    void (*used)(void *ctx, uint32_t number, const char *text), void *ctx)
{
	m->number_used = used;
	m->number_ctx = ctx;
}

void marlin_watch(struct marlin *m, bool on)
{
	m->watch = on;
}

uint32_t marlin_certain(const struct marlin *m)
{
	return m->certain;
}

bool marlin_counting(const struct marlin *m)
{
	return m->counting;
}

bool marlin_doubting(const struct marlin *m)
{
	return m->phase != PHASE_CALM || m->storm;
}

usec_t marlin_heard(const struct marlin *m)
{
	return m->heard_at;
}

struct marlin_dialect marlin_dialect(const struct marlin *m)
{
	return m->dialect;
}

void marlin_learn(struct marlin *m, struct marlin_dialect d)
{
	m->dialect = d;
}

struct marlin_counters marlin_counters(const struct marlin *m)
{
	return m->counters;
}
