/* SPDX-License-Identifier: Apache-2.0 */
/* client - one Engine.IO session: its sockets, its queue, who it is, what it looks at.
 *
 * Purpose:  joins the two protocol machines with a transport; the front hands requests and
 *           sockets in, the hub hands frames in.
 * Owns:     sockets and the held GET given to it, its queue, its timer. A closed client is freed
 *           by the hub when the turn is over, so that callers may finish with it.
 * Units:    usec_t, bytes.
 * Errors:   a client that breaks the rules is closed; callers need not look.
 * Blocking: never. */
#ifndef PLATEN_LIVE_CLIENT_H
#define PLATEN_LIVE_CLIENT_H

#include "base/uuid.h"
#include "live/frame.h"
#include "live/gateway.h"
#include "live/ws.h"
#include "model/role.h"
#include "proto/socketio.h"

#define CLIENT_MAX_SUBS   600 /* printers one client may watch by name */
#define CLIENT_EARLY_SIZE ((size_t)64 << 10) /* largest message before it is admitted */
#define CLIENT_MAX_RATE   2000 /* messages a second; a page of 300 printers asks for 600 */

struct front_req;
struct org;
struct printer;

/* What the handshake request brought; needed until CONNECT is decided. */
struct handshake {
	char address[46];
	char *bearer; /* of Authorization, or NULL */
	char *cookie; /* value of the session cookie, or NULL */
	bool demo;    /* demo=true in the query */
};

struct identity {
	bool demo;
	enum role role;
	char user[UUID_SIZE], session[UUID_SIZE]; /* "" when demo; session "" when the token has none */
	char org[UUID_SIZE];
	char username[51];
};

enum look { LOOK_STATUS = 1, LOOK_TEMPERATURE = 2 };

struct watch {
	const struct printer *printer;
	unsigned looks;
};

struct client {
	struct gateway *gw;
	struct client *next, *prev;   /* hub: all clients */
	struct client *next_by_sid;   /* hub: table of session ids */
	struct client *next_flush;    /* hub: something waits */
	char sid[EIO_SID_SIZE];
	struct eio eio;
	struct sio sio;
	struct loop_timer *timer;
	struct ws *ws, *probe;
	struct front_req *get;
	struct frames queue;
	struct handshake handshake;
	struct identity who;
	struct org *org; /* of the board; NULL until admitted */
	bool admitted, flushing, pumping, ended;
	unsigned looks_default, looks_all; /* bits of enum look */
	unsigned looks_asked;              /* told the current state as soon as it is known */
	struct watch *watches;
	unsigned watches_len;
	usec_t full_since;   /* 0: the queue is not full */
	usec_t rate_since;
	int rate_count;
};

/* h is copied; its texts are taken over. ws NULL: by polling. */
struct client *client_new(struct gateway *gw, const struct handshake *h, struct ws *ws);
void client_free(struct client *c); /* the hub's business */

/* Polling. hold: 200 later through front_answer(); false: refuse with 400. */
bool client_get(struct client *c, struct front_req *rq);
void client_get_lost(struct client *c); /* the reader left before the answer */
bool client_post_begin(struct client *c);
void client_post(struct client *c, const char *body, size_t size);
/* Upgrade of a polling session; false: close the socket. */
bool client_probe(struct client *c, struct ws *ws);
extern const struct ws_ops client_ws_ops;

/* Outgoing: the frame is shared. client_send() builds one for this client alone. */
void client_push(struct client *c, struct frame *f);
void client_flush(struct client *c);
void client_send(struct client *c, const char *event, const char *json);
void client_error(struct client *c, const char *code, const char *message);
void client_ack(struct client *c, int64_t id, const char *json);

/* Decisions of admit.c. */
void client_admit(struct client *c, const struct identity *who);
void client_refuse(struct client *c, const char *message);

void client_close(struct client *c, const char *reason, bool say_disconnect);
bool client_looks(const struct client *c, const struct printer *p, enum look look);

#endif
