/* SPDX-License-Identifier: Apache-2.0 */
#include "live/client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "live/admit.h"
#include "live/board.h"
#include "live/events.h"
#include "live/front.h"
#include "live/hub.h"

#define FULL_PATIENCE (10 * USEC_PER_SEC) /* a queue that stays full this long ends the client */

static void pump(struct client *c);

static usec_t now_of(const struct client *c)
{
	return loop_now(c->gw->loop);
}

static usec_t patience(const struct client *c)
{
	return c->full_since == 0 ? USEC_NEVER : c->full_since + FULL_PATIENCE;
}

static void arm(struct client *c)
{
	usec_t at = eio_deadline(&c->eio), connect = sio_deadline(&c->sio), full = patience(c);

	at = connect < at ? connect : at;
	loop_timer_at(c->timer, full < at ? full : at);
}

/* ---- going out ---- */

void client_push(struct client *c, struct frame *f)
{
	if (c->ended)
		return;
	if (!frames_push(&c->queue, f)) {
		if (c->full_since == 0) {
			c->full_since = now_of(c);
			arm(c);
		}
		return;
	}
	hub_need_flush(c->gw->hub, c);
}

static void push_text(struct client *c, const char *text, size_t size)
{
	struct frame *f = frame_new(text, size, 0);

	client_push(c, f);
	frame_drop(f);
}

static void answer_get(struct client *c)
{
	struct buf body = BUF_INIT;
	struct front_req *rq = c->get;
	unsigned n;

	for (n = 0; n < c->queue.len; n++) {
		const struct frame *f = c->queue.at[n];

		if (n > 0 && body.size + frame_text_size(f) >= c->gw->limits.max_payload)
			break;
		if (n > 0)
			buf_char(&body, EIO_SEPARATOR);
		buf_append(&body, frame_text(f), frame_text_size(f));
	}
	frames_drop(&c->queue, n);
	c->get = NULL;
	eio_get_answered(&c->eio);
	front_answer(rq, 200, "text/plain; charset=UTF-8", body.bytes, body.size);
	buf_fini(&body);
}

void client_flush(struct client *c)
{
	unsigned before = c->queue.len, n;

	if (c->eio.transport == EIO_WEBSOCKET) {
		while (c->ws != NULL && c->queue.len > 0 &&
		    (n = ws_send(c->ws, c->queue.at, c->queue.len)) > 0)
			frames_drop(&c->queue, n);
	} else if (c->get != NULL && c->queue.len > 0) {
		answer_get(c);
	}
	if (c->queue.len < before)
		c->full_since = 0;
}

void client_send(struct client *c, const char *event, const char *json)
{
	struct buf b = BUF_INIT;

	sio_open_event(&b, event);
	buf_text(&b, json);
	sio_close_list(&b);
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
}

void client_error(struct client *c, const char *code, const char *message)
{
	struct buf b = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "code", code);
	sink_text(&js.sink, "message", message);
	sink_end_object(&js.sink);
	client_send(c, "error", buf_str(&b));
	buf_fini(&b);
}

void client_ack(struct client *c, int64_t id, const char *json)
{
	struct buf b = BUF_INIT;

	sio_open_ack(&b, id);
	buf_text(&b, json);
	sio_close_list(&b);
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
}

/* ---- admission ---- */

static void drop_credentials(struct client *c)
{
	free(c->handshake.bearer);
	free(c->handshake.cookie);
	c->handshake.bearer = c->handshake.cookie = NULL;
}

static void say_connected(struct client *c)
{
	char when[CLOCK_ISO_SIZE];
	struct buf b = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_bool(&js.sink, "isDemo", c->who.demo);
	if (c->who.demo) {
		sink_null(&js.sink, "user");
	} else {
		sink_begin_object(&js.sink, "user");
		sink_text(&js.sink, "id", c->who.user);
		sink_text(&js.sink, "username", c->who.username);
		sink_text(&js.sink, "role", role_name(c->who.role));
		sink_end_object(&js.sink);
	}
	sink_text(&js.sink, "timestamp", clock_iso(clock_wall(), when));
	sink_end_object(&js.sink);
	client_send(c, "connected", buf_str(&b));
	buf_fini(&b);
}

