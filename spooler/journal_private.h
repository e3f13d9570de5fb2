/* SPDX-License-Identifier: Apache-2.0 */
/* journal_private - the journal's bytes, shared by journal.c and journal_events.c. Host byte
 * order: it is read on the machine that wrote it. */
#ifndef PLATEN_SPOOLER_JOURNAL_PRIVATE_H
#define PLATEN_SPOOLER_JOURNAL_PRIVATE_H

#include <stddef.h>

#include "spooler/journal.h"

#define JOURNAL_LINES  256u
#define JOURNAL_EVENTS 28u

struct attempt_record {
	uint64_t sum;
	uint32_t turn;
	struct journal_attempt a;
};

struct line_record {
	uint64_t sum;
	uint32_t number;
	uint8_t origin, len, unused[2];
	uint64_t where, next;
	char text[96];
};
#define LINE_HEAD (offsetof(struct line_record, text) - offsetof(struct line_record, number))

struct state_record {
	uint64_t sum;
	uint32_t turn, size;
	uint8_t bytes[4000];
};
#define STATE_HEAD (offsetof(struct state_record, bytes) - offsetof(struct state_record, turn))

struct event_record {
	uint64_t sum; /* 0: free */
	struct journal_event e;
};

struct journal_memory {
	uint64_t magic;
	uint32_t version, size;
	uint64_t next_seq;     /* one store, before the event that uses it */
	uint64_t acked, last;  /* value and complement */
	struct attempt_record attempt[2];
	struct state_record state[2];
	struct line_record lines[JOURNAL_LINES];
	struct event_record events[JOURNAL_EVENTS];
};

struct journal {
	struct journal_memory *m;
	bool was_valid;
};

uint64_t journal_sum(const void *bytes, size_t size);
void journal_order(void);
void journal_events_recount(struct journal *j, uint64_t first_seq);

#endif
