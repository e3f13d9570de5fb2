/* SPDX-License-Identifier: Apache-2.0 */
/* Doubt: refusals, lost oks, noise. All of it ends in asking the printer for its count.
 *
 * Facts behind this file (docs/protocol/marlin.md): a refusal is two lines and an ok of its own
 * that acknowledges nothing and may carry an old number; it may overtake oks of earlier lines; a
 * line that was accepted and is sent again draws silence or another refusal, so it must not be
 * sent; the probe's number can never be right and is answered when it is read, even while a
 * command blocks; M105 is answered in its turn, with an ok nothing else produces. */
#include <string.h>

#include "proto/marlin_private.h"

static void forget_answer(struct marlin *m)
{
	m->last = m->resend = -1;
	m->answered = false;
}

/* ---- refused ---- */

static usec_t backoff(const struct marlin *m)
{
	usec_t wait = MARLIN_BACKOFF;

	for (unsigned i = 0; i < m->refused_row && wait < MARLIN_BACKOFF_MAX; i++)
		wait *= 2;
	return m->storm || wait > MARLIN_BACKOFF_MAX ? MARLIN_BACKOFF_MAX : wait;
}

void marlin_refusal(struct marlin *m, usec_t now, const struct marlin_reply *r)
{
	if (m->phase == PHASE_CALM || m->phase == PHASE_FENCE) {
		forget_answer(m);
		m->phase = PHASE_REFUSED;
		m->due = now + backoff(m);
	}
	if (r->meaning & MARLIN_IS_LAST)
		m->last = r->last;
	if (r->meaning & MARLIN_IS_RESEND)
		m->resend = r->resend;
	m->answered = m->last >= 0 && m->resend == m->last + 1;
	if (m->answered)
		m->dialect.asked = m->dialect.answers = true;
	if (m->phase != PHASE_ASK || m->ask_unsent)
		return;
	m->ask_heard = true;
	m->due = now + (m->answered ? MARLIN_QUIET : 4 * MARLIN_QUIET);
}

/* One more line that must be sent again: is this a storm? */
static void count_refusal(struct marlin *m, usec_t now)
{
	m->refused_row++;
	if (m->refused_len == MARLIN_STORM_LEN) {
		memmove(m->refused_at, m->refused_at + 1, sizeof m->refused_at - sizeof(usec_t));
		m->refused_len--;
	}
	m->refused_at[m->refused_len++] = now;
	if (m->storm)
		return;
	if (m->refused_row >= MARLIN_STORM_ROW || (m->refused_len == MARLIN_STORM_LEN &&
	    now - m->refused_at[0] <= MARLIN_STORM_SPAN)) {
		m->storm = true;
		marlin_emit(m, MARLIN_STORM, NULL);
	}
}

/* ---- what a count means ---- */

static void lost(struct marlin *m, uint32_t count)
{
	struct marlin_event *ev;

	marlin_drop(m);
	m->counting = false;
	ev = marlin_emit(m, MARLIN_LOST, NULL);
	if (ev)
		ev->number = count;
}

static void resolve_base(struct marlin *m, usec_t now, uint32_t count)
{
	if (count == m->cur.number) {
		m->cur.active = false;
		marlin_fence_start(m, now);
		return;
	}
	count_refusal(m, now);
	marlin_transmit(m, now, &m->cur);
}

/* Everything sent is in the printer; whether it has run, and which oks are still to come, the
 * fence tells. A fence that was accepted and is not answered waits behind something slow. */
static void resolve_accepted(struct marlin *m, usec_t now, uint32_t count)
{
	if (count > m->certain)
		m->certain = count;
	if (m->cur.active && m->cur.fence && m->fence_tries) {
		m->cur.accepted = true;
		m->phase = PHASE_CALM;
		m->due = now + (m->probe_after << (m->fence_tries < 5 ? m->fence_tries : 5));
		return;
	}
	if (m->cur.active && m->cur.numbered && !m->cur.fence) {
		m->cur.number = count; /* lines being sent again were not needed */
		m->counters.lost_oks++;
		marlin_acked(m, now, true);
	}
	marlin_fence_start(m, now);
}