void client_admit(struct client *c, const struct identity *who)
{
	char sid[EIO_SID_SIZE];
	struct buf b = BUF_INIT;

	c->who = *who;
	c->admitted = true;
	drop_credentials(c);
	hub_joined(c->gw->hub, c);
	sio_admitted(&c->sio);
	if (c->ws != NULL)
		ws_limit(c->ws, c->gw->limits.max_payload);
	front_new_sid(sid); /* another value than the bearer secret of the transport */
	sio_print_connect(&b, sid);
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
	say_connected(c);
}

void client_refuse(struct client *c, const char *message)
{
	struct buf b = BUF_INIT;

	sio_refused(&c->sio);
	sio_print_refusal(&b, "", 0, message);
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
}

/* ---- coming in ---- */

static void refuse_stranger(struct client *c, const struct sio_event *ev)
{
	struct buf b = BUF_INIT;

	sio_print_refusal(&b, ev->nsp, ev->nsp_len, "Invalid namespace");
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
}

static bool too_fast(struct client *c)
{
	usec_t now = now_of(c);

	if (now - c->rate_since > USEC_PER_SEC) {
		c->rate_since = now;
		c->rate_count = 0;
	}
	return ++c->rate_count > CLIENT_MAX_RATE;
}

static void take_message(struct client *c, const struct eio_event *in)
{
	struct arena *a = arena_new(0);
	struct sio_event ev;

	if (in->type == EIO_EV_BINARY)
		sio_feed_binary(&c->sio, &ev);
	else
		sio_feed(&c->sio, a, in->data, in->size, &ev);
	if (too_fast(c))
		eio_close(&c->eio, "too many messages");
	else switch (ev.type) {
	case SIO_EV_NONE:
		break;
	case SIO_EV_CONNECT:
		admit_begin(c, a, ev.auth);
		break;
	case SIO_EV_STRANGER:
		refuse_stranger(c, &ev);
		break;
	case SIO_EV_EVENT:
		events_take(c, a, &ev);
		break;
	case SIO_EV_DISCONNECT:
	case SIO_EV_CLOSE:
		eio_close(&c->eio, ev.type == SIO_EV_CLOSE ? ev.reason : "client disconnect");
		break;
	}
	arena_free(a);
}

static void end(struct client *c, const char *reason)
{
	if (c->admitted)
		log_debug("socket of %s closed: %s", c->who.demo ? "demo" : c->who.username, reason);
	client_flush(c);
	if (c->get != NULL) {
		struct front_req *rq = c->get;

		c->get = NULL;
		front_answer(rq, 200, "text/plain; charset=UTF-8", "1", 1);
	}
	c->ended = true;
	loop_timer_at(c->timer, USEC_NEVER);
	ws_end(c->probe, WS_NORMAL);
	ws_end(c->ws, c->gw->stopping ? WS_GOING_AWAY : WS_NORMAL);
	c->probe = c->ws = NULL;
	hub_ended(c->gw->hub, c);
}

static void take_event(struct client *c, const struct eio_event *ev)
{
	static const char answer[] = "3probe";
	struct frame *f;

	switch (ev->type) {
	case EIO_EV_MESSAGE:
	case EIO_EV_BINARY:
		take_message(c, ev);
		break;
	case EIO_EV_PING:
		push_text(c, "2", 1);
		break;
	case EIO_EV_PROBED:
		f = frame_new(answer, sizeof answer - 1, 0);
		if (c->probe != NULL)
			ws_send(c->probe, &f, 1);
		frame_drop(f);
		break;
	case EIO_EV_RELEASE:
		if (c->queue.len == 0)
			push_text(c, "6", 1);
		client_flush(c);
		break;
	case EIO_EV_UPGRADED:
		c->ws = c->probe;
		c->probe = NULL;
		ws_limit(c->ws, c->admitted ? c->gw->limits.max_payload : CLIENT_EARLY_SIZE);
		client_flush(c);
		break;
	case EIO_EV_PROBE_ENDED:
		ws_end(c->probe, WS_NORMAL);
		c->probe = NULL;
		break;
	case EIO_EV_CLOSED:
		end(c, ev->reason);
		break;
	}
}

/* Handlers may close or feed the session again: one pump runs, inner calls only leave work. */
static void pump(struct client *c)
{
	struct eio_event ev;

	if (c->pumping || c->ended)
		return;
	c->pumping = true;
	while (!c->ended && eio_next(&c->eio, now_of(c), &ev))
		take_event(c, &ev);
	c->pumping = false;
	if (!c->ended)
		arm(c);
}

