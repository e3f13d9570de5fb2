/* SPDX-License-Identifier: Apache-2.0 */
/* The Engine.IO machine against the titles of the reference server's test suite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "proto/engineio.h"

#define MS(n) ((usec_t)(n) * USEC_PER_MSEC)
#define T0    MS(1000)

static const struct eio_limits limits = { .ping_interval = MS(300), .ping_timeout = MS(200),
	.upgrade_timeout = MS(1000), .max_payload = 1000000 };

/* All events as one line: "M:text B:text ping probed release upgraded probe-ended X:reason". */
static const char *drain(struct eio *s, usec_t now)
{
	static char line[1024];
	static const char *const names[] = { "M", "B", "ping", "probed", "release", "upgraded",
		"probe-ended", "X" };
	struct eio_event ev;
	size_t at = 0;

	line[0] = '\0';
	while (eio_next(s, now, &ev)) {
		const char *gap = at == 0 ? "" : " ";

		if (ev.type == EIO_EV_MESSAGE || ev.type == EIO_EV_BINARY)
			at += (size_t)snprintf(line + at, sizeof line - at, "%s%s:%.*s", gap,
			    names[ev.type], (int)ev.size, ev.data);
		else if (ev.type == EIO_EV_CLOSED)
			at += (size_t)snprintf(line + at, sizeof line - at, "%sX:%s", gap, ev.reason);
		else
			at += (size_t)snprintf(line + at, sizeof line - at, "%s%s", gap,
			    names[ev.type]);
		assert_true(at < sizeof line);
	}
	return line;
}

static struct eio polling(void)
{
	struct eio s;

	eio_init(&s, &limits, EIO_POLLING, T0);
	return s;
}

static struct eio upgraded(void)
{
	struct eio s = polling();

	assert_true(eio_probe_begin(&s, T0));
	eio_feed_frame(&s, true, "2probe", 6, false);
	assert_string_equal(drain(&s, T0), "probed");
	eio_feed_frame(&s, true, "5", 1, false);
	assert_string_equal(drain(&s, T0), "upgraded");
	return s;
}

static void handshake_is_judged(void **state)
{
	struct eio open = polling(), up = upgraded(), gone = polling();
	static const struct {
		const char *method, *version, *transport;
		bool sid, upgrade;
		int session; /* 0 none, 1 polling, 2 upgraded, 3 closed */
		enum eio_refusal want;
	} t[] = {
		{ "GET", "4", "polling", false, false, 0, EIO_ACCEPTED },
		{ "GET", "4", "websocket", false, true, 0, EIO_ACCEPTED },
		{ "GET", "3", "polling", false, false, 0, EIO_BAD_VERSION },
		{ "GET", NULL, NULL, false, false, 0, EIO_BAD_VERSION },
		{ "GET", "3", "websocket", false, true, 0, EIO_BAD_VERSION },
		{ "GET", "4", NULL, false, false, 0, EIO_UNKNOWN_TRANSPORT },
		{ "GET", "4", "tarpit", false, false, 0, EIO_UNKNOWN_TRANSPORT },
		{ "POST", "4", "polling", false, false, 0, EIO_BAD_METHOD },
		{ "PUT", "4", "polling", false, false, 0, EIO_BAD_METHOD },
		{ "POST", "4", "websocket", false, true, 0, EIO_BAD_METHOD },
		{ "GET", "4", "websocket", false, false, 0, EIO_BAD_REQUEST },
		{ "GET", "4", "polling", true, false, 0, EIO_UNKNOWN_SID },
		{ "GET", "4", "polling", true, false, 3, EIO_UNKNOWN_SID },
		{ "GET", "4", "polling", true, false, 1, EIO_ACCEPTED },
		{ "POST", "4", "polling", true, false, 1, EIO_ACCEPTED },
		{ "DELETE", "4", "polling", true, false, 1, EIO_BAD_REQUEST },
		{ "GET", "4", "polling", true, false, 2, EIO_BAD_REQUEST },
		{ "POST", "4", "polling", true, false, 2, EIO_BAD_REQUEST },
		{ "GET", "4", "websocket", true, true, 1, EIO_ACCEPTED },
		{ "GET", "4", "websocket", true, false, 1, EIO_BAD_REQUEST },
	};

	(void)state;
	eio_close(&gone, "test");
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct eio_request rq = { t[i].method, t[i].version, t[i].transport, t[i].sid,
			t[i].upgrade };
		struct eio *by[] = { NULL, &open, &up, &gone };

		if (eio_check(&rq, by[t[i].session]) != t[i].want)
			fail_msg("row %zu", i);
	}
	assert_string_equal(eio_refusal_message(EIO_BAD_VERSION), "Unsupported protocol version");
	assert_int_equal(EIO_BAD_VERSION, 5);
	assert_int_equal(EIO_FORBIDDEN, 4);
}

