/* SPDX-License-Identifier: Apache-2.0 */
/* Engine.IO frames and the Socket.IO packets in them: polling payloads and WebSocket messages, with
 * time passing. Each line of the input is one; its first byte says how it comes. */
#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "proto/engineio.h"
#include "proto/socketio.h"
#include "tests/fuzz/fuzz.h"

static const struct eio_limits limits = { 25 * USEC_PER_SEC, 20 * USEC_PER_SEC, 10 * USEC_PER_SEC,
	100000 };

static void message(struct sio *sio, struct arena *a, const struct eio_event *ev)
{
	struct sio_event out;

	sio_feed(sio, a, ev->data, ev->size, &out);
	switch (out.type) {
	case SIO_EV_CONNECT:
		if (ev->size % 2 == 0)
			sio_admitted(sio);
		else
			sio_refused(sio);
		break;
	case SIO_EV_EVENT:
		assert(out.name != NULL && jval_len(out.args) > 0);
		break;
	case SIO_EV_CLOSE:
		assert(out.reason != NULL);
		break;
	case SIO_EV_NONE:
	case SIO_EV_STRANGER:
	case SIO_EV_DISCONNECT:
		break;
	}
}

static void events(struct eio *s, struct sio *sio, struct arena *a, usec_t now)
{
	struct eio_event ev;
	struct sio_event binary;
	int n = 0;

	while (eio_next(s, now, &ev)) {
		assert(++n < 200000);
		if (ev.type == EIO_EV_MESSAGE)
			message(sio, a, &ev);
		else if (ev.type == EIO_EV_BINARY)
			sio_feed_binary(sio, &binary);
		else if (ev.type == EIO_EV_CLOSED)
			assert(ev.reason != NULL);
	}
}

static void one(struct eio *s, const char *text, size_t len, usec_t *now)
{
	switch (text[0] % 7) {
	case 0:
		*now += (usec_t)len * USEC_PER_SEC;
		eio_tick(s, *now);
		break;
	case 1:
		if (eio_post_begin(s)) {
			eio_feed_payload(s, text + 1, len - 1);
			eio_post_end(s);
		}
		break;
	case 2:
		if (eio_get_begin(s) == EIO_GET_HOLD && len % 2 == 0)
			eio_get_answered(s);
		break;
	case 3:
		if (eio_probe_begin(s, *now))
			eio_feed_frame(s, true, text + 1, len - 1, false);
		break;
	case 4:
		eio_feed_frame(s, s->probe != PROBE_NONE, text + 1, len - 1, false);
		break;
	case 5:
		eio_feed_frame(s, false, text + 1, len - 1, len % 2 == 0);
		break;
	case 6:
		if (s->probe != PROBE_NONE)
			eio_probe_lost(s);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	const char *p = (const char *)bytes, *end = p + size, *lf;
	usec_t now = USEC_PER_SEC;
	struct eio s;
	struct sio sio;

	eio_init(&s, &limits, size % 2 == 0 ? EIO_POLLING : EIO_WEBSOCKET, now);
	sio_init(&sio, now + 45 * USEC_PER_SEC);
	for (; p < end && !s.closed; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL)
			lf = end;
		if (lf > p)
			one(&s, p, (size_t)(lf - p), &now);
		events(&s, &sio, a, now);
	}
	eio_close(&s, "over");
	events(&s, &sio, a, now);
	arena_free(a);
	return 0;
}