static void on_timer(void *ctx)
{
	struct client *c = ctx;
	usec_t now = now_of(c);

	if (now >= sio_deadline(&c->sio))
		eio_close(&c->eio, "connect timeout");
	if (now >= patience(c))
		eio_close(&c->eio, "too slow");
	eio_tick(&c->eio, now);
	pump(c);
}

void client_close(struct client *c, const char *reason, bool say_disconnect)
{
	struct buf b = BUF_INIT;

	if (c->ended || c->eio.closed)
		return;
	if (say_disconnect) {
		sio_print_disconnect(&b);
		push_text(c, b.bytes, b.size);
		buf_fini(&b);
	}
	eio_close(&c->eio, reason);
	pump(c);
}

/* ---- transports ---- */

bool client_get(struct client *c, struct front_req *rq)
{
	switch (eio_get_begin(&c->eio)) {
	case EIO_GET_HOLD:
		c->get = rq;
		if (c->queue.len > 0)
			answer_get(c);
		pump(c);
		return true;
	case EIO_GET_CONFLICT:
		pump(c);
		return false;
	case EIO_GET_REFUSED:
		return false;
	}
	return false;
}

void client_get_lost(struct client *c)
{
	c->get = NULL;
	client_close(c, "transport close", false);
}

bool client_post_begin(struct client *c)
{
	bool ok = eio_post_begin(&c->eio);

	pump(c);
	return ok;
}

void client_post(struct client *c, const char *body, size_t size)
{
	eio_post_end(&c->eio);
	eio_feed_payload(&c->eio, body, size);
	pump(c);
}

bool client_probe(struct client *c, struct ws *ws)
{
	if (!eio_probe_begin(&c->eio, now_of(c)))
		return false;
	c->probe = ws;
	ws_limit(ws, CLIENT_EARLY_SIZE);
	pump(c);
	return true;
}

static void ws_message(void *ctx, struct ws *w, const char *data, size_t size, bool binary)
{
	struct client *c = ctx;

	assert(!c->pumping); /* only the loop delivers, and the bytes do not outlive this call */
	eio_feed_frame(&c->eio, w != c->ws, data, size, binary);
	pump(c);
}

static void ws_writable(void *ctx, struct ws *w)
{
	(void)w;
	client_flush(ctx);
}

static void ws_gone(void *ctx, struct ws *w)
{
	struct client *c = ctx;

	if (w == c->probe) {
		c->probe = NULL;
		eio_probe_lost(&c->eio);
		ws_end(w, WS_NORMAL);
		pump(c);
	} else {
		client_close(c, "transport close", false);
	}
}

const struct ws_ops client_ws_ops = { .message = ws_message, .writable = ws_writable,
	.gone = ws_gone };

/* ---- life ---- */

struct client *client_new(struct gateway *gw, const struct handshake *h, struct ws *ws)
{
	struct client *c = calloc(1, sizeof *c);
	struct buf b = BUF_INIT;
	usec_t now = loop_now(gw->loop);
	enum eio_transport t = ws == NULL ? EIO_POLLING : EIO_WEBSOCKET;

	if (c == NULL)
		abort();
	c->gw = gw;
	c->handshake = *h;
	c->ws = ws;
	front_new_sid(c->sid);
	eio_init(&c->eio, &gw->limits, t, now);
	sio_init(&c->sio, now + gw->connect_timeout);
	c->timer = loop_timer_new(gw->loop, on_timer, c);
	hub_add(gw->hub, c);
	if (ws != NULL)
		ws_limit(ws, CLIENT_EARLY_SIZE);
	eio_print_open(&gw->limits, t, c->sid, &b);
	push_text(c, b.bytes, b.size);
	buf_fini(&b);
	pump(c);
	return c;
}

void client_free(struct client *c)
{
	loop_timer_free(c->timer);
	frames_fini(&c->queue);
	drop_credentials(c);
	free(c->watches);
	free(c);
}

bool client_looks(const struct client *c, const struct printer *p, enum look look)
{
	if ((c->looks_all & look) || (p->is_default && (c->looks_default & look)))
		return true;
	for (unsigned i = 0; i < c->watches_len; i++)
		if (c->watches[i].printer == p)
			return (c->watches[i].looks & look) != 0;
	return false;
}