/* The printer's count is `count`, said by `said` answers alike. */
static void resolve(struct marlin *m, usec_t now, uint32_t count, unsigned said)
{
	if (m->cur.active && m->cur.base) {
		resolve_base(m, now, count);
		return;
	}
	if (!m->counting) {
		marlin_fence_start(m, now);
		return;
	}
	if (count == m->sent) {
		resolve_accepted(m, now, count);
		return;
	}
	if (count < m->sent && count >= m->certain && marlin_kept(m, count + 1)) {
		bool plain = m->cur.active && m->cur.numbered && m->cur.number == count + 1;

		/* Going back behind an ok we believed needs the answer twice. */
		if (plain || said >= 2) {
			count_refusal(m, now);
			marlin_resend(m, now, count + 1);
			return;
		}
	}
	if (said >= 2)
		lost(m, count);
	else
		marlin_ask_start(m, now, 2);
}

/* ---- asking ---- */

static void ask_send(struct marlin *m, usec_t now)
{
	/* Heard since the last question: it lives, its answer was damaged. */
	usec_t wait = m->ask_tries && m->heard_at > m->asked_at ? USEC_PER_SEC : m->probe_after;

	forget_answer(m);
	m->ask_unsent = false;
	m->ask_oks = 0;
	m->asked_at = now;
	m->counters.probes++;
	marlin_put(m, MARLIN_PROBE_TEXT, sizeof MARLIN_PROBE_TEXT - 1);
	/* A silent printer is asked ever more seldom: what it has not read must not fill the wire. */
	m->due = now + (wait << (m->ask_tries < 3 ? m->ask_tries : 3));
	m->ask_tries++;
}

void marlin_ask_start(struct marlin *m, usec_t now, unsigned need)
{
	m->phase = PHASE_ASK;
	m->ask_heard = false;
	m->ask_need = need;
	m->ask_first = -1;
	m->ask_tries = 0;
	ask_send(m, now);
}

void marlin_ask(struct marlin *m, usec_t now)
{
	marlin_drop(m);
	m->phase = PHASE_ASK;
	m->recovering = true;
	m->ask_heard = false;
	m->ask_need = 2;
	m->ask_first = -1;
	m->ask_tries = 0;
	m->ask_unsent = true;
	forget_answer(m);
	/* Ends what the last process may have left half sent. During an attempt every line is numbered,
	 * queries too, so its checksum is missing or wrong and no part of it runs. What the end draws
	 * is let pass before asking. */
	marlin_put(m, "\n", 1);
	m->due = now + MARLIN_DRAIN;
}

static void ask_done(struct marlin *m, usec_t now)
{
	uint32_t count = (uint32_t)m->last;

	if (m->ask_need >= 2 && m->ask_first != (int64_t)count) {
		m->ask_first = count; /* first answer, or unlike the one before: once more */
		m->ask_tries = 0;
		ask_send(m, now);
		return;
	}
	if (m->recovering) {
		struct marlin_event *ev;

		marlin_drop(m);
		ev = marlin_emit(m, MARLIN_COUNT, NULL);
		if (ev) {
			ev->numbered = true;
			ev->number = count;
		}
		return;
	}
	resolve(m, now, count, m->ask_need);
}

/* A Marlin that is heard at all answers one of three probes: this firmware does not count. Half an
 * answer is one: noise must not teach us that. */
static bool never_answers(struct marlin *m)
{
	return !m->dialect.answers && m->ask_oks && m->ask_tries >= 3 && !m->ask_heard;
}

static void ask_tick(struct marlin *m, usec_t now)
{
	/* Before the first question every answer was meant for somebody else. */
	if (m->ask_unsent) {
		ask_send(m, now);
		return;
	}
	if (m->answered) {
		ask_done(m, now);
		return;
	}
	if (never_answers(m)) {
		m->dialect.asked = true;
		if (m->recovering) {
			marlin_drop(m);
			marlin_emit(m, MARLIN_COUNT, NULL);
		} else {
			marlin_fence_start(m, now);
		}
		return;
	}
	ask_send(m, now);
}

/* ---- fence ---- */

