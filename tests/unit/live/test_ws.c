/* SPDX-License-Identifier: Apache-2.0 */
/* The WebSocket connection over a socket pair: cut writes, close handshakes, broken peers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live/ws.h"

static struct loop *loop;
static struct ws *ws;
static int peer;
static char got[256];
static int gone, writable;

static void on_message(void *ctx, struct ws *w, const char *data, size_t size, bool binary)
{
	(void)ctx, (void)w;
	snprintf(got, sizeof got, "%s:%.*s", binary ? "B" : "T", (int)size, data);
	loop_stop(loop);
}

static void on_writable(void *ctx, struct ws *w)
{
	(void)ctx, (void)w;
	writable++;
	loop_stop(loop);
}

static void on_gone(void *ctx, struct ws *w)
{
	(void)ctx;
	gone++;
	ws_end(w, WS_NORMAL);
	ws = NULL;
	loop_stop(loop);
}

static const struct ws_ops ops = { on_message, on_writable, on_gone };

static void turn(void *ctx)
{
	(void)ctx;
	loop_stop(loop);
}

/* Runs the loop until a callback stops it, or for `msec`. */
static void run(int msec)
{
	struct loop_timer *t = loop_timer_new(loop, turn, NULL);

	loop_timer_at(t, loop_now(loop) + msec * USEC_PER_MSEC);
	loop_run(loop);
	loop_timer_free(t);
}

static int begin(void **state)
{
	int pair[2];

	(void)state;
	got[0] = '\0';
	gone = writable = 0;
	loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
	peer = pair[1];
	ws = ws_new(loop, pair[0], "", 0, &ops, NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ws_end(ws, WS_NORMAL);
	ws_end_all();
	if (peer >= 0)
		close(peer);
	loop_free(loop);
	return 0;
}

/* A client's frame with mask 0. */
static void say(int head, const char *text, size_t size)
{
	char frame[140] = { (char)head, (char)(0x80 | size) };

	assert_true(size < 126);
	memcpy(frame + 6, text, size);
	assert_int_equal(write(peer, frame, 6 + size), 6 + size);
}

static size_t hear(char *out, size_t size)
{
	ssize_t n = read(peer, out, size);

	return n < 0 ? 0 : (size_t)n;
}

static void messages_and_fragments(void **state)
{
	char bytes[16];

	(void)state;
	say(0x81, "hello", 5);
	run(1000);
	assert_string_equal(got, "T:hello");
	say(0x01, "he", 2);
	say(0x89, "ping", 4);
	say(0x80, "llo", 3);
	got[0] = '\0';
	run(1000);
	assert_string_equal(got, "T:hello");
	run(10);
	assert_int_equal(hear(bytes, sizeof bytes), 6);
	assert_memory_equal(bytes, "\x8a\x04ping", 6);
	say(0x82, "\x01", 1);
	run(1000);
	assert_string_equal(got, "B:\x01");
}

static void a_cut_frame_is_finished_before_anything_else(void **state)
{
	size_t size = 400000, total = 0, n;
	char *text = malloc(size), *all = malloc(size + 1000);
	struct frame *large, *small = frame_new("small", 5, 0);

	(void)state;
	memset(text, 'x', size);
	large = frame_new(text, size, 0);
	assert_int_equal(ws_send(ws, &large, 1), 1);
	assert_int_equal(ws_send(ws, &small, 1), 0); /* must wait */
	say(0x89, "p", 1);
	while (total < large->size + 3) {
		run(5);
		n = hear(all + total, size + 1000 - total);
		total += n;
	}
	assert_memory_equal(all, large->bytes, large->size);
	assert_memory_equal(all + large->size, "\x8a\x01p", 3);
	assert_true(writable > 0);
	assert_int_equal(ws_send(ws, &small, 1), 1);
	assert_int_equal(hear(all, 100), 7);
	frame_drop(large);
	frame_drop(small);
	free(text);
	free(all);
}

static void the_peer_closes(void **state)
{
	char bytes[16];

	(void)state;
	say(0x88, "\x03\xe8", 2);
	run(1000);
	assert_int_equal(gone, 1);
	assert_int_equal(hear(bytes, sizeof bytes), 4);
	assert_memory_equal(bytes, "\x88\x02\x03\xe8", 4);
	close(peer);
	peer = -1;
	run(10);
}

static void we_close_and_linger(void **state)
{
	char bytes[16];
	struct frame *f = frame_new("41", 2, 0);

	(void)state;
	assert_int_equal(ws_send(ws, &f, 1), 1);
	ws_end(ws, WS_GOING_AWAY);
	ws = NULL;
	assert_int_equal(hear(bytes, sizeof bytes), 8);
	assert_memory_equal(bytes, "\x81\x02" "41\x88\x02\x03\xe9", 8);
	say(0x81, "too late", 8);
	run(10);
	assert_string_equal(got, "");
	assert_int_equal(gone, 0);
	frame_drop(f);
}

static void broken_peers_are_told_and_left(void **state)
{
	static const struct {
		char bytes[12];
		size_t size;
		char want[4];
	} t[] = {
		{ "\x81\x02" "42", 4, "\x88\x02\x03\xea" },              /* unmasked */
		{ "\xc1\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },           /* a reserved bit */
		{ "\x83\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },           /* unknown opcode */
		{ "\x81\x81\0\0\0\0\xff", 7, "\x88\x02\x03\xef" },       /* not UTF-8 */
		{ "\x80\x80\0\0\0\0", 6, "\x88\x02\x03\xea" },           /* continues nothing */
	};
	char bytes[16];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		if (i > 0) {
			end(NULL);
			begin(NULL);
		}
		assert_int_equal(write(peer, t[i].bytes, t[i].size), t[i].size);
		run(1000);
		assert_int_equal(gone, 1);
		assert_int_equal(hear(bytes, sizeof bytes), 4);
		if (memcmp(bytes, t[i].want, 4) != 0)
			fail_msg("row %zu: %02x%02x", i, bytes[2] & 0xff, bytes[3] & 0xff);
	}
}

static void too_large_is_1009(void **state)
{
	char bytes[16];

	(void)state;
	ws_limit(ws, 10);
	say(0x81, "0123456789A", 11);
	run(1000);
	assert_int_equal(gone, 1);
	assert_int_equal(hear(bytes, sizeof bytes), 4);
	assert_memory_equal(bytes, "\x88\x02\x03\xf1", 4);
}

static void a_vanished_peer_is_gone(void **state)
{
	(void)state;
	close(peer);
	peer = -1;
	run(1000);
	assert_int_equal(gone, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(messages_and_fragments, begin, end),
		cmocka_unit_test_setup_teardown(a_cut_frame_is_finished_before_anything_else, begin, end),
		cmocka_unit_test_setup_teardown(the_peer_closes, begin, end),
		cmocka_unit_test_setup_teardown(we_close_and_linger, begin, end),
		cmocka_unit_test_setup_teardown(broken_peers_are_told_and_left, begin, end),
		cmocka_unit_test_setup_teardown(too_large_is_1009, begin, end),
		cmocka_unit_test_setup_teardown(a_vanished_peer_is_gone, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
