/* SPDX-License-Identifier: Apache-2.0 */
/* journal - what one printer's next spooler must know: 64 KiB that survive kill -9.
 *
 * Purpose:  before a numbered line's first byte leaves, its record is here; events wait here for
 *           the database. The shell maps a file in run.dir (memory-backed) and locks it; tests
 *           pass heap memory. Versioned; every record carries a checksum, a torn one is ignored.
 * Layout:   header | attempt | state record x 2 (newest valid wins) | line ring | event ring.
 * Owns:     nothing; the memory is the caller's.
 * Errors:   memory of another version, size or checksum is formatted anew and
 *           journal_was_valid() says false: an attempt the database still knows then needs a person.
 * Blocking: never. */
#ifndef PLATEN_SPOOLER_JOURNAL_H
#define PLATEN_SPOOLER_JOURNAL_H

#include "base/clock.h"
#include "base/uuid.h"

#define JOURNAL_SIZE 65536

struct journal; /* a view on the memory, heap */

enum journal_origin { JOURNAL_FILE, JOURNAL_SCRIPT, JOURNAL_COMMAND };

struct journal_attempt {
	char job_id[UUID_SIZE], attempt_id[UUID_SIZE];
	int64_t fence;
	uint32_t base, planned_lines;
	bool active, base_sent, base_confirmed;
	bool want_pause, want_cancel; /* asked for and not yet begun */
	uint32_t acked;  /* highest number acknowledged (base when none) */
	uint32_t last;   /* highest number journalled */
	/* What a new spooler needs to go on without asking the database (struct bay_job). */
	uint64_t size;
	uint32_t planned_layers, estimated_sec;
	double hotend_override, bed_override, hotend_preheat, bed_preheat;
	bool file_homes, file_heats_hotend, file_heats_bed, more_plates;
};

struct journal_line {
	uint32_t number;
	enum journal_origin origin;
	uint64_t where;    /* file offset | script step | command ordinal */
	uint64_t next;     /* file offset of the line after it */
	char text[96];     /* "" when it can be read again from the file */
};

struct journal_event {
	uint64_t seq;      /* grows for ever per printer */
	usec_t at;         /* wall clock */
	char kind[24];     /* "printing", "paused", "command", ... (sql spool.apply_event) */
	char attempt_id[UUID_SIZE];
	int64_t fence;
	char data[640];    /* JSON object text */
};

/* Formats the memory when it is not a journal. first_seq: where event numbers begin then (they
 * must grow for ever per printer: give the wall clock in usec). memory: 8-byte aligned. */
struct journal *journal_new(void *memory, size_t size, uint64_t first_seq);
bool journal_was_valid(const struct journal *j);        /* it held a journal when opened */
void journal_free(struct journal *j);                   /* not the memory */

void journal_begin(struct journal *j, const struct journal_attempt *a);
bool journal_attempt(const struct journal *j, struct journal_attempt *out); /* false: none */
void journal_base_sent(struct journal *j);
void journal_base_confirmed(struct journal *j);
void journal_want(struct journal *j, bool pause, bool cancel);
void journal_line_add(struct journal *j, const struct journal_line *l);
bool journal_line_get(const struct journal *j, uint32_t number, struct journal_line *out);
void journal_acked(struct journal *j, uint32_t number);
void journal_end(struct journal *j); /* the attempt is over; its last number is kept */

/* Opaque state of the bay (modal state, targets, pause position, script step): <= 4000 bytes. */
void journal_state_put(struct journal *j, const void *bytes, size_t size);
size_t journal_state_get(const struct journal *j, void *out, size_t cap); /* 0: none */

/* The event ring. When full, push gives up the oldest of the passing kinds ("note", "alert",
 * "command"), never a state move. peek: the oldest event with seq > after_seq. */
void journal_event_push(struct journal *j, const struct journal_event *ev); /* seq is set here */
bool journal_event_peek(const struct journal *j, uint64_t after_seq, struct journal_event *out);
void journal_event_done(struct journal *j, uint64_t upto_seq);

#endif
