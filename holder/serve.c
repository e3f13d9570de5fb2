/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "holder/holder.h"
#include "holder/open.h"
#include "run/packet.h"

#define DTR_PULSE   (100 * USEC_PER_MSEC)
#define REOPEN_GAP  (250 * USEC_PER_MSEC) /* long enough for the other side of a pty to notice */
#define ANSWER_SIZE 512

static void on_client(void *ctx, unsigned events);

static void client_free(struct client *c)
{
	struct client **at = &c->h->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	loop_watch_free(c->watch);
	lease_lost(c->h, c);
	close(c->fd);
	free(c);
}

/* The spooler reads all the time; one that does not is stuck, and hears the rest after hello. */
static void tell(struct client *c, int pass, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void tell(struct client *c, int pass, const char *fmt, ...)
{
	char text[ANSWER_SIZE];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (c != NULL && n > 0 && packet_send(c->fd, text, (size_t)n, pass) < 0)
		log_warn("no room to tell a client: %s", strerror(errno));
}

/* ---- opening ---- */

static void refuse(struct holder *h, struct port *port, const struct err *e)
{
	log_info("%s: %s: %s%s%s", port->name, port->device, e->message,
	    e->detail[0] == '\0' ? "" : ": ", e->detail);
	ports_close(port);
	tell(h->spooler, -1, "refused %s %s", port->name,
	    e->detail[0] == '\0' ? e->message : e->detail);
}

static void opened(struct holder *h, struct port *port)
{
	port->state = PORT_OPEN;
	port->willed = false;
	log_info("%s: %s is open", port->name, port->device);
	tell(h->spooler, port->fd, "opened %s", port->name);
}

/* A TCP connection under way. It owns its descriptor; a port closed or opened anew meanwhile has
 * another `turn` and does not get it. */
struct dial {
	struct holder *h;
	char name[WIRE_ALIAS_SIZE];
	unsigned turn;
	int fd;
	struct loop_watch *watch;
	struct dial *next;
};

static void dial_free(struct dial *d)
{
	struct dial **at = &d->h->dials;

	while (*at != d)
		at = &(*at)->next;
	*at = d->next;
	loop_watch_free(d->watch);
	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

static void on_dialled(void *ctx, unsigned events)
{
	struct dial *d = ctx;
	struct port *port = ports_find(&d->h->ports, d->name);
	struct err e;

	(void)events;
	if (port != NULL && port->state == PORT_CONNECTING && port->turn == d->turn) {
		if (open_outcome(d->fd, &e) != E_OK) {
			refuse(d->h, port, &e);
		} else {
			loop_watch_free(d->watch);
			d->watch = NULL;
			port->fd = d->fd;
			d->fd = -1;
			opened(d->h, port);
		}
	}
	dial_free(d);
}

static void dial(struct holder *h, struct port *port, int fd)
{
	struct dial *d = calloc(1, sizeof *d);

	if (d == NULL)
		abort();
	port->state = PORT_CONNECTING;
	d->h = h;
	d->fd = fd;
	d->turn = port->turn;
	snprintf(d->name, sizeof d->name, "%s", port->name);
	d->next = h->dials;
	h->dials = d;
	d->watch = loop_watch_new(h->loop, fd, LOOP_WRITE, on_dialled, d);
}

static void open_port(struct holder *h, struct port *port)
{
	struct err e;
	bool later;
	int fd;

	ports_close(port);
	if (open_device(port->device, port->baud, h->prefixes, &fd, &later, &e) != E_OK) {
		refuse(h, port, &e);
	} else if (later) {
		dial(h, port, fd);
	} else {
		port->fd = fd;
		opened(h, port);
	}
}

static void reset(struct holder *h, struct port *port)
{
	if (port->state == PORT_OPEN && open_dtr(port->fd, false)) {
		port->dtr_up_at = clock_mono() + DTR_PULSE;
	} else {
		ports_close(port);
		port->reopen_at = clock_mono() + REOPEN_GAP;
	}
	serve_arm(h);
}

/* ---- messages ---- */

static void stop(struct client *c, const struct wire_msg *m)
{
	struct holder *h = c->h;
	bool known;
	struct port *port = ports_stop_target(&h->ports, m->port, &known);
	bool written = port != NULL && ports_write_stop(port);

	tell(c, -1, "%s", written ? "written" : known ? "offline" : "unknown");
	log_warn("emergency stop %s of %s by %s: %s", m->request, m->port, m->user,
	    written ? "written" : "not written");
	if (written)
		tell(h->spooler, -1, "stopped %s %s %s", port->name, m->request, m->user);
}

static void keep(struct holder *h, const struct wire_msg *m, int fd)
{
	struct port *port = ports_get(&h->ports, m->port);

	if (fd < 0)
		return;
	ports_close(port);
	port->fd = fd;
	port->baud = m->baud;
	port->willed = m->willed;
	port->state = PORT_OPEN;
	snprintf(port->device, sizeof port->device, "%s", m->device);
}

static void spooler_says(struct client *c, const struct wire_msg *m, int fd)
{
	struct holder *h = c->h;
	struct port *port = ports_find(&h->ports, m->port);

	if (m->verb == WIRE_GIVE) {
		keep(h, m, fd);
	} else if (m->verb == WIRE_ALIAS) {
		ports_alias(&h->ports, m->alias, m->port);
	} else if (m->verb == WIRE_LEASE) {
		tell(c, -1, "yours");
	} else if (m->verb == WIRE_OPEN) {
		port = ports_get(&h->ports, m->port);
		port->baud = m->baud;
		snprintf(port->device, sizeof port->device, "%s", m->device);
		open_port(h, port);
	} else if (port != NULL && m->verb == WIRE_CLOSE) {
		ports_drop(&h->ports, port);
	} else if (port != NULL && m->verb == WIRE_RESET) {
		reset(h, port);
	} else if (port != NULL && m->verb == WIRE_WILL) {
		memcpy(port->will, m->will, m->will_size);
		port->will_size = m->will_size;
		port->willed = false;
	}
}

/* false: the client is gone. */
static bool serve_one(struct client *c)
{
	char text[PACKET_MAX];
	struct wire_msg m;
	int fd;
	ssize_t n = packet_recv(c->fd, text, sizeof text, &fd);
	bool ok;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	ok = n > 0 && wire_parse(text, (size_t)n, &m);
	if (ok && m.verb == WIRE_STOP)
		stop(c, &m);
	else if (ok && m.verb == WIRE_HELLO)
		lease_claim(c->h, c);
	else if (ok && c == c->h->spooler)
		spooler_says(c, &m, fd);
	else
		ok = false;
	if (fd >= 0 && !(ok && m.verb == WIRE_GIVE && c == c->h->spooler))
		close(fd);
	if (!ok)
		client_free(c);
	return ok;
}

/* One `port` message after the other, as far as the socket takes them. */
static void hand_over(struct client *c)
{
	struct holder *h = c->h;
	char text[ANSWER_SIZE];

	for (; c->next_port < h->ports.len; c->next_port++) {
		const struct port *port = h->ports.list[c->next_port];
		int n;

		if (port->state != PORT_OPEN)
			continue;
		n = snprintf(text, sizeof text, "port %s %d %s", port->name, port->willed, port->device);
		if (packet_send(c->fd, text, (size_t)n, port->fd) < 0) {
			loop_watch_set(c->watch, LOOP_READ | LOOP_WRITE);
			return;
		}
	}
	c->next_port = SIZE_MAX;
	loop_watch_set(c->watch, LOOP_READ);
	tell(c, -1, "ready");
}

void lease_granted(struct holder *h, struct client *c)
{
	for (size_t i = 0; i < h->ports.len;) {
		struct port *port = h->ports.list[i];

		if (port->state == PORT_OPEN || port->reopen_at != USEC_NEVER)
			i++;
		else
			ports_drop(&h->ports, port); /* the new spooler asks again for what it wants */
	}
	c->next_port = 0;
	hand_over(c);
	serve_arm(h);
}

static void on_client(void *ctx, unsigned events)
{
	struct client *c = ctx;

	if ((events & LOOP_WRITE) != 0 && c->next_port != SIZE_MAX)
		hand_over(c);
	if ((events & LOOP_READ) != 0)
		while (serve_one(c))
			;
}

struct client *serve_client(struct holder *h, int fd)
{
	struct client *c = calloc(1, sizeof *c);
	struct ucred who = { .pid = -1 };
	socklen_t len = sizeof who;

	if (c == NULL)
		abort();
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len);
	c->h = h;
	c->fd = fd;
	c->pid = who.pid;
	c->next_port = SIZE_MAX;
	c->next = h->clients;
	h->clients = c;
	c->watch = loop_watch_new(h->loop, fd, LOOP_READ, on_client, c);
	return c;
}

static void on_accept(void *ctx, unsigned events)
{
	struct holder *h = ctx;
	int fd;

	(void)events;
	while ((fd = packet_accept(h->listener)) >= 0)
		serve_client(h, fd);
}

/* ---- time ---- */

static usec_t earlier(usec_t a, usec_t b)
{
	return a < b ? a : b;
}

void serve_arm(struct holder *h)
{
	usec_t at = h->absent_since == USEC_NEVER ? USEC_NEVER : h->absent_since + h->patience;

	for (size_t i = 0; i < h->ports.len; i++)
		at = earlier(at, earlier(h->ports.list[i]->dtr_up_at, h->ports.list[i]->reopen_at));
	loop_timer_at(h->timer, at);
}

static void on_time(void *ctx)
{
	struct holder *h = ctx;
	usec_t now = clock_mono();

	if (h->absent_since != USEC_NEVER && now >= h->absent_since + h->patience) {
		h->absent_since = USEC_NEVER;
		log_error("no spooler has come for %lld s", (long long)(h->patience / USEC_PER_SEC));
		serve_wills(h, false);
	}
	for (size_t i = 0; i < h->ports.len; i++) {
		struct port *port = h->ports.list[i];

		if (now >= port->dtr_up_at) {
			port->dtr_up_at = USEC_NEVER;
			open_dtr(port->fd, true);
			tell(h->spooler, -1, "reset %s", port->name);
		} else if (now >= port->reopen_at) {
			open_port(h, port);
		}
	}
	serve_arm(h);
}

void serve_wills(struct holder *h, bool tell_spooler)
{
	for (size_t i = 0; i < h->ports.len; i++)
		if (ports_write_will(h->ports.list[i]) && tell_spooler)
			tell(h->spooler, -1, "willed %s", h->ports.list[i]->name);
}

void serve_start(struct holder *h)
{
	h->timer = loop_timer_new(h->loop, on_time, h);
	h->accepting = loop_watch_new(h->loop, h->listener, LOOP_READ, on_accept, h);
	serve_arm(h);
}

void serve_stop(struct holder *h)
{
	while (h->clients != NULL)
		client_free(h->clients);
	while (h->dials != NULL)
		dial_free(h->dials);
	loop_watch_free(h->dying);
	loop_watch_free(h->accepting);
	loop_timer_free(h->timer);
	ports_fini(&h->ports);
}
