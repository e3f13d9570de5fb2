/* SPDX-License-Identifier: Apache-2.0 */
#include "live/ws.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wslay/wslay.h>

#include "base/buf.h"

/* Small on purpose: what the kernel holds for a slow reader is stale and cannot be replaced. */
#define SEND_BUFFER  (64 * 1024)
#define MAX_PER_TURN (64 * 1024) /* read from one peer before the others get their turn */
#define MAX_BEHIND   (256 * 1024) /* own frames (pongs) a peer may leave unread beyond a message */
#define BATCH        16

struct ws {
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_timer *linger;
	struct ws *next, *prev; /* the lingering ones */
	int fd;
	int depth; /* callbacks under way: freeing waits */
	bool dead, told, ending, shut;
	bool closing; /* the close handshake is done on our side; only bytes remain */
	size_t turn; /* bytes read in this turn */
	wslay_event_context_ptr wslay;
	struct buf early, out;
	size_t behind; /* allowance of `out`: the message that was cut, if any */
	const struct ws_ops *ops;
	void *ctx;
};

static struct ws *lingering;

unsigned ws_head(char out[WS_HEAD_MAX], size_t size)
{
	unsigned n, bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;

	out[0] = (char)0x81;
	out[1] = (char)(bytes == 0 ? size : bytes == 2 ? 126 : 127);
	for (n = 0; n < bytes; n++)
		out[2 + n] = (char)((uint64_t)size >> (8 * (bytes - 1 - n)));
	return 2 + bytes;
}

static void destroy(struct ws *w)
{
	if (w->depth > 0) {
		w->dead = true;
		return;
	}
	if (w->ending) {
		if (w->prev != NULL)
			w->prev->next = w->next;
		else
			lingering = w->next;
		if (w->next != NULL)
			w->next->prev = w->prev;
	}
	loop_timer_free(w->linger);
	loop_watch_free(w->watch);
	close(w->fd);
	wslay_event_context_free(w->wslay);
	buf_fini(&w->early);
	buf_fini(&w->out);
	free(w);
}

/* The peer is gone or broke the rules: the owner is told once, a lingering one goes. */
static void lost(struct ws *w)
{
	if (w->ending) {
		destroy(w);
	} else if (!w->told) {
		w->told = true;
		loop_watch_set(w->watch, 0);
		w->ops->gone(w->ctx, w);
	}
}

static ssize_t on_recv(wslay_event_context_ptr ctx, uint8_t *to, size_t size, int flags, void *arg)
{
	struct ws *w = arg;
	ssize_t n;

	(void)flags;
	if (w->early.size > 0) {
		n = (ssize_t)(size < w->early.size ? size : w->early.size);
		memcpy(to, w->early.bytes, (size_t)n);
		buf_drop(&w->early, (size_t)n);
		return n;
	}
	do
		n = w->turn >= MAX_PER_TURN ? (errno = EAGAIN, -1) : recv(w->fd, to, size, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		w->turn += (size_t)n;
		return n;
	}
	wslay_event_set_error(ctx, n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
		? WSLAY_ERR_WOULDBLOCK : WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

/* wslay's own frames (pong, close) join the bytes that wait: always whole, so always between two
 * of ours. */
static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *bytes, size_t size, int flags,
    void *arg)
{
	struct ws *w = arg;

	(void)ctx, (void)flags;
	buf_append(&w->out, bytes, size);
	return (ssize_t)size;
}

static void on_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *m,
    void *arg)
{
	struct ws *w = arg;

	(void)ctx;
	if (w->ending || w->told || wslay_is_ctrl_frame(m->opcode))
		return;
	w->ops->message(w->ctx, w, (const char *)m->msg, m->msg_length,
	    m->opcode == WSLAY_BINARY_FRAME);
}

