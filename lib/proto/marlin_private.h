/* SPDX-License-Identifier: Apache-2.0 */
/* marlin_private - the machine's insides, shared by marlin.c, marlin_send.c and marlin_doubt.c. */
#ifndef PLATEN_PROTO_MARLIN_PRIVATE_H
#define PLATEN_PROTO_MARLIN_PRIVATE_H

#include "proto/marlin.h"

#define MARLIN_PROBE_TEXT "\nN1999999999 M105*31\n"
#define MARLIN_FENCE      (1u << 7) /* a flag of marlin_issue() */
#define MARLIN_EVENTS     16u
#define MARLIN_OUT_MAX    512u
#define MARLIN_STORM_LEN  20u

#define MARLIN_QUIET       (50 * USEC_PER_MSEC) /* after the last ok, Resend or Error line */
#define MARLIN_DRAIN       (200 * USEC_PER_MSEC)
#define MARLIN_BACKOFF     (100 * USEC_PER_MSEC)
#define MARLIN_BACKOFF_MAX (5 * USEC_PER_SEC)
#define MARLIN_STORM_SPAN  (60 * USEC_PER_SEC)
#define MARLIN_STORM_ROW   10u

enum marlin_phase {
	PHASE_CALM,    /* a command may be in flight; oks count */
	PHASE_REFUSED, /* a refusal was heard; waiting for the line to be quiet */
	PHASE_ASK,     /* the probe is out */
	PHASE_FENCE,   /* an unnumbered M105 is out (while the count is not ours) */
};

struct marlin_cmd {
	bool active, numbered, base, m105, m114, collect;
	bool fence;    /* the machine's own M105 */
	bool accepted; /* the printer's count says so */
	uint32_t number;
	uint8_t len;
	char text[MARLIN_TEXT_MAX + 1];
};

struct marlin_kept {
	uint32_t number;
	bool fence;
	uint8_t len;
	char text[MARLIN_TEXT_MAX + 1];
};

struct marlin {
	usec_t probe_after;
	enum marlin_phase phase;
	usec_t due; /* when the phase has something to do */
	usec_t heard_at;

	struct marlin_cmd cur;  /* the one unacknowledged command */
	struct marlin_cmd held; /* an unnumbered one set aside while lines are sent again */
	unsigned urgent_oks;    /* oks due for M108, M410, M876 */
	unsigned waits;         /* Repetier's `wait` in a row */
	bool want_settled;

	bool counting; /* the printer's count is ours */
	uint32_t sent, reported, certain;
	struct marlin_kept kept[MARLIN_KEPT];

	int64_t last, resend; /* the two lines of a refusal, -1: not heard */
	bool answered;        /* they agree */
	bool ask_unsent, recovering;
	bool ask_heard;        /* a line of a refusal at least: it does answer, with damage */
	unsigned ask_need, ask_tries, ask_oks, fence_tries;
	int64_t ask_first; /* count of the first of two answers, -1: none */
	usec_t asked_at;

	unsigned refused_row; /* refusals of the same line */
	usec_t refused_at[MARLIN_STORM_LEN];
	unsigned refused_len;
	bool storm;

	enum marlin_fatal fatal_hint; /* reason heard just before kill() */
	usec_t fatal_hint_at, reset_at;

	void (*number_used)(void *ctx, uint32_t number, const char *text);
	void *number_ctx;

	struct marlin_dialect dialect;
	struct marlin_counters counters;
	bool watch;

	char line[MARLIN_LINE_MAX + 1];
	size_t line_size;
	bool line_long;

	uint8_t out[MARLIN_OUT_MAX];
	size_t out_size;

	struct marlin_event events[MARLIN_EVENTS];
	unsigned event_first, event_len;
};

/* marlin.c */
struct marlin_event *marlin_emit(struct marlin *m, enum marlin_event_kind kind, const char *text);
void marlin_acked(struct marlin *m, usec_t now, bool certain);
void marlin_tell_acked(struct marlin *m, const struct marlin_cmd *c);

/* marlin_send.c */
void marlin_put(struct marlin *m, const char *bytes, size_t size);
void marlin_transmit(struct marlin *m, usec_t now, const struct marlin_cmd *c);
void marlin_issue(struct marlin *m, usec_t now, const char *text, size_t len, unsigned flags);
void marlin_patience(struct marlin *m, usec_t until); /* the deadline never comes nearer */
const struct marlin_kept *marlin_kept(const struct marlin *m, uint32_t number);
/* Makes the kept line `number` the command in flight and sends it. false: not kept any more. */
bool marlin_resend(struct marlin *m, usec_t now, uint32_t number);

/* marlin_doubt.c */
void marlin_refusal(struct marlin *m, usec_t now, const struct marlin_reply *r);
void marlin_ok_in_doubt(struct marlin *m, usec_t now, const struct marlin_reply *r);
void marlin_ask_start(struct marlin *m, usec_t now, unsigned need);
void marlin_fence_start(struct marlin *m, usec_t now);
void marlin_fence_done(struct marlin *m);
void marlin_doubt_tick(struct marlin *m, usec_t now);

#endif
