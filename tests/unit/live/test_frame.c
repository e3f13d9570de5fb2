/* SPDX-License-Identifier: Apache-2.0 */
/* Frames are valid WebSocket frames; queues keep order, the newest value and their bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "live/frame.h"
#include "live/ws.h"

static void heads_follow_rfc_6455(void **state)
{
	static const struct {
		size_t size;
		unsigned head;
		unsigned char bytes[10];
	} t[] = {
		{ 0, 2, { 0x81, 0 } },
		{ 125, 2, { 0x81, 125 } },
		{ 126, 4, { 0x81, 126, 0, 126 } },
		{ 65535, 4, { 0x81, 126, 0xff, 0xff } },
		{ 65536, 10, { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 } },
	};
	char head[WS_HEAD_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_int_equal(ws_head(head, t[i].size), t[i].head);
		assert_memory_equal(head, t[i].bytes, t[i].head);
	}
}

static void a_frame_carries_its_text(void **state)
{
	struct frame *f = frame_new("hello", 5, 0);

	(void)state;
	assert_int_equal(f->size, 7);
	assert_int_equal(frame_text_size(f), 5);
	assert_memory_equal(frame_text(f), "hello", 5);
	frame_drop(f);
}

static void push(struct frames *q, const char *text, uint64_t key)
{
	struct frame *f = frame_new(text, strlen(text), key);

	assert_true(frames_push(q, f));
	frame_drop(f);
}

static void newest_value_replaces_and_order_stays(void **state)
{
	struct frames q = { 0 };
	static const char *const want[] = { "a2", "one", "b1", "a3" };

	(void)state;
	push(&q, "a1", 7);
	push(&q, "a2", 9);
	push(&q, "one", 0);
	push(&q, "a2", 7);
	push(&q, "b1", 8);
	push(&q, "a3", 7);
	assert_int_equal(q.len, 4);
	for (unsigned i = 0; i < q.len; i++)
		assert_memory_equal(frame_text(q.at[i]), want[i], strlen(want[i]));
	frames_drop(&q, 2);
	assert_int_equal(q.len, 2);
	assert_int_equal(q.size, 8);
	frames_fini(&q);
	assert_int_equal(q.size, 0);
}

static void queues_are_bounded(void **state)
{
	struct frames q = { 0 };
	struct frame *f = frame_new("x", 1, 0), *value = frame_new("v", 1, 1), *large;
	char *text = calloc(1, 3 << 20);

	(void)state;
	push(&q, "v", 1);
	for (int i = 1; i < FRAMES_MAX; i++)
		assert_true(frames_push(&q, f));
	assert_false(frames_push(&q, f));
	assert_true(frames_push(&q, value)); /* takes the place of the older one */
	assert_int_equal(q.len, FRAMES_MAX);
	frames_fini(&q);
	large = frame_new(text, 3 << 20, 0);
	assert_true(frames_push(&q, large));
	assert_true(frames_push(&q, large));
	assert_false(frames_push(&q, large));
	assert_int_equal(large->refs, 3);
	frames_fini(&q);
	assert_int_equal(large->refs, 1);
	frame_drop(large);
	frame_drop(value);
	frame_drop(f);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_follow_rfc_6455),
		cmocka_unit_test(a_frame_carries_its_text),
		cmocka_unit_test(newest_value_replaces_and_order_stays),
		cmocka_unit_test(queues_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
