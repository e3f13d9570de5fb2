/* SPDX-License-Identifier: Apache-2.0 */
/* Socket.IO packets as the stock client writes them, and what closes a connection. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "proto/socketio.h"

static struct arena *arena;

static struct sio fresh(void)
{
	struct sio s;

	sio_init(&s, 45 * USEC_PER_SEC);
	return s;
}

static enum sio_event_type feed(struct sio *s, const char *text, struct sio_event *ev)
{
	sio_feed(s, arena, text, strlen(text), ev);
	return ev->type;
}

static struct sio connected(void)
{
	struct sio s = fresh();
	struct sio_event ev;

	assert_int_equal(feed(&s, "0", &ev), SIO_EV_CONNECT);
	sio_admitted(&s);
	return s;
}

static void packets_are_taken_apart(void **state)
{
	struct sio_packet p;

	(void)state;
	assert_true(sio_parse("2/printers,7[\"x\"]", 17, &p));
	assert_int_equal(p.type, SIO_EVENT);
	assert_memory_equal(p.nsp, "/printers", 9);
	assert_int_equal(p.nsp_len, 9);
	assert_true(p.has_id);
	assert_int_equal(p.id, 7);
	assert_int_equal(p.size, 5);
	assert_true(sio_parse("52-/a,[]", 8, &p));
	assert_int_equal(p.attachments, 2);
	assert_false(p.has_id);
	assert_true(sio_parse("1/a,", 4, &p));
	assert_int_equal(p.size, 0);
	assert_true(sio_parse("0/a", 3, &p));
	assert_int_equal(p.nsp_len, 2);
}

static void bad_packets_are_refused(void **state)
{
	static const char *const bad[] = { "", "7", "9[]", "x", "5[\"x\"]", "5-[\"x\"]",
		"511-[\"x\"]", "51000000000-[\"x\"]", "51", "21234567890123456[\"x\"]",
		"0/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa," };
	struct sio_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (sio_parse(bad[i], strlen(bad[i]), &p))
			fail_msg("%s", bad[i]);
}

static void connect_with_and_without_payload(void **state)
{
	struct sio s = fresh();
	struct sio_event ev;

	(void)state;
	assert_int_equal(sio_deadline(&s), 45 * USEC_PER_SEC);
	assert_int_equal(feed(&s, "0{\"token\":\"t1\"}", &ev), SIO_EV_CONNECT);
	assert_string_equal(jval_text(jval_get(ev.auth, "token"), NULL), "t1");
	assert_int_equal(sio_deadline(&s), USEC_NEVER);
	sio_refused(&s);
	assert_int_equal(feed(&s, "0", &ev), SIO_EV_CONNECT);
	assert_null(ev.auth);
	sio_admitted(&s);
	assert_int_equal(feed(&s, "0", &ev), SIO_EV_CLOSE); /* twice */
}

static void other_namespaces_are_strangers(void **state)
{
	struct sio s = fresh();
	struct sio_event ev;
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(feed(&s, "0/nope,", &ev), SIO_EV_STRANGER);
	sio_print_refusal(&b, ev.nsp, ev.nsp_len, "Invalid namespace");
	assert_string_equal(buf_str(&b), "44/nope,{\"message\":\"Invalid namespace\"}");
	buf_fini(&b);
	assert_int_equal(feed(&s, "0", &ev), SIO_EV_CONNECT);
	sio_admitted(&s);
	for (int i = 1; i < SIO_MAX_STRANGERS; i++)
		assert_int_equal(feed(&s, "0/nope,", &ev), SIO_EV_STRANGER);
	assert_int_equal(feed(&s, "0/nope,", &ev), SIO_EV_CLOSE);
}

