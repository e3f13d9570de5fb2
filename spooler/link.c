/* SPDX-License-Identifier: Apache-2.0 */
/* The connection to the holder (messages: holder/wire.h). When the holder dies the ports here stay
 * open and printing goes on; the next holder is given them. Before run.dir/spooler.lock is ours an
 * older spooler may live: until then hello is said (the holder ends it), but nothing is read. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "run/packet.h"
#include "spooler/shell.h"

#define DIAL_AGAIN (100 * USEC_PER_MSEC)
#define LOCK_AGAIN (20 * USEC_PER_MSEC)

struct message {
	struct message *next;
	int pass; /* ours, or -1 */
	size_t size;
	char text[];
};

struct link {
	struct spooler *sp;
	int fd, lock_fd;
	bool locked; /* no other spooler lives */
	bool ready;  /* the hand-over is over; the ports are ours */
	void (*alone)(struct spooler *sp);
	struct loop_watch *watch; /* NULL until the lock is ours */
	struct loop_timer *dial, *wait;
	struct message *first, **last; /* what the socket did not take yet */
};

static void on_link(void *ctx, unsigned events);

/* ---- sending ---- */

static void drop_queue(struct link *l)
{
	while (l->first != NULL) {
		struct message *m = l->first;

		l->first = m->next;
		if (m->pass >= 0)
			close(m->pass);
		free(m);
	}
	l->last = &l->first;
}

static void down(struct link *l)
{
	if (l->fd < 0)
		return;
	loop_watch_free(l->watch);
	l->watch = NULL;
	close(l->fd);
	l->fd = -1;
	l->ready = false;
	drop_queue(l);
	l->sp->lease_asked = false; /* nobody can take the ports from us while no holder lives */
	loop_timer_at(l->dial, loop_now(l->sp->loop) + DIAL_AGAIN);
	if (!l->sp->stopping)
		log_warn("the holder has gone; printing goes on");
}

static void flush(struct link *l)
{
	while (l->first != NULL) {
		struct message *m = l->first;

		if (packet_send(l->fd, m->text, m->size, m->pass) < 0)
			break;
		l->first = m->next;
		if (l->first == NULL)
			l->last = &l->first;
		if (m->pass >= 0)
			close(m->pass);
		free(m);
	}
	if (l->watch != NULL)
		loop_watch_set(l->watch, l->first == NULL ? LOOP_READ : LOOP_READ | LOOP_WRITE);
}

static void send_bytes(struct link *l, const char *text, size_t size, int pass)
{
	struct message *m;

	if (l == NULL || l->fd < 0)
		return;
	m = malloc(sizeof *m + size);
	if (m == NULL)
		abort();
	m->next = NULL;
	m->size = size;
	m->pass = pass < 0 ? -1 : fcntl(pass, F_DUPFD_CLOEXEC, 3);
	memcpy(m->text, text, size);
	*l->last = m;
	l->last = &m->next;
	flush(l);
}

