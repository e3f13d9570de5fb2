/* SPDX-License-Identifier: Apache-2.0 */
/* Events that wait for the database: a set of slots ordered by their sequence number. */
#include <string.h>

#include "spooler/journal_private.h"

static bool slot_valid(const struct event_record *r)
{
	return r->sum && r->sum == journal_sum(&r->e, sizeof r->e);
}

/* After a death in the middle of a push: a torn slot is free, and no number comes twice. */
void journal_events_recount(struct journal *j, uint64_t first_seq)
{
	uint64_t next = j->m->next_seq;

	for (unsigned i = 0; i < JOURNAL_EVENTS; i++) {
		struct event_record *r = &j->m->events[i];

		if (!slot_valid(r))
			r->sum = 0;
		else if (r->e.seq >= next)
			next = r->e.seq + 1;
	}
	j->m->next_seq = next ? next : first_seq;
}

static bool passing(const struct event_record *r)
{
	return strcmp(r->e.kind, "note") == 0 || strcmp(r->e.kind, "alert") == 0 ||
	    strcmp(r->e.kind, "command") == 0;
}

/* A free slot, else the oldest passing event's, else the oldest's: with nobody fetching for 28
 * changes of state, the newest ones tell more than the first. */
static struct event_record *slot_for_new(struct journal *j)
{
	struct event_record *oldest = NULL, *oldest_passing = NULL;

	for (unsigned i = 0; i < JOURNAL_EVENTS; i++) {
		struct event_record *r = &j->m->events[i];

		if (!r->sum)
			return r;
		if (!oldest || r->e.seq < oldest->e.seq)
			oldest = r;
		if (passing(r) && (!oldest_passing || r->e.seq < oldest_passing->e.seq))
			oldest_passing = r;
	}
	return oldest_passing ? oldest_passing : oldest;
}

void journal_event_push(struct journal *j, const struct journal_event *ev)
{
	struct event_record *r = slot_for_new(j);
	uint64_t seq = j->m->next_seq;

	r->sum = 0;
	journal_order();
	j->m->next_seq = seq + 1;
	memset(&r->e, 0, sizeof r->e);
	r->e.seq = seq;
	r->e.at = ev->at;
	r->e.fence = ev->fence;
	memcpy(r->e.kind, ev->kind, sizeof r->e.kind);
	memcpy(r->e.attempt_id, ev->attempt_id, sizeof r->e.attempt_id);
	memcpy(r->e.data, ev->data, strnlen(ev->data, sizeof r->e.data - 1));
	r->e.kind[sizeof r->e.kind - 1] = '\0';
	r->e.attempt_id[sizeof r->e.attempt_id - 1] = '\0';
	journal_order();
	r->sum = journal_sum(&r->e, sizeof r->e);
	journal_order();
}

bool journal_event_peek(const struct journal *j, uint64_t after_seq, struct journal_event *out)
{
	const struct event_record *found = NULL;

	for (unsigned i = 0; i < JOURNAL_EVENTS; i++) {
		const struct event_record *r = &j->m->events[i];

		if (r->sum && r->e.seq > after_seq && (!found || r->e.seq < found->e.seq) &&
		    slot_valid(r))
			found = r;
	}
	if (found)
		*out = found->e;
	return found != NULL;
}

void journal_event_done(struct journal *j, uint64_t upto_seq)
{
	for (unsigned i = 0; i < JOURNAL_EVENTS; i++)
		if (j->m->events[i].sum && j->m->events[i].e.seq <= upto_seq)
			j->m->events[i].sum = 0;
}
