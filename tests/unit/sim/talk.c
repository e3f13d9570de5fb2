/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void record(struct talk *t, const char *first, const char *text)
{
	t->recorded += (size_t)snprintf(t->record + t->recorded, sizeof t->record - t->recorded,
					"%s %s\n", first, text);
	assert_true(t->recorded < sizeof t->record);
}

static void executed(void *ctx, int64_t now, int64_t number, const char *command)
{
	char first[24] = "-";

	(void)now;
	if (number >= 0)
		snprintf(first, sizeof first, "%lld", (long long)number);
	record(ctx, first, command);
}

static void noted(void *ctx, int64_t now, const char *what)
{
	(void)now;
	record(ctx, "#", what);
}

struct talk *talk_with(const struct sim_conf *conf)
{
	struct talk *t = calloc(1, sizeof *t);
	struct sim_conf own = *conf;

	assert_non_null(t);
	own.executed = executed;
	own.noted = noted;
	own.ctx = t;
	t->sim = sim_new(&own);
	sim_open(t->sim, 0);
	return t;
}

struct talk *talk_begin(enum sim_dialect dialect)
{
	struct sim_conf conf = { .dialect = dialect, .speed = 1, .flow_control = true };

	return talk_with(&conf);
}

void talk_end(struct talk *t)
{
	sim_free(t->sim);
	free(t);
}

static void pull(struct talk *t)
{
	size_t n;

	while ((n = sim_pull(t->sim, t->now, (uint8_t *)t->heard + t->size,
			     sizeof t->heard - 1 - t->size)) > 0)
		t->size += n;
	t->heard[t->size] = '\0';
}

void talk_say(struct talk *t, const char *text)
{
	size_t size = strlen(text), at = 0;

	while (at < size) {
		size_t taken = sim_feed(t->sim, t->now, (const uint8_t *)text + at, size - at);

		at += taken;
		pull(t);
		if (!taken) {
			assert_true(sim_deadline(t->sim) < INT64_MAX);
			t->now = sim_deadline(t->sim);
			sim_tick(t->sim, t->now);
		}
	}
	pull(t);
}

void talk_number(struct talk *t, long n, const char *command)
{
	char line[160];
	unsigned char sum = 0;
	int size = snprintf(line, sizeof line, "N%ld %s", n, command);

	for (int i = 0; i < size; i++)
		sum ^= (unsigned char)line[i];
	snprintf(line + size, sizeof line - (size_t)size, "*%u\n", sum);
	talk_say(t, line);
}

void talk_wait(struct talk *t, double seconds)
{
	int64_t until = t->now + (int64_t)(seconds * 1e6), at;

	while ((at = sim_deadline(t->sim)) <= until) {
		t->now = at > t->now ? at : t->now;
		sim_tick(t->sim, t->now);
		pull(t);
	}
	t->now = until;
	sim_tick(t->sim, t->now);
	pull(t);
}

void talk_forget(struct talk *t)
{
	t->size = 0;
	t->heard[0] = '\0';
}

void talk_hears(struct talk *t, const char *exactly)
{
	assert_string_equal(t->heard, exactly);
	talk_forget(t);
}

void talk_has(struct talk *t, const char *part)
{
	if (!strstr(t->heard, part))
		fail_msg("\"%s\" is not in:\n%s", part, t->heard);
}

void talk_has_not(struct talk *t, const char *part)
{
	if (strstr(t->heard, part))
		fail_msg("\"%s\" is in:\n%s", part, t->heard);
}

unsigned talk_count(const struct talk *t, const char *part)
{
	unsigned n = 0;

	for (const char *p = t->heard; (p = strstr(p, part)); p += strlen(part))
		n++;
	return n;
}

void talk_recorded(const struct talk *t, const char *exactly)
{
	assert_string_equal(t->record, exactly);
}

struct sim_state talk_state(const struct talk *t)
{
	struct sim_state st;

	sim_state(t->sim, &st);
	return st;
}
