/* SPDX-License-Identifier: Apache-2.0 */
/* Layout and torn records: every record ends with a sum over its bytes that is zeroed first and
 * written last, so a record cut by SIGKILL is simply not there. The two counters of the attempt
 * are single 8-byte stores (value and its complement). Nothing needs msync against a killed
 * process; power loss is the shell's copy on disk. */
#include "spooler/journal_private.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC   0x314c4a504e544c50ull /* "PLTNPJL1" */
#define VERSION 1u

_Static_assert(sizeof(struct journal_memory) <= JOURNAL_SIZE, "the journal is 64 KiB");
_Static_assert(sizeof(struct line_record) == 128, "line records are powers of two");

uint64_t journal_sum(const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	uint64_t h = 0x9e3779b97f4a7c15ull ^ size, w;

	for (; size >= 8; p += 8, size -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdull;
		h ^= h >> 29;
	}
	for (; size; p++, size--)
		h = (h ^ *p) * 0xc4ceb9fe1a85ec53ull;
	h ^= h >> 32;
	return h ? h : 1; /* 0 means "no record" */
}

/* The compiler must not move stores over this line; the processor does not matter, a killed
 * process's stores are all done. */
void journal_order(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static uint64_t pair(uint32_t n)
{
	return (uint64_t)n << 32 | (uint32_t)~n;
}

static uint32_t pair_value(uint64_t p)
{
	uint32_t n = (uint32_t)(p >> 32);

	return (uint32_t)p == (uint32_t)~n ? n : 0;
}

static void format(struct journal_memory *m, uint64_t first_seq)
{
	memset(m, 0, sizeof *m);
	m->version = VERSION;
	m->size = sizeof *m;
	m->next_seq = first_seq ? first_seq : 1;
	journal_order();
	m->magic = MAGIC;
}

struct journal *journal_new(void *memory, size_t size, uint64_t first_seq)
{
	struct journal *j = calloc(1, sizeof *j);

	assert(size >= sizeof(struct journal_memory) && (uintptr_t)memory % 8 == 0);
	if (!j)
		abort();
	j->m = memory;
	j->was_valid = j->m->magic == MAGIC && j->m->version == VERSION &&
	    j->m->size == sizeof *j->m;
	if (!j->was_valid)
		format(j->m, first_seq);
	else
		journal_events_recount(j, first_seq);
	return j;
}

bool journal_was_valid(const struct journal *j)
{
	return j->was_valid;
}

void journal_free(struct journal *j)
{
	free(j);
}

/* ---- the attempt ---- */

static const struct attempt_record *attempt_valid(const struct journal *j)
{
	const struct attempt_record *newest = NULL;

	for (int i = 0; i < 2; i++) {
		const struct attempt_record *r = &j->m->attempt[i];

		if (!r->sum || r->sum != journal_sum(&r->turn, sizeof *r - sizeof r->sum))
			continue;
		if (!newest || (int32_t)(r->turn - newest->turn) > 0)
			newest = r;
	}
	return newest;
}

static void attempt_put(struct journal *j, const struct journal_attempt *a)
{
	const struct attempt_record *old = attempt_valid(j);
	struct attempt_record *r = &j->m->attempt[old == &j->m->attempt[0] ? 1 : 0];
	uint32_t turn = old ? old->turn + 1 : 1;

	r->sum = 0;
	journal_order();
	memset(r, 0, sizeof *r);
	r->turn = turn;
	r->a = *a;
	journal_order();
	r->sum = journal_sum(&r->turn, sizeof *r - sizeof r->sum);
	journal_order();
}

void journal_begin(struct journal *j, const struct journal_attempt *a)
{
	struct journal_attempt begun = *a;

	begun.active = true;
	begun.base_sent = begun.base_confirmed = false;
	begun.want_pause = begun.want_cancel = false;
	j->m->acked = pair(begun.base);
	j->m->last = pair(begun.base);
	journal_order();
	attempt_put(j, &begun);
}

bool journal_attempt(const struct journal *j, struct journal_attempt *out)
{
	const struct attempt_record *r = attempt_valid(j);

	if (!r)
		return false;
	*out = r->a;
	out->acked = pair_value(j->m->acked);
	out->last = pair_value(j->m->last);
	return true;
}

static void attempt_change(struct journal *j, void (*change)(struct journal_attempt *a))
{
	const struct attempt_record *r = attempt_valid(j);
	struct journal_attempt a;

	if (!r)
		return;
	a = r->a;
	change(&a);
	attempt_put(j, &a);
}

static void set_sent(struct journal_attempt *a)
{
	a->base_sent = true;
}

static void set_confirmed(struct journal_attempt *a)
{
	a->base_confirmed = true;
}

static void set_over(struct journal_attempt *a)
{
	a->active = false;
}

void journal_base_sent(struct journal *j)
{
	attempt_change(j, set_sent);
}

void journal_base_confirmed(struct journal *j)
{
	attempt_change(j, set_confirmed);
}

void journal_end(struct journal *j)
{
	attempt_change(j, set_over);
}

void journal_want(struct journal *j, bool pause, bool cancel)
{
	const struct attempt_record *r = attempt_valid(j);
	struct journal_attempt a;

	if (!r || (r->a.want_pause == pause && r->a.want_cancel == cancel))
		return;
	a = r->a;
	a.want_pause = pause;
	a.want_cancel = cancel;
	attempt_put(j, &a);
}

void journal_acked(struct journal *j, uint32_t number)
{
	j->m->acked = pair(number);
}

/* ---- lines ---- */

void journal_line_add(struct journal *j, const struct journal_line *l)
{
	struct line_record *r = &j->m->lines[l->number % JOURNAL_LINES];
	size_t len = strnlen(l->text, sizeof r->text);

	r->sum = 0;
	journal_order();
	r->number = l->number;
	r->origin = (uint8_t)l->origin;
	r->len = (uint8_t)len;
	r->where = l->where;
	r->next = l->next;
	memcpy(r->text, l->text, len);
	journal_order();
	r->sum = journal_sum(&r->number, LINE_HEAD + len);
	journal_order();
	j->m->last = pair(l->number);
	journal_order();
}

bool journal_line_get(const struct journal *j, uint32_t number, struct journal_line *out)
{
	const struct line_record *r = &j->m->lines[number % JOURNAL_LINES];

	if (!r->sum || r->number != number || r->len > sizeof r->text ||
	    r->sum != journal_sum(&r->number, LINE_HEAD + r->len))
		return false;
	*out = (struct journal_line){ .number = number, .origin = (enum journal_origin)r->origin,
		.where = r->where, .next = r->next };
	memcpy(out->text, r->text, r->len);
	return true;
}

/* ---- state ---- */

static const struct state_record *state_valid(const struct journal *j)
{
	const struct state_record *newest = NULL;

	for (int i = 0; i < 2; i++) {
		const struct state_record *r = &j->m->state[i];

		if (!r->sum || r->size > sizeof r->bytes ||
		    r->sum != journal_sum(&r->turn, STATE_HEAD + r->size))
			continue;
		if (!newest || (int32_t)(r->turn - newest->turn) > 0)
			newest = r;
	}
	return newest;
}

void journal_state_put(struct journal *j, const void *bytes, size_t size)
{
	const struct state_record *old = state_valid(j);
	struct state_record *r = &j->m->state[old == &j->m->state[0] ? 1 : 0];
	uint32_t turn = old ? old->turn + 1 : 1;

	assert(size <= sizeof r->bytes);
	r->sum = 0;
	journal_order();
	r->turn = turn;
	r->size = (uint32_t)size;
	memcpy(r->bytes, bytes, size);
	journal_order();
	r->sum = journal_sum(&r->turn, STATE_HEAD + size);
	journal_order();
}

size_t journal_state_get(const struct journal *j, void *out, size_t cap)
{
	const struct state_record *r = state_valid(j);

	if (!r || r->size > cap)
		return 0;
	memcpy(out, r->bytes, r->size);
	return r->size;
}
