/* SPDX-License-Identifier: Apache-2.0 */
#include "live/front.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live/client.h"
#include "live/front_req.h"
#include "live/hub.h"
#include "live/rules.h"

#define BACKLOG       4096
#define POOL_SIZE     (16 * 1024) /* request head and answer head; nginx sends at most 8 KiB */
#define IDLE_SECONDS  75u         /* kept-alive connections of nginx */
#define REFUSED_LIMIT 429

struct front {
	struct gateway *gw;
	struct MHD_Daemon *daemon;
	struct loop_watch *watch;
	struct loop_timer *timer;
	int listener;
	bool running, again; /* inside MHD_run(); something was resumed meanwhile */
};

/* ---- the daemon and our loop ---- */

void front_run_soon(struct front *f)
{
	f->again = true;
	loop_timer_at(f->timer, loop_now(f->gw->loop));
}

static void run(struct front *f)
{
	MHD_UNSIGNED_LONG_LONG msec;

	if (f->running)
		return;
	f->running = true;
	f->again = false;
	MHD_run(f->daemon);
	f->running = false;
	if (f->again)
		front_run_soon(f);
	else if (MHD_get_timeout(f->daemon, &msec) != MHD_YES)
		loop_timer_at(f->timer, USEC_NEVER);
	else
		loop_timer_at(f->timer,
		    loop_now(f->gw->loop) + (usec_t)msec * USEC_PER_MSEC);
}

static void on_epoll(void *ctx, unsigned events)
{
	(void)events;
	run(ctx);
}

static void on_timer(void *ctx)
{
	run(ctx);
}

/* ---- upgrade ---- */

static void on_upgraded(void *cls, struct MHD_Connection *conn, void *con_cls, const char *early,
    size_t early_size, MHD_socket sock, struct MHD_UpgradeResponseHandle *urh)
{
	struct front_req *rq = cls;
	struct front *f = rq->front;
	struct client *c = NULL;
	struct ws *ws;
	int fd;

	(void)conn, (void)con_cls;
	/* Ours from here on: libmicrohttpd would keep its memory for the connection and limit
	 * how long it may live. Closing its descriptor does not shut the socket (TURBO). */
	fd = fcntl(sock, F_DUPFD_CLOEXEC, 3);
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	MHD_upgrade_action(urh, MHD_UPGRADE_ACTION_CLOSE);
	front_run_soon(f);
	if (fd < 0)
		return;
	if (rq->sid[0] != '\0' && (c = hub_find(f->gw->hub, rq->sid)) == NULL) {
		close(fd);
		return;
	}
	ws = ws_new(f->gw->loop, fd, early, early_size, &client_ws_ops, c);
	if (c != NULL && !client_probe(c, ws)) {
		ws_end(ws, WS_POLICY);
		return;
	}
	if (c == NULL) {
		c = client_new(f->gw, &rq->handshake, ws);
		rq->handshake.bearer = rq->handshake.cookie = NULL;
		ws_set_owner(ws, c);
	}
	if (early_size > 0)
		ws_start(ws);
}

static enum MHD_Result upgrade(struct front_req *rq)
{
	const char *key = front_req_header(rq, "Sec-WebSocket-Key"), *version = front_req_header(rq, "Sec-WebSocket-Version");
	struct buf accept = BUF_INIT;
	struct MHD_Response *r;
	enum MHD_Result rc;

	if (key == NULL || version == NULL || strcmp(version, "13") != 0) {
		front_req_refuse_code(rq, EIO_BAD_REQUEST);
		return front_req_send(rq);
	}
	if (rq->sid[0] == '\0')
		front_req_handshake(rq, &rq->handshake);
	r = MHD_create_response_for_upgrade(on_upgraded, rq);
	if (r == NULL)
		return MHD_NO;
	rules_accept(key, &accept);
	MHD_add_response_header(r, "Upgrade", "websocket");
	MHD_add_response_header(r, "Sec-WebSocket-Accept", buf_str(&accept));
	rc = MHD_queue_response(rq->conn, MHD_HTTP_SWITCHING_PROTOCOLS, r);
	MHD_destroy_response(r);
	buf_fini(&accept);
	return rc;
}