static void open_packet_has_the_documented_members(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	eio_print_open(&limits, EIO_POLLING, "abc", &b);
	assert_string_equal(buf_str(&b), "0{\"sid\":\"abc\",\"upgrades\":[\"websocket\"],"
	    "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
	buf_clear(&b);
	eio_print_open(&limits, EIO_WEBSOCKET, "abc", &b);
	assert_string_equal(buf_str(&b), "0{\"sid\":\"abc\",\"upgrades\":[],"
	    "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}");
	buf_fini(&b);
}

static void payloads_are_split(void **state)
{
	static const struct {
		const char *body, *want;
	} t[] = {
		{ "4hello", "M:hello" },
		{ "4", "M:" },
		{ "4a\x1e" "4b\x1e" "4c", "M:a M:b M:c" },
		{ "4a\x1e" "bAQID\x1e" "4c", "M:a B:AQID M:c" },
		{ "abc", "X:parse error" },
		{ "4a\x1e", "M:a X:parse error" },
		{ "\x1e", "X:parse error" },
		{ "", "X:parse error" },
		{ "2", "X:parse error" },
		{ "4\xff", "X:parse error" },
		{ "4a\x1e" "1\x1e" "4b", "M:a X:transport close" },
		{ "6\x1e" "5\x1e" "4a", "M:a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct eio s = polling();

		assert_true(eio_post_begin(&s));
		eio_feed_payload(&s, t[i].body, strlen(t[i].body));
		assert_string_equal(drain(&s, T0), t[i].want);
		eio_post_end(&s);
	}
}

static void websocket_frames_are_one_packet(void **state)
{
	struct eio s;

	(void)state;
	eio_init(&s, &limits, EIO_WEBSOCKET, T0);
	eio_feed_frame(&s, false, "4a\x1e" "4b", 5, false);
	assert_string_equal(drain(&s, T0), "M:a\x1e" "4b");
	eio_feed_frame(&s, false, "\x01\x02", 2, true);
	assert_string_equal(drain(&s, T0), "B:\x01\x02");
	eio_feed_frame(&s, false, "abc", 3, false);
	assert_string_equal(drain(&s, T0), "X:parse error");
	eio_feed_frame(&s, false, "4late", 5, false);
	assert_string_equal(drain(&s, T0), "");
}

static void overlapping_requests_close(void **state)
{
	struct eio s = polling();

	(void)state;
	assert_int_equal(eio_get_begin(&s), EIO_GET_HOLD);
	eio_get_answered(&s);
	assert_int_equal(eio_get_begin(&s), EIO_GET_HOLD);
	assert_int_equal(eio_get_begin(&s), EIO_GET_CONFLICT);
	assert_string_equal(drain(&s, T0), "X:overlapping polls");
	s = polling();
	assert_true(eio_post_begin(&s));
	assert_false(eio_post_begin(&s));
	assert_string_equal(drain(&s, T0), "X:overlapping posts");
	s = upgraded();
	assert_int_equal(eio_get_begin(&s), EIO_GET_REFUSED);
	assert_false(eio_post_begin(&s));
}

static void heartbeat_and_silence(void **state)
{
	struct eio s = polling();
	usec_t now = T0;

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_int_equal(eio_deadline(&s), now + MS(300));
		eio_tick(&s, now + MS(299));
		assert_string_equal(drain(&s, now + MS(299)), "");
		now += MS(300);
		eio_tick(&s, now);
		assert_string_equal(drain(&s, now), "ping");
		now += MS(199);
		eio_tick(&s, now);
		eio_feed_payload(&s, "3", 1);
		assert_string_equal(drain(&s, now), "");
	}
	now += MS(300);
	eio_tick(&s, now);
	assert_string_equal(drain(&s, now), "ping");
	/* Messages do not stand in for the pong. */
	eio_feed_payload(&s, "4x", 2);
	assert_string_equal(drain(&s, now), "M:x");
	assert_int_equal(eio_deadline(&s), now + MS(200));
	eio_tick(&s, now + MS(200));
	assert_string_equal(drain(&s, now), "X:ping timeout");
	assert_int_equal(eio_deadline(&s), USEC_NEVER);
}

static void a_pong_before_the_ping_buys_no_time(void **state)
{
	struct eio s = polling();

	(void)state;
	eio_feed_payload(&s, "3", 1);
	assert_string_equal(drain(&s, T0 + MS(200)), "");
	assert_int_equal(eio_deadline(&s), T0 + MS(300));
}

static void close_packet_releases_the_get(void **state)
{
	struct eio s = polling();

	(void)state;
	assert_int_equal(eio_get_begin(&s), EIO_GET_HOLD);
	assert_true(eio_post_begin(&s));
	eio_feed_payload(&s, "1", 1);
	assert_string_equal(drain(&s, T0), "release X:transport close");
	assert_string_equal(drain(&s, T0), "");
}

static void upgrade_goes_by_the_book(void **state)
{
	struct eio s = polling();

	(void)state;
	assert_int_equal(eio_get_begin(&s), EIO_GET_HOLD);
	assert_true(eio_probe_begin(&s, T0));
	assert_false(eio_probe_begin(&s, T0)); /* a second websocket */
	eio_feed_frame(&s, true, "2probe", 6, false);
	assert_string_equal(drain(&s, T0), "probed");
	assert_int_equal(eio_deadline(&s), T0);
	eio_tick(&s, T0);
	assert_string_equal(drain(&s, T0), "release");
	eio_get_answered(&s);
	/* The client may start one more GET: released again after 100 ms. */
	assert_int_equal(eio_get_begin(&s), EIO_GET_HOLD);
	assert_int_equal(eio_deadline(&s), T0 + MS(100));
	eio_tick(&s, T0 + MS(100));
	assert_string_equal(drain(&s, T0), "release");
	eio_get_answered(&s);
	eio_feed_frame(&s, true, "5", 1, false);
	assert_string_equal(drain(&s, T0), "upgraded");
	assert_int_equal(s.transport, EIO_WEBSOCKET);
	assert_false(eio_probe_begin(&s, T0)); /* websocket on websocket */
	eio_feed_frame(&s, false, "4x", 2, false);
	assert_string_equal(drain(&s, T0), "M:x");
	/* The probe's time-out is over and gone. */
	eio_tick(&s, T0 + MS(250));
	assert_string_equal(drain(&s, T0), "");
}

static void failed_probes_leave_the_session(void **state)
{
	struct eio s = polling();

	(void)state;
	assert_true(eio_probe_begin(&s, T0));
	eio_feed_frame(&s, true, "4not a probe", 12, false);
	assert_string_equal(drain(&s, T0), "probe-ended");
	assert_true(eio_probe_begin(&s, T0));
	eio_feed_frame(&s, true, "\x01", 1, true);
	assert_string_equal(drain(&s, T0), "probe-ended");
	assert_true(eio_probe_begin(&s, T0));
	eio_feed_frame(&s, true, "5", 1, false); /* nothing was probed */
	assert_int_equal(s.transport, EIO_POLLING);
	assert_string_equal(drain(&s, T0), "probe-ended");
	assert_true(eio_probe_begin(&s, T0));
	eio_feed_frame(&s, true, "2probe", 6, false);
	assert_string_equal(drain(&s, T0), "probed");
	eio_probe_lost(&s);
	assert_string_equal(drain(&s, T0), "");
	assert_true(eio_probe_begin(&s, T0));
	s.ping_at = USEC_NEVER;
	eio_tick(&s, T0 + MS(1000));
	assert_string_equal(drain(&s, T0), "probe-ended");
	assert_int_equal(s.transport, EIO_POLLING);
	assert_false(s.closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake_is_judged),
		cmocka_unit_test(open_packet_has_the_documented_members),
		cmocka_unit_test(payloads_are_split),
		cmocka_unit_test(websocket_frames_are_one_packet),
		cmocka_unit_test(overlapping_requests_close),
		cmocka_unit_test(heartbeat_and_silence),
		cmocka_unit_test(a_pong_before_the_ping_buys_no_time),
		cmocka_unit_test(close_packet_releases_the_get),
		cmocka_unit_test(upgrade_goes_by_the_book),
		cmocka_unit_test(failed_probes_leave_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
