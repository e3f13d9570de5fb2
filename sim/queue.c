/* SPDX-License-Identifier: Apache-2.0 */
/* queue - bytes become lines, lines are accepted or refused, accepted ones wait in 4 slots.
 *
 * The rules and their order are marlin.md §2: number first, then checksum; a refusal is printed at
 * once (it overtakes the oks of earlier lines) and empties the receive buffer; an ok is printed
 * when the command has been executed, while it still holds its slot. */
#include "sim/board.h"

#include <stdlib.h>
#include <string.h>

void queue_ok(struct sim *s)
{
	struct queue *q = &s->queue;
	const char *p = q->slots[q->head].text;
	int digits = 0;

	if (!dialect_has_extras(s)) {
		serial_ok(s, "ok");
		return;
	}
	/* marlin.md §1: "N is missing for unnumbered lines and also when a numbered line came with
	 * a leading space" */
	if (*p == 'N') {
		digits = 1 + (p[1] == '-');
		while (p[digits] >= '0' && p[digits] <= '9')
			digits++;
	}
	serial_ok(s, "ok%s%.*s P%u B%u", digits ? " " : "", digits, p, planner_free(s),
		  QUEUE_SLOTS - q->used);
}

void queue_refuse(struct sim *s, const char *why)
{
	struct queue *q = &s->queue;

	if (why)
		serial_say(s, "Error:%s, Last Line: %lld", why, (long long)q->last_line);
	serial_rx_clear(s);
	serial_say(s, "Resend: %lld", (long long)q->last_line + 1);
	/* marlin.md §2.3: "On 2.0.6.1 a Resend's ok does carry N/P/B, with a stale N" */
	if (s->conf.dialect == SIM_MARLIN_20)
		queue_ok(s);
	else
		serial_ok(s, "ok");
	if (why)
		q->count = 0;
}

void queue_done(struct sim *s)
{
	struct queue *q = &s->queue;

	q->head = (q->head + 1) % QUEUE_SLOTS;
	q->used--;
}

static void enqueue(struct sim *s, const char *line, int64_t number)
{
	struct queue *q = &s->queue;
	struct slot *slot = &q->slots[(q->head + q->used) % QUEUE_SLOTS];

	memcpy(slot->text, line, strlen(line) + 1); /* both are LINE_SIZE */
	slot->number = number;
	q->used++;
}

static bool checksum_fits(const char *command, const char *star)
{
	uint8_t sum = 0;

	for (const char *p = command; p < star; p++)
		sum ^= (uint8_t)*p;
	return strtol(star + 1, NULL, 10) == sum;
}

enum verdict { ACCEPT, IGNORE, REFUSED };

static enum verdict judge_number(struct sim *s, const char *command, int64_t *number)
{
	struct queue *q = &s->queue;
	bool is_m110 = strstr(command, "M110") != NULL;
	const char *npos = command, *star;

	if (is_m110 && strlen(command) > 4) {
		const char *inner = strchr(command + 4, 'N');

		if (inner)
			npos = inner;
	}
	/* A long of the boards has 32 bits; strtol stops at its ends. */
	*number = strtoll(npos + 1, NULL, 10);
	*number = *number > INT32_MAX ? INT32_MAX : *number < INT32_MIN ? INT32_MIN : *number;
	if (*number != q->last_line + 1 && !is_m110) {
		/* marlin.md §2.4: silence on 2.1.2 and newer, upstream change of 2022-11-27 */
		if (s->conf.dialect != SIM_MARLIN_20 && *number >= q->last_line - 1 &&
		    *number <= q->last_line)
			return IGNORE;
		queue_refuse(s, "Line Number is not Last Line Number+1");
		return REFUSED;
	}
	star = strrchr(command, '*');
	if (!star) {
		queue_refuse(s, "No Checksum with line number");
		return REFUSED;
	}
	if (!checksum_fits(command, star)) {
		queue_refuse(s, "checksum mismatch");
		return REFUSED;
	}
	q->last_line = *number;
	return ACCEPT;
}

/* Without the emergency parser these three are noticed when their line is read, if unnumbered. */
static void act_early(struct sim *s, const char *command)
{
	if (strncmp(command, "M108", 4) == 0) {
		s->wait_for_user = s->wait_for_heatup = false;
	} else if (strncmp(command, "M112", 4) == 0) {
		serial_say(s, "echo:M112 Shutdown");
		board_kill(s, "M112");
	} else if (strncmp(command, "M410", 4) == 0) {
		planner_quick_stop(s);
	}
}

static void line_complete(struct sim *s)
{
	struct queue *q = &s->queue;
	const char *command = q->line;
	int64_t number = -1;

	q->line[q->count] = '\0';
	q->skip = false;
	if (!q->count)
		return;
	q->count = 0;
	if (s->t < q->storm_until) {
		queue_refuse(s, "checksum mismatch");
		return;
	}
	while (*command == ' ')
		command++;
	if (*command == 'N' && judge_number(s, command, &number) != ACCEPT)
		return;
	if (!dialect_has_extras(s))
		act_early(s, command);
	if (!s->killed)
		enqueue(s, q->line, number);
}

static void line_byte(struct queue *q, char c)
{
	if (q->skip)
		return;
	if (c == ';') {
		q->skip = true;
	} else if (c == '\b') {
		q->count -= q->count ? 1 : 0;
	} else {
		q->line[q->count++] = c;
		/* marlin.md §2.8: "at most 95 bytes before the LF" */
		q->skip = q->count >= LINE_SIZE - 1;
	}
}

bool queue_parse(struct sim *s)
{
	struct queue *q = &s->queue;
	bool did = false;
	int c;

	while (q->used < QUEUE_SLOTS && !s->killed && (c = serial_rx_get(s)) >= 0) {
		did = true;
		if (c == '\n' || c == '\r')
			line_complete(s);
		else
			line_byte(q, (char)c);
	}
	return did;
}
