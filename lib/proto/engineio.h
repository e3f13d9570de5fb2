/* SPDX-License-Identifier: Apache-2.0 */
/* engineio - one Engine.IO revision 4 session, server side, without I/O.
 *
 * Purpose:  bytes of a POST body or a WebSocket message go in, events come out: messages for the
 *           application, and what the owner of the sockets has to do (send a ping, release the
 *           waiting GET, change the transport, close). The owner keeps the outgoing queue.
 * Owns:     nothing; struct eio is a value. Bytes given to eio_feed_*() must stay valid until
 *           eio_next() has answered false.
 * Units:    usec_t, monotonic; `now` is a parameter. Sizes in bytes.
 * Errors:   a broken peer ends in EIO_EV_CLOSED with a reason; nothing else fails.
 * Blocking: never. */
#ifndef PLATEN_PROTO_ENGINEIO_H
#define PLATEN_PROTO_ENGINEIO_H

#include "base/buf.h"
#include "base/clock.h"

#define EIO_SEPARATOR '\x1e' /* between the packets of a polling payload */
#define EIO_SID_SIZE  25     /* 24 characters of base64url (144 random bits) and NUL */

struct eio_limits {
	usec_t ping_interval;
	usec_t ping_timeout;
	usec_t upgrade_timeout; /* from the probe to packet 5 */
	size_t max_payload;     /* POST body and WebSocket message */
};

enum eio_transport { EIO_POLLING, EIO_WEBSOCKET };

/* ---- the request line: what is refused before there is a session ---- */

enum eio_refusal { /* values are the wire's codes */
	EIO_UNKNOWN_TRANSPORT = 0,
	EIO_UNKNOWN_SID = 1,
	EIO_BAD_METHOD = 2,
	EIO_BAD_REQUEST = 3,
	EIO_FORBIDDEN = 4,
	EIO_BAD_VERSION = 5,
	EIO_ACCEPTED = 6,
};

struct eio_request {
	const char *method;    /* "GET" */
	const char *version;   /* EIO=, or NULL */
	const char *transport; /* transport=, or NULL */
	bool has_sid;
	bool wants_websocket; /* Upgrade: websocket */
};

struct eio;

/* s is the session the sid names, or NULL. */
enum eio_refusal eio_check(const struct eio_request *rq, const struct eio *s);
const char *eio_refusal_message(enum eio_refusal code);

/* ---- the session ---- */

enum eio_event_type {
	EIO_EV_MESSAGE,     /* data, size: a text message for the application */
	EIO_EV_BINARY,      /* data, size: a binary message; from polling still in base64 */
	EIO_EV_PING,        /* queue "2" */
	EIO_EV_PROBED,      /* send "3probe" on the probing socket */
	EIO_EV_RELEASE,     /* answer the waiting GET, with "6" when nothing is queued */
	EIO_EV_UPGRADED,    /* the probing socket is the transport from now on */
	EIO_EV_PROBE_ENDED, /* close the probing socket; the session goes on by polling */
	EIO_EV_CLOSED,      /* the last event; `reason` says why */
};

struct eio_event {
	enum eio_event_type type;
	const char *data; /* not NUL-terminated */
	size_t size;
	const char *reason; /* "ping timeout", "parse error", ... */
};

enum eio_probe { PROBE_NONE, PROBE_OPEN, PROBE_ANSWERED };

struct eio {
	const struct eio_limits *limits;
	enum eio_transport transport;
	enum eio_probe probe;
	bool get_waits, post_runs;
	bool closed, closed_told;
	bool owe_ping, owe_probed, owe_release, owe_upgraded, owe_probe_ended;
	const char *reason;
	usec_t ping_at;        /* next ping, or USEC_NEVER while a pong is awaited */
	usec_t pong_by;        /* USEC_NEVER: no ping is out */
	usec_t probe_by;       /* USEC_NEVER: no probe */
	usec_t release_at;     /* next noop to a GET that waits while a probe runs */
	const char *in;        /* input not yet taken */
	size_t in_size;
	bool in_pending, in_binary, in_probe;
};

void eio_init(struct eio *s, const struct eio_limits *limits, enum eio_transport t, usec_t now);
/* Appends packet 0; sid needs no escaping. */
void eio_print_open(const struct eio_limits *limits, enum eio_transport t, const char *sid,
    struct buf *out);

/* A polling GET arrived. HOLD: keep it until something is queued or EIO_EV_RELEASE, then call
 * eio_get_answered(). CONFLICT: one waits already; refuse this one, answer the other with "1". */
enum eio_get { EIO_GET_HOLD, EIO_GET_CONFLICT, EIO_GET_REFUSED };
enum eio_get eio_get_begin(struct eio *s);
void eio_get_answered(struct eio *s);
/* A POST arrived: false means refuse it (the session may have been closed by that). */
bool eio_post_begin(struct eio *s);
void eio_post_end(struct eio *s);
/* A WebSocket with this sid arrived: false means close it at once. */
bool eio_probe_begin(struct eio *s, usec_t now);

void eio_feed_payload(struct eio *s, const char *body, size_t size);
/* probing: the bytes came on the socket that is not yet the transport. */
void eio_feed_frame(struct eio *s, bool probing, const char *data, size_t size, bool binary);
void eio_probe_lost(struct eio *s);               /* the probing socket closed */
void eio_close(struct eio *s, const char *reason); /* transport gone, or our decision */

bool eio_next(struct eio *s, usec_t now, struct eio_event *ev); /* until false */
usec_t eio_deadline(const struct eio *s);
void eio_tick(struct eio *s, usec_t now); /* then eio_next() */

#endif