static void events_carry_name_arguments_and_id(void **state)
{
	struct sio s = connected();
	struct sio_event ev;

	(void)state;
	assert_int_equal(feed(&s, "2[\"subscribe:status\"]", &ev), SIO_EV_EVENT);
	assert_string_equal(ev.name, "subscribe:status");
	assert_int_equal(jval_len(ev.args), 1);
	assert_false(ev.has_id);
	assert_int_equal(feed(&s, "212[\"x\",{\"a\":1},null]", &ev), SIO_EV_EVENT);
	assert_int_equal(ev.id, 12);
	assert_int_equal(jval_len(ev.args), 3);
	assert_int_equal(feed(&s, "30[]", &ev), SIO_EV_NONE); /* an ack of ours: none was asked */
	assert_int_equal(feed(&s, "1", &ev), SIO_EV_DISCONNECT);
	assert_int_equal(feed(&s, "2[\"x\"]", &ev), SIO_EV_NONE);
}

static void attachments_are_swallowed(void **state)
{
	struct sio s = connected();
	struct sio_event ev;

	(void)state;
	assert_int_equal(feed(&s, "52-[\"b\",{\"_placeholder\":true,\"num\":0},"
				  "{\"_placeholder\":true,\"num\":1}]", &ev), SIO_EV_EVENT);
	sio_feed_binary(&s, &ev);
	assert_int_equal(ev.type, SIO_EV_NONE);
	sio_feed_binary(&s, &ev);
	assert_int_equal(feed(&s, "2[\"x\"]", &ev), SIO_EV_EVENT);
	sio_feed_binary(&s, &ev);
	assert_int_equal(ev.type, SIO_EV_CLOSE);
	s = connected();
	assert_int_equal(feed(&s, "51-[\"b\",{\"_placeholder\":true,\"num\":0}]", &ev), SIO_EV_EVENT);
	assert_int_equal(feed(&s, "2[\"x\"]", &ev), SIO_EV_CLOSE); /* text while one is owed */
}

static void violations_close(void **state)
{
	static const char *const bad[] = { "2", "2[]", "2{}", "2[1]", "2[\"x\"", "2\"x\"", "2[\"x\"]x",
		"2/other,[\"x\"]", "1/other,", "3[]", "3x[]", "31{}", "31", "4{\"message\":\"x\"}", "9",
		"0[]", "012{}", "2[\"x\",NaN]", "6[]" };
	struct sio_event ev;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct sio s = connected();

		if (feed(&s, bad[i], &ev) != SIO_EV_CLOSE)
			fail_msg("%s", bad[i]);
		assert_non_null(ev.reason);
		assert_int_equal(feed(&s, "2[\"x\"]", &ev), SIO_EV_NONE);
	}
	for (size_t i = 0; i < 5; i++) {
		static const char *const early[] = { "2[\"x\"]", "1", "30[]", "51-[\"x\"]", "61-[]" };
		struct sio s = fresh();

		assert_int_equal(feed(&s, early[i], &ev), SIO_EV_CLOSE);
	}
}

static void packets_are_printed(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	sio_print_connect(&b, "abc");
	assert_string_equal(buf_str(&b), "40{\"sid\":\"abc\"}");
	buf_clear(&b);
	sio_print_refusal(&b, "", 0, "Authentication failed");
	assert_string_equal(buf_str(&b), "44{\"message\":\"Authentication failed\"}");
	buf_clear(&b);
	sio_open_event(&b, "status:update");
	buf_text(&b, "{}");
	sio_close_list(&b);
	assert_string_equal(buf_str(&b), "42[\"status:update\",{}]");
	buf_clear(&b);
	sio_open_ack(&b, 12);
	buf_text(&b, "{}");
	sio_close_list(&b);
	assert_string_equal(buf_str(&b), "4312[{}]");
	buf_clear(&b);
	sio_print_disconnect(&b);
	assert_string_equal(buf_str(&b), "41");
	buf_fini(&b);
}

static int up(void **state)
{
	(void)state;
	arena = arena_new(0);
	return 0;
}

static int down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_taken_apart),
		cmocka_unit_test(bad_packets_are_refused),
		cmocka_unit_test(connect_with_and_without_payload),
		cmocka_unit_test(other_namespaces_are_strangers),
		cmocka_unit_test(events_carry_name_arguments_and_id),
		cmocka_unit_test(attachments_are_swallowed),
		cmocka_unit_test(violations_close),
		cmocka_unit_test(packets_are_printed),
	};

	return cmocka_run_group_tests(tests, up, down);
}