/* ---- polling ---- */

static void open_polling(struct front_req *rq)
{
	struct handshake h;

	front_req_handshake(rq, &h);
	client_get(client_new(rq->front->gw, &h, NULL), rq); /* answered at once: the open packet */
}

static void poll_session(struct front_req *rq, struct client *c)
{
	if (!client_get(c, rq))
		front_req_refuse_code(rq, EIO_BAD_REQUEST);
}

static void end_post(struct front_req *rq)
{
	struct client *c = hub_find(rq->front->gw->hub, rq->sid);

	rq->kind = REQ_ANSWER;
	if (c == NULL) {
		front_req_refuse_code(rq, EIO_UNKNOWN_SID);
	} else if (rq->too_large) {
		eio_post_end(&c->eio);
		front_req_refuse(rq, 413, EIO_BAD_REQUEST, "Payload too large");
	} else {
		front_answer(rq, 200, "text/html", "ok", 2);
		client_post(c, buf_str(&rq->body), rq->body.size);
	}
}

static void collect(struct front_req *rq, const char *data, size_t size)
{
	const struct client *c;

	if (rq->kind != REQ_POST)
		return;
	c = hub_find(rq->front->gw->hub, rq->sid);
	if (c == NULL || rq->body.size + size >
	    (c->admitted ? rq->front->gw->limits.max_payload : CLIENT_EARLY_SIZE))
		rq->too_large = true; /* read to the end and forgotten, so that 413 arrives */
	if (!rq->too_large)
		buf_append(&rq->body, data, size);
}

/* ---- requests ---- */

static void begin_handshake(struct front_req *rq, bool websocket)
{
	struct gateway *gw = rq->front->gw;

	if (gw->stopping)
		front_req_refuse(rq, 503, EIO_FORBIDDEN, "Shutting down");
	else if (!hub_has_room(gw->hub, front_req_address(rq)))
		front_req_refuse(rq, REFUSED_LIMIT, EIO_FORBIDDEN, "Too many connections");
	else if (websocket)
		rq->kind = REQ_UPGRADE;
	else
		open_polling(rq);
}

static void begin_known(struct front_req *rq, struct client *c, const struct eio_request *q)
{
	memcpy(rq->sid, c->sid, sizeof rq->sid);
	if (strcmp(q->transport, "websocket") == 0)
		rq->kind = REQ_UPGRADE;
	else if (strcmp(q->method, "GET") == 0)
		poll_session(rq, c);
	else if (client_post_begin(c))
		rq->kind = REQ_POST;
	else
		front_req_refuse_code(rq, EIO_BAD_REQUEST);
}

static void begin(struct front_req *rq, const char *method, const char *path)
{
	const char *sid = front_req_query(rq, "sid");
	struct eio_request q = { .method = method, .version = front_req_query(rq, "EIO"),
		.transport = front_req_query(rq, "transport"), .has_sid = sid != NULL,
		.wants_websocket = rules_has_token(front_req_header(rq, "Upgrade"), "websocket") &&
		    rules_has_token(front_req_header(rq, "Connection"), "upgrade") };
	bool websocket = q.transport != NULL && strcmp(q.transport, "websocket") == 0;
	struct client *c;
	enum eio_refusal code;

	if (strcmp(path, "/socket.io/") != 0 && strcmp(path, "/socket.io") != 0) {
		front_req_refuse(rq, 404, EIO_BAD_REQUEST, "Not found");
	} else if (strcmp(method, "OPTIONS") == 0) {
		front_req_origin_allowed(rq, false); /* a stranger gets no allowing header */
		front_answer(rq, 204, "text/plain", "", 0);
	} else if (!front_req_origin_allowed(rq, websocket)) {
		front_req_refuse_code(rq, EIO_FORBIDDEN);
	} else {
		c = sid == NULL ? NULL : hub_find(rq->front->gw->hub, sid);
		code = eio_check(&q, c == NULL ? NULL : &c->eio);
		if (code != EIO_ACCEPTED)
			front_req_refuse_code(rq, code);
		else if (c == NULL)
			begin_handshake(rq, websocket);
		else
			begin_known(rq, c, &q);
	}
}

