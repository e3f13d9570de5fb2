/* SPDX-License-Identifier: Apache-2.0 */
/* socketio - Socket.IO protocol revision 5 inside Engine.IO messages, server side, without I/O:
 * the default namespace, events with and without acknowledgement. Attachments of binary events
 * are accepted and ignored: the event is reported with its placeholders.
 *
 * Owns:     struct sio is a value; an event's JSON belongs to the arena given, its texts to the
 *           input.
 * Units:    usec_t, monotonic; `now` is a parameter.
 * Errors:   a broken peer is answered by SIO_EV_CLOSE with a reason.
 * Blocking: never. */
#ifndef PLATEN_PROTO_SOCKETIO_H
#define PLATEN_PROTO_SOCKETIO_H

#include "base/clock.h"
#include "base/jval.h"

#define SIO_MAX_ATTACHMENTS 10
#define SIO_MAX_STRANGERS   16 /* CONNECTs to unknown namespaces before the connection is closed */
#define SIO_MAX_NAMESPACE   64

enum sio_type {
	SIO_CONNECT = 0,
	SIO_DISCONNECT = 1,
	SIO_EVENT = 2,
	SIO_ACK = 3,
	SIO_CONNECT_ERROR = 4,
	SIO_BINARY_EVENT = 5,
	SIO_BINARY_ACK = 6,
};

/* One packet, taken apart; texts point into the input and are not NUL-terminated. */
struct sio_packet {
	enum sio_type type;
	int attachments;
	const char *nsp; /* "" is the default namespace */
	size_t nsp_len;
	bool has_id;
	int64_t id;
	const char *data; /* JSON text, size 0: none */
	size_t size;
};
bool sio_parse(const char *text, size_t size, struct sio_packet *out);

enum sio_state { SIO_WAITING, SIO_ADMITTING, SIO_CONNECTED, SIO_GONE };

struct sio {
	enum sio_state state;
	usec_t connect_by;
	int attachments; /* still to come */
	int strangers;
};

enum sio_event_type {
	SIO_EV_NONE,       /* nothing to do */
	SIO_EV_CONNECT,    /* auth: decide, then sio_admitted() or sio_refused() */
	SIO_EV_STRANGER,   /* answer with sio_print_refusal(nsp, "Invalid namespace") */
	SIO_EV_EVENT,      /* name, args (list, args[0] is the name), has_id, id */
	SIO_EV_DISCONNECT, /* the client has left the default namespace */
	SIO_EV_CLOSE,      /* protocol violation: close the whole connection */
};

struct sio_event {
	enum sio_event_type type;
	const struct jval *auth; /* NULL: none given */
	const char *name;
	const struct jval *args;
	bool has_id;
	int64_t id;
	const char *nsp;
	size_t nsp_len;
	const char *reason;
};

void sio_init(struct sio *s, usec_t connect_by);
/* One Engine.IO message in, at most one event out. */
void sio_feed(struct sio *s, struct arena *a, const char *text, size_t size,
    struct sio_event *ev);
void sio_feed_binary(struct sio *s, struct sio_event *ev);
void sio_admitted(struct sio *s);
void sio_refused(struct sio *s); /* the Engine.IO connection stays; the client may try again */
/* The time by which somebody must have connected; USEC_NEVER once that happened. */
usec_t sio_deadline(const struct sio *s);

/* Packets to send, with Engine.IO's leading 4. */
void sio_print_connect(struct buf *out, const char *sid);
void sio_print_refusal(struct buf *out, const char *nsp, size_t nsp_len, const char *message);
void sio_print_disconnect(struct buf *out);
/* 42["name",  … the caller appends one JSON value …  ] */
void sio_open_event(struct buf *out, const char *name);
/* 43<id>[  … one JSON value …  ] */
void sio_open_ack(struct buf *out, int64_t id);
void sio_close_list(struct buf *out);

#endif
