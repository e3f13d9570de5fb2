/* SPDX-License-Identifier: Apache-2.0 */
/* marlin - the wire protocol of Marlin as a machine without I/O.
 *
 * Purpose:  numbered, checksummed lines, one unacknowledged command at a time; lost oks, refusals
 *           and noise are settled by asking the printer for its own count, never by sending a
 *           line again on a guess (docs/protocol/marlin.md). The printer's count is the truth: a
 *           line is sent again only when the printer said that it waits for that number.
 * Owns:     its buffers. The meaning of a command is the caller's.
 * Units:    usec_t of any monotonic clock.
 * Errors:   none returned; what went wrong is an event.
 * Blocking: never. One thread.
 *
 * Every anomaly ends the same way: probe `N1999999999` until its two lines agree (ASK), go on from
 * the number given, then M105 whose `ok T:` proves that all before it has run (FENCE). Where oks
 * carry a number, an ok counts only for its own line. Where they do not, an ok is believed for the
 * time being and the last lines are kept so that the count can be put right. */
#ifndef PLATEN_PROTO_MARLIN_H
#define PLATEN_PROTO_MARLIN_H

#include "base/clock.h"
#include "proto/marlin_parse.h"

#define MARLIN_TEXT_MAX  81u /* command bytes: 95 less N, 8 digits, blank, *, 3 digits */
#define MARLIN_LINE_MAX  512u
#define MARLIN_NUMBER_MAX 99999999u
#define MARLIN_KEPT      16u /* lines that can be sent again */

struct marlin;

enum marlin_event_kind {
	MARLIN_ACKED,    /* the command in flight has ended; `number` when it was numbered */
	MARLIN_SETTLED,  /* marlin_settle() or marlin_base() is through; `number`: the count */
	MARLIN_COUNT,    /* marlin_ask() answered twice alike: `number` */
	MARLIN_ANSWER,   /* `text`: a line that belongs to a command sent with MARLIN_COLLECT */
	MARLIN_TEMPS,    /* `reply->temps` */
	MARLIN_POSITION, /* `reply->position` */
	MARLIN_FIRMWARE, /* `text` */
	MARLIN_CAP,      /* `text` "NAME:1" */
	MARLIN_ACTION,   /* `text` "pause" ... */
	MARLIN_BUSY,     /* `text` */
	MARLIN_ERROR,    /* `text`: an error line that is no refusal and not fatal */
	MARLIN_RESET,    /* the board began anew; everything in flight is forgotten */
	MARLIN_LOST,     /* the printer's count `number` cannot be: a reset nobody saw */
	MARLIN_FATAL,    /* the printer has stopped: `fatal`, `text` */
	MARLIN_STORM,    /* the same line is refused again and again; trying on, every 5 s */
	MARLIN_HEALED,   /* it went through */
	MARLIN_WIRE,     /* `text`: a line, ">" or "<" first, while marlin_watch() is on */
};

struct marlin_event {
	enum marlin_event_kind kind;
	uint32_t number;
	bool numbered;
	enum marlin_fatal fatal;
	struct marlin_temps temps;
	struct marlin_position position;
	char text[MARLIN_LINE_MAX + 2];
};

enum marlin_flags {
	MARLIN_PLAIN = 0,        /* without number: harmless queries only */
	MARLIN_NUMBERED = 1 << 0,
	MARLIN_COLLECT = 1 << 1, /* its answer comes as MARLIN_ANSWER */
};

/* What was learned about the firmware; kept over the death of the process by the caller. */
struct marlin_dialect {
	bool ok_numbered; /* oks carry the line's number */
	bool ok_temps;    /* M105 answers `ok T:` in one line: it can fence */
	bool asked, answers; /* the probe was tried; it is answered */
};

struct marlin_counters {
	uint64_t lines, resends, probes, stray_oks, lost_oks, long_lines;
};

struct marlin *marlin_new(usec_t probe_after);
void marlin_free(struct marlin *m); /* accepts NULL */
void marlin_clear(struct marlin *m); /* a new connection: forgets all but counters and dialect */
void marlin_watch(struct marlin *m, bool on);
/* Called before the first byte of a numbered line that the machine sends of its own (M105). */
void marlin_on_number(struct marlin *m,
    void (*used)(void *ctx, uint32_t number, const char *text), void *ctx);

/* Bytes arrived. Returns how many were taken: fewer when events must be fetched first. */
size_t marlin_feed(struct marlin *m, usec_t now, const uint8_t *in, size_t size);
size_t marlin_pull(struct marlin *m, usec_t now, uint8_t *out, size_t cap);
/* The oldest event, valid until the next call of any function; NULL: none. */
const struct marlin_event *marlin_next(struct marlin *m);
usec_t marlin_deadline(const struct marlin *m);
void marlin_tick(struct marlin *m, usec_t now);

/* Nothing in flight, nothing in doubt: a command may be sent. */
bool marlin_ready(const struct marlin *m);
/* One command, ready() only. text: at most MARLIN_TEXT_MAX bytes, no line end, no `*` end. */
void marlin_send(struct marlin *m, usec_t now, const char *text, size_t len, unsigned flags);
uint32_t marlin_number(const struct marlin *m); /* that the next numbered line will get */
/* Sets the printer's count, sees to it that it has run: MARLIN_SETTLED. ready() only. */
void marlin_base(struct marlin *m, usec_t now, uint32_t base);
/* Everything sent has been accepted and has run: MARLIN_SETTLED. ready() only. */
void marlin_settle(struct marlin *m, usec_t now);
/* After another process's death: makes a half-sent line harmless, asks twice: MARLIN_COUNT. */
void marlin_ask(struct marlin *m, usec_t now);
void marlin_count(struct marlin *m, uint32_t last); /* believes it */
/* M108, M410, M876: written at once; its extra ok is expected. */
void marlin_urgent(struct marlin *m, usec_t now, const char *text);
/* Drops everything unsent and in flight (after M112). */
void marlin_drop(struct marlin *m);

uint32_t marlin_certain(const struct marlin *m); /* numbers up to here are beyond doubt */
bool marlin_counting(const struct marlin *m);     /* the printer's count is known */
bool marlin_doubting(const struct marlin *m);    /* asking, fencing or refused */
usec_t marlin_heard(const struct marlin *m);     /* last byte received; 0: none yet */
struct marlin_dialect marlin_dialect(const struct marlin *m);
void marlin_learn(struct marlin *m, struct marlin_dialect d);
struct marlin_counters marlin_counters(const struct marlin *m);

#endif