/* Called first without a body, then for each piece of one, then once more with none; and again
 * after a held request was resumed. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *conn, const char *url,
    const char *method, const char *version, const char *data, size_t *data_size, void **con_cls)
{
	struct front_req *rq = *con_cls;

	(void)version;
	if (rq == NULL) {
		rq = calloc(1, sizeof *rq);
		if (rq == NULL)
			abort();
		rq->front = cls;
		rq->gw = rq->front->gw;
		rq->conn = conn;
		*con_cls = rq;
		return MHD_YES;
	}
	if (!rq->begun) {
		rq->begun = true;
		begin(rq, method, url);
	}
	if (*data_size > 0) {
		collect(rq, data, *data_size);
		*data_size = 0;
		return MHD_YES;
	}
	if (rq->kind == REQ_POST)
		end_post(rq);
	if (rq->kind == REQ_UPGRADE && !rq->ready)
		return upgrade(rq);
	if (rq->ready)
		return front_req_send(rq);
	rq->suspended = true;
	MHD_suspend_connection(conn);
	return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *conn, void **con_cls,
    enum MHD_RequestTerminationCode code)
{
	struct front *f = cls;
	struct front_req *rq = *con_cls;
	struct client *c;

	(void)conn, (void)code;
	if (rq == NULL)
		return;
	*con_cls = NULL;
	c = rq->sid[0] == '\0' ? NULL : hub_find(f->gw->hub, rq->sid);
	if (c != NULL && c->get == rq)
		client_get_lost(c);
	else if (c != NULL && rq->kind == REQ_POST)
		eio_post_end(&c->eio); /* the body was cut */
	front_req_drop_handshake(&rq->handshake);
	buf_fini(&rq->body);
	buf_fini(&rq->out);
	free(rq->origin);
	free(rq);
}

/* ---- life ---- */

static int bind_to(const char *listen_at, struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE }, *found;
	char host[64], port[8];
	int fd, on = 1;

	if (!rules_listen(listen_at, host, port) || getaddrinfo(host, port, &hints, &found) != 0) {
		err_field(e, E_INVALID, "live.listen", "Configuration: live.listen is not address:port");
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
		err_errno(e, "live.listen");
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

enum errc front_new(struct gateway *gw, const char *listen_at, struct front **out, struct err *e)
{
	struct front *f = calloc(1, sizeof *f);
	const union MHD_DaemonInfo *info;

	if (f == NULL)
		abort();
	f->gw = gw;
	f->listener = bind_to(listen_at, e);
	if (f->listener < 0) {
		free(f);
		return e->code;
	}
	f->daemon = MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE, 0, NULL,
	    NULL, on_request, f, MHD_OPTION_LISTEN_SOCKET, f->listener,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, f, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)POOL_SIZE, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)gw->max_clients + 256, MHD_OPTION_END);
	if (f->daemon == NULL) {
		close(f->listener);
		free(f);
		return err_set(e, E_INTERNAL, "The HTTP listener does not start");
	}
	info = MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	f->timer = loop_timer_new(gw->loop, on_timer, f);
	f->watch = loop_watch_new(gw->loop, info->epoll_fd, LOOP_READ, on_epoll, f);
	front_run_soon(f);
	*out = f;
	return E_OK;
}

void front_stop_listening(struct front *f)
{
	int fd = MHD_quiesce_daemon(f->daemon);

	if (fd >= 0)
		close(fd);
	f->listener = -1;
}

void front_free(struct front *f)
{
	if (f == NULL)
		return;
	run(f); /* what was answered last leaves */
	loop_watch_free(f->watch);
	loop_timer_free(f->timer);
	MHD_stop_daemon(f->daemon);
	free(f);
}