/* While the count is ours the fence is a numbered line like any other, refused and sent again
 * like any other: nothing that noise makes of it can run. */
void marlin_fence_start(struct marlin *m, usec_t now)
{
	if (m->cur.active && !m->cur.fence && !m->held.active)
		m->held = m->cur;
	if (!m->counting) {
		m->phase = PHASE_FENCE;
		m->fence_tries = 0;
		marlin_put(m, "M105\n", 5);
		m->due = now + m->probe_after;
		return;
	}
	if (m->cur.active && m->cur.fence)
		m->fence_tries++;
	else
		m->fence_tries = 0;
	if (m->number_used)
		m->number_used(m->number_ctx, m->sent + 1, "M105");
	marlin_issue(m, now, "M105", 4, MARLIN_NUMBERED | MARLIN_FENCE);
	marlin_patience(m, now + (m->probe_after << (m->fence_tries < 5 ? m->fence_tries : 5)));
}

void marlin_fence_done(struct marlin *m)
{
	m->phase = PHASE_CALM;
	m->urgent_oks = 0;
	m->refused_row = 0;
	m->fence_tries = 0;
	m->cur.active = false;
	if (m->held.active) {
		m->held.active = false;
		if (!m->held.base)
			marlin_tell_acked(m, &m->held);
	}
	if (m->want_settled) {
		struct marlin_event *ev = marlin_emit(m, MARLIN_SETTLED, NULL);

		m->want_settled = false;
		if (ev)
			ev->number = m->sent;
	}
}

static void fence_tick(struct marlin *m, usec_t now)
{
	/* A blocking command without busy lines: each M105 takes a place in its short queue. */
	m->fence_tries++;
	marlin_put(m, "\nM105\n", 6);
	m->due = now + (m->probe_after << (m->fence_tries < 5 ? m->fence_tries : 5));
}

/* ---- both ---- */

void marlin_settle(struct marlin *m, usec_t now)
{
	m->want_settled = true;
	if (m->dialect.asked && !m->dialect.answers)
		marlin_fence_start(m, now);
	else
		marlin_ask_start(m, now, 1);
}

void marlin_count(struct marlin *m, uint32_t last)
{
	memset(m->kept, 0, sizeof m->kept);
	m->counting = true;
	m->sent = m->reported = m->certain = last;
}

void marlin_ok_in_doubt(struct marlin *m, usec_t now, const struct marlin_reply *r)
{
	switch (m->phase) {
	case PHASE_FENCE:
		if ((r->meaning & MARLIN_IS_TEMPS) || !m->dialect.ok_temps)
			marlin_fence_done(m);
		else
			m->counters.stray_oks++;
		return;
	case PHASE_ASK:
		if (m->ask_unsent)
			return;
		m->ask_oks++;
		if (m->answered)
			m->due = now + MARLIN_QUIET;
		else if (!m->dialect.answers)
			m->due = now + 4 * MARLIN_QUIET;
		return;
	case PHASE_REFUSED:
	case PHASE_CALM:
		return;
	}
}

/* Nothing was heard of the command in flight for as long as a live printer never takes. */
static void calm_tick(struct marlin *m, usec_t now)
{
	if (m->cur.active && m->cur.fence && m->cur.accepted) {
		marlin_fence_start(m, now);
	} else if ((m->cur.active && !m->cur.numbered) || !m->cur.active ||
	    (m->dialect.asked && !m->dialect.answers)) {
		marlin_put(m, "\n", 1); /* should the end of a line have been lost */
		marlin_fence_start(m, now);
	} else {
		marlin_ask_start(m, now, 1);
	}
}

void marlin_doubt_tick(struct marlin *m, usec_t now)
{
	switch (m->phase) {
	case PHASE_CALM:
		calm_tick(m, now);
		return;
	case PHASE_REFUSED:
		if (m->answered)
			resolve(m, now, (uint32_t)m->last, 1);
		else
			marlin_ask_start(m, now, 1);
		return;
	case PHASE_ASK:
		ask_tick(m, now);
		return;
	case PHASE_FENCE:
		fence_tick(m, now);
		return;
	}
}