static void say(struct link *l, int pass, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void say(struct link *l, int pass, const char *fmt, ...)
{
	char text[PACKET_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof text)
		send_bytes(l, text, (size_t)n, pass);
}

static bool ready(const struct unit *u)
{
	return link_is_up(u->sp->link);
}

bool link_is_up(const struct link *l)
{
	return l != NULL && l->ready;
}

void link_open(struct unit *u)
{
	if (ready(u))
		say(u->sp->link, -1, "open %s %lld %s", u->row.id, (long long)u->row.baud, u->row.device);
}

void link_close(struct unit *u)
{
	if (ready(u))
		say(u->sp->link, -1, "close %s", u->row.id);
}

void link_reset(struct unit *u)
{
	if (ready(u))
		say(u->sp->link, -1, "reset %s", u->row.id);
}

void link_will(struct unit *u)
{
	const char *will = bay_will(u->bay);

	if (ready(u))
		say(u->sp->link, -1, "will %s\n%s", u->row.id, will == NULL ? "" : will);
}

void link_names(struct unit *u, bool on)
{
	struct link *l = u->sp->link;

	if (!ready(u))
		return;
	say(l, -1, "alias %s@%s %s", u->row.id, u->row.org, on ? u->row.id : "-");
	if (u->row.is_default)
		say(l, -1, "alias default:%s %s", u->row.org, on ? u->row.id : "-");
}

void link_lease(struct spooler *sp)
{
	sp->lease_asked = link_is_up(sp->link);
	if (sp->lease_asked)
		say(sp->link, -1, "lease");
}

/* ---- receiving ---- */

/* All ports that outlived us are here; what is missing is given (a new holder) or opened. */
static void on_ready(struct link *l)
{
	struct spooler *sp = l->sp;

	l->ready = true;
	if (sp->control == NULL)
		sp->control = control_new(sp);
	log_info("the holder has handed the ports over");
	for (struct unit *u = sp->units; u != NULL; u = u->next) {
		link_names(u, true);
		if (u->port == UNIT_OPEN) {
			say(l, u->fd, "give %s %lld 0 %s", u->row.id, (long long)u->row.baud,
			    u->row.device);
			link_will(u);
		} else {
			port_ask(u);
		}
	}
}

static void on_handed(struct unit *u, int fd, const char *rest)
{
	bool willed = rest[0] == '1';

	if (strncmp(rest, "0 ", 2) != 0 && strncmp(rest, "1 ", 2) != 0)
		close(fd);
	else if (u->port == UNIT_OPEN || strcmp(rest + 2, u->row.device) != 0)
		close(fd); /* the connection was renewed, ours is the same port; or the printer has
		              another device now, which is asked for at `ready` */
	else
		port_up(u, fd, false, willed);
}

static void on_stopped(struct unit *u, char *rest)
{
	char *user = strchr(rest, ' ');

	if (user == NULL)
		return;
	*user++ = '\0';
	port_stopped(u, rest, user); /* once more from us, and its effects */
}

/* "word port rest"; fd is passed on or closed. */
static void on_message(struct link *l, char *text, int fd)
{
	char *port = strchr(text, ' '), *rest = NULL;
	struct unit *u;

	if (port != NULL) {
		*port++ = '\0';
		rest = strchr(port, ' ');
		if (rest != NULL)
			*rest++ = '\0';
	}
	if (strcmp(text, "ready") == 0) {
		on_ready(l);
	} else if (strcmp(text, "yours") == 0) {
		l->sp->lease_asked = false;
		for (u = l->sp->units; u != NULL; u = u->next)
			unit_pump(u);
	} else if (port != NULL && (u = unit_find(l->sp, port)) != NULL) {
		if (strcmp(text, "port") == 0 && rest != NULL && fd >= 0) {
			on_handed(u, fd, rest);
			return;
		}
		if (strcmp(text, "opened") == 0 && fd >= 0) {
			port_up(u, fd, true, false);
			return;
		}
		if (strcmp(text, "refused") == 0)
			port_refused(u, rest == NULL ? "?" : rest);
		else if (strcmp(text, "stopped") == 0 && rest != NULL)
			on_stopped(u, rest);
		else if (strcmp(text, "willed") == 0)
			bay_port_up(u->bay, loop_now(l->sp->loop), false, true), unit_pump(u);
	}
	if (fd >= 0)
		close(fd);
}

static void on_link(void *ctx, unsigned events)
{
	struct link *l = ctx;
	char text[PACKET_MAX];
	ssize_t n;
	int fd;

	if ((events & LOOP_WRITE) != 0)
		flush(l);
	while (l->fd >= 0) {
		n = packet_recv(l->fd, text, sizeof text, &fd);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			down(l);
		else
			on_message(l, text, fd);
	}
}

/* ---- dialling ---- */

static void listen_to(struct link *l)
{
	if (l->locked && l->fd >= 0)
		l->watch = loop_watch_new(l->sp->loop, l->fd, LOOP_READ, on_link, l);
}

static void on_dial(void *ctx)
{
	struct link *l = ctx;
	char path[300];

	snprintf(path, sizeof path, "%s/holder.sock", l->sp->run_dir);
	l->fd = packet_connect(path);
	if (l->fd < 0) {
		loop_timer_at(l->dial, loop_now(l->sp->loop) + DIAL_AGAIN);
		return;
	}
	say(l, -1, "hello");
	listen_to(l);
}

/* Journals and database are one spooler's as the ports are: what an older one still does to them
 * must not be read half done. */
static void on_wait(void *ctx)
{
	struct link *l = ctx;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(l->lock_fd, F_SETLK, &lock) != 0) {
		loop_timer_at(l->wait, loop_now(l->sp->loop) + LOCK_AGAIN);
		return;
	}
	l->locked = true;
	l->alone(l->sp);
	listen_to(l);
}

struct link *link_new(struct spooler *sp, void (*alone)(struct spooler *sp))
{
	struct link *l = calloc(1, sizeof *l);
	char path[300];

	if (l == NULL)
		abort();
	l->sp = sp;
	l->fd = -1;
	l->last = &l->first;
	l->alone = alone;
	l->dial = loop_timer_new(sp->loop, on_dial, l);
	l->wait = loop_timer_new(sp->loop, on_wait, l);
	snprintf(path, sizeof path, "%s/spooler.lock", sp->run_dir);
	l->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (l->lock_fd < 0) {
		log_error("%s: %s", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	on_wait(l);
	on_dial(l);
	return l;
}

void link_free(struct link *l)
{
	if (l == NULL)
		return;
	down(l);
	loop_timer_free(l->dial);
	loop_timer_free(l->wait);
	close(l->lock_fd);
	free(l);
}