/* Writes what waits; false when the connection is lost. */
static bool flush(struct ws *w)
{
	while (w->out.size > 0) {
		ssize_t n = send(w->fd, w->out.bytes, w->out.size, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			break;
		if (n < 0)
			return false;
		buf_drop(&w->out, (size_t)n);
	}
	if (w->out.size == 0)
		buf_fini(&w->out); /* a quiet client holds no buffer */
	if (w->ending && w->out.size == 0 && !w->shut) {
		w->shut = true;
		shutdown(w->fd, SHUT_WR);
	}
	loop_watch_set(w->watch, LOOP_READ | (w->out.size > 0 ? LOOP_WRITE : 0));
	return true;
}

static void read_all(struct ws *w)
{
	bool ok;

	w->turn = 0;
	ok = wslay_event_recv(w->wslay) == 0 && wslay_event_send(w->wslay) == 0;
	if (w->dead || w->ending)
		return;
	ok = ok && w->out.size <= w->behind + MAX_BEHIND && flush(w);
	w->closing = ok && !wslay_event_want_read(w->wslay) && !wslay_event_want_write(w->wslay);
	if (!ok || w->closing)
		lost(w);
}

static void discard(struct ws *w)
{
	char scrap[4096];
	ssize_t n = recv(w->fd, scrap, sizeof scrap, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		lost(w);
}

static void on_ready(void *arg, unsigned events)
{
	struct ws *w = arg;

	w->depth++;
	if (events & LOOP_WRITE) {
		if (!flush(w))
			lost(w);
		else if (w->out.size == 0 && !w->ending && !w->told)
			w->ops->writable(w->ctx, w);
	}
	if ((events & (LOOP_READ | LOOP_HANGUP)) && !w->dead && !w->told) {
		if (w->ending)
			discard(w);
		else
			read_all(w);
	}
	w->depth--;
	if (w->dead)
		destroy(w);
}

struct ws *ws_new(struct loop *l, int fd, const char *early, size_t early_size,
    const struct ws_ops *ops, void *ctx)
{
	static const struct wslay_event_callbacks callbacks = { .recv_callback = on_recv,
		.send_callback = on_send, .on_msg_recv_callback = on_message };
	struct ws *w = calloc(1, sizeof *w);
	int size = SEND_BUFFER, on = 1;

	if (w == NULL || wslay_event_context_server_init(&w->wslay, &callbacks, w) != 0)
		abort();
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	w->loop = l;
	w->fd = fd;
	w->ops = ops;
	w->ctx = ctx;
	buf_append(&w->early, early, early_size);
	w->watch = loop_watch_new(l, fd, LOOP_READ, on_ready, w);
	return w;
}

void ws_set_owner(struct ws *w, void *ctx)
{
	w->ctx = ctx;
}

void ws_limit(struct ws *w, size_t max_message)
{
	wslay_event_config_set_max_recv_msg_length(w->wslay, max_message);
}

void ws_start(struct ws *w)
{
	on_ready(w, LOOP_READ);
}

unsigned ws_send(struct ws *w, struct frame *const *frames, unsigned len)
{
	struct iovec io[BATCH];
	unsigned n = len < BATCH ? len : BATCH, taken = 0;
	ssize_t sent;

	if (w->told || w->ending || w->out.size > 0 || n == 0)
		return 0;
	for (unsigned i = 0; i < n; i++)
		io[i] = (struct iovec){ frames[i]->bytes, frames[i]->size };
	do
		sent = writev(w->fd, io, (int)n);
	while (sent < 0 && errno == EINTR);
	if (sent < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			loop_watch_set(w->watch, LOOP_READ | LOOP_WRITE);
		return 0; /* a broken connection is learnt by reading */
	}
	while (taken < n && (size_t)sent >= frames[taken]->size)
		sent -= (ssize_t)frames[taken++]->size;
	if (taken < n && sent > 0) { /* the rest of a frame that was begun cannot be replaced */
		buf_append(&w->out, frames[taken]->bytes + sent, frames[taken]->size - (size_t)sent);
		w->behind = w->out.size;
		taken++;
	}
	if (taken < n || w->out.size > 0)
		loop_watch_set(w->watch, LOOP_READ | LOOP_WRITE);
	return taken;
}

static void on_linger(void *arg)
{
	destroy(arg);
}

void ws_end(struct ws *w, int code)
{
	if (w == NULL || w->ending)
		return;
	if (w->told && !w->closing) {
		destroy(w);
		return;
	}
	w->ending = true;
	w->prev = NULL;
	w->next = lingering;
	if (w->next != NULL)
		w->next->prev = w;
	lingering = w;
	w->linger = loop_timer_new(w->loop, on_linger, w);
	loop_timer_at(w->linger, loop_now(w->loop) + WS_LINGER);
	w->depth++;
	if (!w->closing)
		wslay_event_queue_close(w->wslay, (uint16_t)code, NULL, 0);
	if (wslay_event_send(w->wslay) != 0 || !flush(w))
		w->dead = true;
	w->depth--;
	if (w->dead)
		destroy(w);
}

void ws_end_all(void)
{
	while (lingering != NULL)
		destroy(lingering);
}
