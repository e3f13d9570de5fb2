/* SPDX-License-Identifier: Apache-2.0 */
/* journal - what survives a death at any byte of a write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "spooler/journal.h"

static uint64_t memory[JOURNAL_SIZE / 8], after[JOURNAL_SIZE / 8], mixed[JOURNAL_SIZE / 8];

static struct journal *fresh(void)
{
	memset(memory, 0, sizeof memory);
	return journal_new(memory, sizeof memory, 500);
}

static void begin(struct journal *j, uint32_t base)
{
	struct journal_attempt a = { .fence = 7, .base = base, .planned_lines = 100, .size = 1234 };

	snprintf(a.attempt_id, sizeof a.attempt_id, "attempt-%u", base);
	journal_begin(j, &a);
}

static void test_attempt_survives(void **state)
{
	struct journal *j = fresh();
	struct journal_attempt a;

	(void)state;
	assert_false(journal_was_valid(j));
	assert_false(journal_attempt(j, &a));
	begin(j, 20000);
	journal_base_sent(j);
	journal_base_confirmed(j);
	journal_line_add(j, &(struct journal_line){ .number = 20001, .where = 5, .next = 9 });
	journal_acked(j, 20001);
	journal_want(j, true, false);
	journal_free(j);
	j = journal_new(memory, sizeof memory, 1);
	assert_true(journal_was_valid(j));
	assert_true(journal_attempt(j, &a));
	assert_true(a.active && a.base_sent && a.base_confirmed && a.want_pause && !a.want_cancel);
	assert_int_equal(a.acked, 20001);
	assert_int_equal(a.last, 20001);
	assert_int_equal(a.size, 1234);
	journal_end(j);
	assert_true(journal_attempt(j, &a));
	assert_false(a.active);
	assert_int_equal(a.last, 20001);
	journal_free(j);
}

static void test_lines(void **state)
{
	struct journal *j = fresh();
	struct journal_line l;

	(void)state;
	begin(j, 1000);
	for (uint32_t n = 1001; n <= 1600; n++) {
		struct journal_line in = { .number = n, .origin = n % 2 ? JOURNAL_FILE : JOURNAL_SCRIPT,
			.where = n * 10, .next = n * 10 + 9 };

		if (n % 2 == 0)
			snprintf(in.text, sizeof in.text, "G1 X%u", n);
		journal_line_add(j, &in);
	}
	assert_true(journal_line_get(j, 1600, &l));
	assert_string_equal(l.text, "G1 X1600");
	assert_int_equal(l.origin, JOURNAL_SCRIPT);
	assert_true(journal_line_get(j, 1345, &l));
	assert_int_equal(l.next, 13459);
	assert_string_equal(l.text, "");
	assert_false(journal_line_get(j, 1344, &l)); /* overwritten by 1600 */
	assert_false(journal_line_get(j, 1601, &l));
	journal_free(j);
}

/* Every mixture of "this byte is already new" and "the rest is still old", from the front and from
 * the back: the reader sees the old record, the new one, or none; never something else. */
static void torn(void (*before)(struct journal *j), void (*write)(struct journal *j),
    bool (*sound)(struct journal *j))
{
	struct journal *j = fresh();
	uint8_t *m = (uint8_t *)mixed;

	before(j);
	memcpy(after, memory, sizeof memory);
	write(j);
	journal_free(j);
	for (size_t i = 0; i < sizeof memory; i++) {
		if (((uint8_t *)memory)[i] == ((uint8_t *)after)[i])
			continue;
		for (int back = 0; back < 2; back++) {
			memcpy(m, back ? (uint8_t *)memory : (uint8_t *)after, sizeof mixed);
			memcpy(m, back ? (uint8_t *)after : (uint8_t *)memory, i);
			j = journal_new(mixed, sizeof mixed, 1);
			assert_true(sound(j));
			journal_free(j);
		}
	}
}

static void put_old(struct journal *j)
{
	char old[600];

	begin(j, 1000);
	memset(old, 'o', sizeof old);
	journal_state_put(j, old, sizeof old);
	journal_state_put(j, old, sizeof old);
	journal_event_push(j, &(struct journal_event){ .kind = "printing", .data = "{\"old\":1}" });
}

static void put_new(struct journal *j)
{
	char new[600];

	memset(new, 'n', sizeof new);
	journal_state_put(j, new, sizeof new);
	journal_line_add(j, &(struct journal_line){ .number = 1001, .next = 77, .text = "G1 X1" });
	journal_event_push(j, &(struct journal_event){ .kind = "paused", .data = "{\"new\":1}" });
}

static bool is_sound(struct journal *j)
{
	struct journal_event ev;
	struct journal_line l;
	char s[600];
	size_t n = journal_state_get(j, s, sizeof s);

	if (n != sizeof s)
		return false;
	for (size_t i = 1; i < n; i++)
		if (s[i] != s[0])
			return false;
	if (journal_line_get(j, 1001, &l) && (l.next != 77 || strcmp(l.text, "G1 X1") != 0))
		return false;
	if (!journal_event_peek(j, 0, &ev) || strcmp(ev.data, "{\"old\":1}") != 0)
		return false;
	return !journal_event_peek(j, ev.seq, &ev) || strcmp(ev.data, "{\"new\":1}") == 0;
}

static void test_torn(void **state)
{
	(void)state;
	torn(put_old, put_new, is_sound);
}

static void push(struct journal *j, const char *kind, int i)
{
	struct journal_event ev = { .fence = i };

	snprintf(ev.kind, sizeof ev.kind, "%s", kind);
	snprintf(ev.data, sizeof ev.data, "{\"i\":%d}", i);
	journal_event_push(j, &ev);
}

static void test_events(void **state)
{
	struct journal *j = fresh();
	struct journal_event ev;
	unsigned moves = 0;
	uint64_t after_seq = 0;

	(void)state;
	for (int i = 0; i < 20; i++)
		push(j, "printing", i);
	for (int i = 0; i < 100; i++)
		push(j, "note", i);
	while (journal_event_peek(j, after_seq, &ev)) {
		assert_true(ev.seq > after_seq);
		after_seq = ev.seq;
		moves += strcmp(ev.kind, "printing") == 0;
	}
	assert_int_equal(moves, 20); /* notes gave way to notes, never to them */
	assert_int_equal(after_seq, 500 + 119);
	journal_event_done(j, after_seq);
	assert_false(journal_event_peek(j, 0, &ev));
	journal_free(j);
	j = journal_new(memory, sizeof memory, 1); /* numbers go on */
	push(j, "note", 1);
	assert_true(journal_event_peek(j, 0, &ev));
	assert_int_equal(ev.seq, 620);
	journal_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_attempt_survives),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
