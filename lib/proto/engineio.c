/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/engineio.h"

#include <string.h>

#include "base/utf8.h"

/* How often a GET that waits is released while a probe runs: the client may start one more GET
 * after it has sent the probe, and pauses polling only when that one is answered. */
#define RELEASE_EVERY (100 * USEC_PER_MSEC)

static bool is(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

enum eio_refusal eio_check(const struct eio_request *rq, const struct eio *s)
{
	bool polling = is(rq->transport, "polling"), websocket = is(rq->transport, "websocket");

	if (!rq->has_sid && !is(rq->version, "4"))
		return EIO_BAD_VERSION;
	if (!polling && !websocket)
		return EIO_UNKNOWN_TRANSPORT;
	if (rq->has_sid && (s == NULL || s->closed))
		return EIO_UNKNOWN_SID;
	if (websocket && !is(rq->method, "GET"))
		return rq->has_sid ? EIO_BAD_REQUEST : EIO_BAD_METHOD;
	if (websocket && !rq->wants_websocket)
		return EIO_BAD_REQUEST;
	if (!rq->has_sid)
		return is(rq->method, "GET") ? EIO_ACCEPTED : EIO_BAD_METHOD;
	if (polling && s->transport != EIO_POLLING)
		return EIO_BAD_REQUEST;
	if (polling && !is(rq->method, "GET") && !is(rq->method, "POST"))
		return EIO_BAD_REQUEST;
	return EIO_ACCEPTED;
}

const char *eio_refusal_message(enum eio_refusal code)
{
	switch (code) {
	case EIO_UNKNOWN_TRANSPORT:
		return "Transport unknown";
	case EIO_UNKNOWN_SID:
		return "Session ID unknown";
	case EIO_BAD_METHOD:
		return "Bad handshake method";
	case EIO_BAD_REQUEST:
		return "Bad request";
	case EIO_FORBIDDEN:
		return "Forbidden";
	case EIO_BAD_VERSION:
		return "Unsupported protocol version";
	case EIO_ACCEPTED:
		return "";
	}
	return "";
}

void eio_init(struct eio *s, const struct eio_limits *limits, enum eio_transport t, usec_t now)
{
	memset(s, 0, sizeof *s);
	s->limits = limits;
	s->transport = t;
	s->ping_at = now + limits->ping_interval;
	s->pong_by = s->probe_by = s->release_at = USEC_NEVER;
}

void eio_print_open(const struct eio_limits *limits, enum eio_transport t, const char *sid,
    struct buf *out)
{
	buf_printf(out,
	    "0{\"sid\":\"%s\",\"upgrades\":[%s],\"pingInterval\":%lld,\"pingTimeout\":%lld,"
	    "\"maxPayload\":%zu}",
	    sid, t == EIO_POLLING ? "\"websocket\"" : "",
	    (long long)(limits->ping_interval / USEC_PER_MSEC),
	    (long long)(limits->ping_timeout / USEC_PER_MSEC), limits->max_payload);
}

enum eio_get eio_get_begin(struct eio *s)
{
	if (s->closed || s->transport != EIO_POLLING)
		return EIO_GET_REFUSED;
	if (s->get_waits) {
		eio_close(s, "overlapping polls");
		return EIO_GET_CONFLICT;
	}
	s->get_waits = true;
	return EIO_GET_HOLD;
}

void eio_get_answered(struct eio *s)
{
	s->get_waits = false;
	s->owe_release = false;
}

bool eio_post_begin(struct eio *s)
{
	if (s->closed || s->transport != EIO_POLLING)
		return false;
	if (s->post_runs) {
		eio_close(s, "overlapping posts");
		return false;
	}
	s->post_runs = true;
	return true;
}

void eio_post_end(struct eio *s)
{
	s->post_runs = false;
}

bool eio_probe_begin(struct eio *s, usec_t now)
{
	if (s->closed || s->transport != EIO_POLLING || s->probe != PROBE_NONE)
		return false;
	s->probe = PROBE_OPEN;
	s->probe_by = now + s->limits->upgrade_timeout;
	return true;
}

void eio_feed_payload(struct eio *s, const char *body, size_t size)
{
	if (s->closed)
		return;
	if (size == 0 || !utf8_ok(body, size)) {
		eio_close(s, "parse error");
		return;
	}
	s->in = body;
	s->in_size = size;
	s->in_pending = true;
	s->in_binary = s->in_probe = false;
}

void eio_feed_frame(struct eio *s, bool probing, const char *data, size_t size, bool binary)
{
	if (s->closed || (probing && s->probe == PROBE_NONE))
		return;
	s->in = data;
	s->in_size = size;
	s->in_pending = true;
	s->in_binary = binary;
	s->in_probe = probing;
}

static void end_probe(struct eio *s)
{
	s->probe = PROBE_NONE;
	s->probe_by = s->release_at = USEC_NEVER;
}

void eio_probe_lost(struct eio *s)
{
	end_probe(s);
}

void eio_close(struct eio *s, const char *reason)
{
	if (s->closed)
		return;
	s->closed = true;
	s->reason = reason;
	s->in_pending = false;
}

/* On the probing socket only "2probe" and then "5" mean something. */
static void take_probe(struct eio *s, const char *p, size_t size, usec_t now)
{
	if (s->probe == PROBE_OPEN && size == 6 && memcmp(p, "2probe", 6) == 0) {
		s->probe = PROBE_ANSWERED;
		s->owe_probed = true;
		s->release_at = now;
		return;
	}
	if (s->probe == PROBE_ANSWERED && size == 1 && p[0] == '5') {
		s->transport = EIO_WEBSOCKET;
		s->owe_upgraded = true;
		s->owe_release = s->get_waits;
	} else {
		s->owe_probe_ended = true;
	}
	end_probe(s);
}

/* True when the packet is an event for the application; everything else changes the session. */
static bool take_packet(struct eio *s, const char *p, size_t size, usec_t now)
{
	if (size > 0 && p[0] == '4')
		return true;
	if (size == 1 && p[0] == '3' && s->pong_by != USEC_NEVER) {
		s->pong_by = USEC_NEVER;
		s->ping_at = now + s->limits->ping_interval;
	} else if (size == 1 && p[0] == '3') {
		return false; /* a pong nobody asked for proves nothing and harms nothing */
	} else if (size == 1 && p[0] == '1') {
		s->owe_release = s->get_waits;
		eio_close(s, "transport close");
	} else if (size == 0 || (p[0] != '0' && p[0] != '5' && p[0] != '6')) {
		eio_close(s, "parse error"); /* open, upgrade and noop mean nothing here: ignored */
	}
	return false;
}

/* Takes one packet from the input; true when *ev is filled. */
static bool next_input(struct eio *s, usec_t now, struct eio_event *ev)
{
	const char *p = s->in, *end;
	size_t size = s->in_size;
	bool polling = s->transport == EIO_POLLING && !s->in_probe;

	s->in_pending = false;
	if (s->in_binary) {
		*ev = (struct eio_event){ .type = EIO_EV_BINARY, .data = p, .size = size };
		if (!s->in_probe)
			return true;
		end_probe(s);
		s->owe_probe_ended = true;
		return false;
	}
	if (polling && (end = memchr(p, EIO_SEPARATOR, size)) != NULL) {
		s->in = end + 1;
		s->in_size = size - (size_t)(end - p) - 1;
		s->in_pending = true;
		size = (size_t)(end - p);
	}
	if (s->in_probe) {
		take_probe(s, p, size, now);
		return false;
	}
	if (polling && size > 0 && p[0] == 'b') {
		*ev = (struct eio_event){ .type = EIO_EV_BINARY, .data = p + 1, .size = size - 1 };
		return true;
	}
	if (!take_packet(s, p, size, now))
		return false;
	*ev = (struct eio_event){ .type = EIO_EV_MESSAGE, .data = p + 1, .size = size - 1 };
	return true;
}

static bool owed(bool *flag, enum eio_event_type type, struct eio_event *ev)
{
	if (!*flag)
		return false;
	*flag = false;
	*ev = (struct eio_event){ .type = type };
	return true;
}

bool eio_next(struct eio *s, usec_t now, struct eio_event *ev)
{
	for (;;) {
		if (owed(&s->owe_probed, EIO_EV_PROBED, ev) ||
		    owed(&s->owe_release, EIO_EV_RELEASE, ev) ||
		    owed(&s->owe_upgraded, EIO_EV_UPGRADED, ev) ||
		    owed(&s->owe_probe_ended, EIO_EV_PROBE_ENDED, ev))
			return true;
		if (!s->closed && owed(&s->owe_ping, EIO_EV_PING, ev))
			return true;
		if (!s->in_pending)
			break;
		if (next_input(s, now, ev))
			return true;
	}
	if (s->closed && !s->closed_told) {
		s->closed_told = true;
		*ev = (struct eio_event){ .type = EIO_EV_CLOSED, .reason = s->reason };
		return true;
	}
	return false;
}

usec_t eio_deadline(const struct eio *s)
{
	usec_t at = s->ping_at;

	if (s->closed)
		return USEC_NEVER;
	if (s->pong_by < at)
		at = s->pong_by;
	if (s->probe_by < at)
		at = s->probe_by;
	if (s->get_waits && s->release_at < at)
		at = s->release_at;
	return at;
}

void eio_tick(struct eio *s, usec_t now)
{
	if (s->closed)
		return;
	if (now >= s->pong_by) {
		eio_close(s, "ping timeout");
		return;
	}
	if (now >= s->ping_at) {
		s->ping_at = USEC_NEVER;
		s->pong_by = now + s->limits->ping_timeout;
		s->owe_ping = true;
	}
	if (now >= s->probe_by) {
		end_probe(s);
		s->owe_probe_ended = true;
	}
	if (now >= s->release_at && s->get_waits) {
		s->release_at = now + RELEASE_EVERY;
		s->owe_release = true;
	}
}
