/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: numbering, checksum, and the last lines kept for sending again. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/marlin_private.h"

void marlin_put(struct marlin *m, const char *bytes, size_t size)
{
	/* One command, a few probes and fences: more is never unpulled at a time. A full buffer
	 * means that nobody pulls; what is dropped here is asked again by its timer. */
	if (m->out_size + size > sizeof m->out)
		return;
	memcpy(m->out + m->out_size, bytes, size);
	m->out_size += size;
}

static size_t print_number(char *out, uint32_t n)
{
	char digits[10];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	for (size_t i = 0; i < len; i++)
		out[i] = digits[len - 1 - i];
	return len;
}

static size_t print_frame(const struct marlin_cmd *c, char *out)
{
	size_t size = 0;
	unsigned char sum = 0;

	if (!c->numbered) {
		memcpy(out, c->text, c->len);
		out[c->len] = '\n';
		return c->len + 1u;
	}
	out[size++] = 'N';
	size += print_number(out + size, c->number);
	out[size++] = ' ';
	memcpy(out + size, c->text, c->len);
	size += c->len;
	for (size_t i = 0; i < size; i++)
		sum ^= (unsigned char)out[i];
	out[size++] = '*';
	size += print_number(out + size, sum);
	out[size++] = '\n';
	return size;
}

void marlin_patience(struct marlin *m, usec_t until)
{
	if (m->due < until)
		m->due = until;
}

void marlin_transmit(struct marlin *m, usec_t now, const struct marlin_cmd *c)
{
	char frame[MARLIN_TEXT_MAX + 24];
	size_t size = print_frame(c, frame);

	marlin_put(m, frame, size);
	m->waits = 0;
	m->phase = PHASE_CALM;
	m->due = now + m->probe_after;
	if (m->watch) {
		struct marlin_event *ev = marlin_emit(m, MARLIN_WIRE, ">");

		if (ev)
			snprintf(ev->text + 1, sizeof ev->text - 1, "%.*s", (int)size - 1, frame);
	}
}

static void keep(struct marlin *m, const struct marlin_cmd *c)
{
	struct marlin_kept *k = &m->kept[c->number % MARLIN_KEPT];

	k->number = c->number;
	k->fence = c->fence;
	k->len = c->len;
	memcpy(k->text, c->text, c->len);
}

const struct marlin_kept *marlin_kept(const struct marlin *m, uint32_t number)
{
	const struct marlin_kept *k = &m->kept[number % MARLIN_KEPT];

	return k->number == number && k->len ? k : NULL;
}

bool marlin_resend(struct marlin *m, usec_t now, uint32_t number)
{
	const struct marlin_kept *k = marlin_kept(m, number);

	if (!k)
		return false;
	if (m->cur.active && !m->cur.numbered && !m->held.active)
		m->held = m->cur;
	if (m->cur.number != number || !m->cur.numbered)
		m->cur.collect = false;
	m->cur.fence = k->fence;
	m->cur.active = m->cur.numbered = true;
	m->cur.base = m->cur.accepted = false;
	m->cur.number = number;
	m->cur.len = k->len;
	memcpy(m->cur.text, k->text, k->len);
	m->cur.m105 = k->len == 4 && memcmp(k->text, "M105", 4) == 0;
	m->cur.m114 = k->len >= 4 && memcmp(k->text, "M114", 4) == 0;
	m->counters.resends++;
	marlin_transmit(m, now, &m->cur);
	return true;
}

bool marlin_ready(const struct marlin *m)
{
	return m->phase == PHASE_CALM && !m->cur.active && !m->held.active && !m->urgent_oks &&
	    !m->want_settled && m->event_len < MARLIN_EVENTS / 2;
}

uint32_t marlin_number(const struct marlin *m)
{
	return m->sent + 1;
}

void marlin_issue(struct marlin *m, usec_t now, const char *text, size_t len, unsigned flags)
{
	struct marlin_cmd *c = &m->cur;

	c->active = true;
	c->numbered = flags & MARLIN_NUMBERED;
	c->collect = flags & MARLIN_COLLECT;
	c->fence = flags & MARLIN_FENCE;
	c->base = c->accepted = false;
	c->len = (uint8_t)len;
	memcpy(c->text, text, len);
	c->m105 = len == 4 && memcmp(text, "M105", 4) == 0;
	c->m114 = len >= 4 && memcmp(text, "M114", 4) == 0;
	c->number = 0;
	if (c->numbered) {
		c->number = ++m->sent;
		keep(m, c);
		m->counters.lines++;
	}
	marlin_transmit(m, now, c);
}

void marlin_send(struct marlin *m, usec_t now, const char *text, size_t len, unsigned flags)
{
	assert(marlin_ready(m) && len && len <= MARLIN_TEXT_MAX);
	assert(!memchr(text, '\n', len));
	marlin_issue(m, now, text, len, flags);
}

void marlin_base(struct marlin *m, usec_t now, uint32_t base)
{
	struct marlin_cmd *c = &m->cur;

	assert(marlin_ready(m));
	*c = (struct marlin_cmd){ .active = true, .numbered = true, .base = true, .number = base };
	c->len = 4;
	memcpy(c->text, "M110", 4);
	memset(m->kept, 0, sizeof m->kept);
	m->counting = true;
	m->sent = m->reported = m->certain = base;
	m->want_settled = true;
	marlin_transmit(m, now, c);
}

void marlin_urgent(struct marlin *m, usec_t now, const char *text)
{
	char frame[MARLIN_TEXT_MAX + 2];
	int size = snprintf(frame, sizeof frame, "%s\n", text);

	if (size <= 0 || (size_t)size >= sizeof frame)
		return;
	marlin_put(m, frame, (size_t)size);
	m->urgent_oks++;
	if (m->phase == PHASE_CALM)
		m->due = now + m->probe_after;
}

void marlin_drop(struct marlin *m)
{
	m->out_size = 0;
	m->cur.active = m->held.active = m->want_settled = m->recovering = m->storm = false;
	m->urgent_oks = m->refused_row = m->refused_len = 0;
	m->phase = PHASE_CALM;
	m->due = USEC_NEVER;
}
