/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sim/house.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum kind { K_TIMER, K_INOTIFY, K_MASTER, K_LISTENER, K_CLIENT };

static int64_t mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000LL + ts.tv_nsec / 1000;
}

/* What an event is about fits its 64 bits: kind, printer, descriptor. */
static bool watch(struct house *h, enum kind kind, unsigned printer, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	ev.data.u64 = (uint64_t)kind << 56 | (uint64_t)printer << 32 | (uint32_t)fd;
	if (epoll_ctl(h->epoll, EPOLL_CTL_ADD, fd, &ev) == 0)
		return true;
	fprintf(stderr, "platen-sim: epoll: %s\n", strerror(errno));
	return false;
}

static bool watch_master(struct house *h, unsigned i)
{
	struct printer *p = &h->printers[i];

	p->readable = p->writable = true;
	return p->port.master < 0 ||
	       watch(h, K_MASTER, i, p->port.master, EPOLLIN | EPOLLOUT | EPOLLET);
}

static int listen_at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && strlen(path) < sizeof a.sun_path) {
		memcpy(a.sun_path, path, strlen(path));
		unlink(path);
		if (bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && chmod(path, 0660) == 0 &&
		    listen(fd, 8) == 0)
			return fd;
	}
	fprintf(stderr, "platen-sim: control %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool start_one(struct house *h, const struct options *o, unsigned i)
{
	struct printer *p = &h->printers[i];

	if (!printer_start(p, o, i + 1, h->inotify))
		return false;
	/* Until somebody opens the port nobody hears what is said. */
	if (p->port.watch >= 0)
		sim_close(p->sim, mono());
	if (!watch_master(h, i))
		return false;
	if (o->control) {
		h->listeners[i] = listen_at(p->control);
		if (h->listeners[i] < 0 || !watch(h, K_LISTENER, i, h->listeners[i], EPOLLIN))
			return false;
	}
	printf("%s %s%s%s\n", p->name, p->port.device, o->link ? " " : "", o->link ? p->link : "");
	return true;
}

bool house_start(struct house *h, const struct options *o)
{
	memset(h, 0, sizeof *h);
	h->count = o->count;
	h->armed = INT64_MAX;
	h->printers = calloc(o->count, sizeof *h->printers);
	h->listeners = calloc(o->count, sizeof *h->listeners);
	if (!h->printers || !h->listeners)
		abort();
	for (unsigned i = 0; i < o->count; i++)
		h->listeners[i] = -1;
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	h->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	h->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (h->epoll < 0 || h->timer < 0 || !watch(h, K_TIMER, 0, h->timer, EPOLLIN))
		return false;
	if (h->inotify >= 0 && !watch(h, K_INOTIFY, 0, h->inotify, EPOLLIN))
		return false;
	for (unsigned i = 0; i < o->count; i++)
		if (!start_one(h, o, i))
			return false;
	fflush(stdout);
	return true;
}

static void opened_or_closed(struct house *h, const struct inotify_event *ev)
{
	for (unsigned i = 0; i < h->count; i++) {
		struct printer *p = &h->printers[i];

		if (p->port.watch != ev->wd)
			continue;
		if (ev->mask & IN_OPEN)
			printer_opened(p, mono());
		else if (ev->mask & IN_CLOSE)
			printer_closed(p, mono());
	}
}

static void look(void *ctx)
{
	struct house *h = ctx;
	char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t size;

	while (h->inotify >= 0 && (size = read(h->inotify, bytes, sizeof bytes)) > 0)
		for (char *at = bytes; at < bytes + size;) {
			const struct inotify_event *ev = (const void *)at;

			opened_or_closed(h, ev);
			at += sizeof *ev + ev->len;
		}
}

static void turn(struct house *h, unsigned i)
{
	/* A new master needs a new watch; the closed one left epoll by itself. */
	if (printer_turn(&h->printers[i], mono(), look, h) && !watch_master(h, i))
		exit(1);
}

static void control(struct house *h, unsigned i, int fd)
{
	char text[1024], answer[STATE_SIZE];
	ssize_t n = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
	size_t size;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(fd);
		return;
	}
	while (n && (text[n - 1] == '\n' || text[n - 1] == '\0'))
		n--;
	text[n] = '\0';
	size = printer_command(&h->printers[i], mono(), text, answer);
	if (send(fd, answer, size, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		close(fd);
}

static void dispatch(struct house *h, const struct epoll_event *ev)
{
	unsigned i = (unsigned)(ev->data.u64 >> 32) & 0xffffff;
	int fd = (int)(uint32_t)ev->data.u64;
	uint64_t ticks;

	switch ((enum kind)(ev->data.u64 >> 56)) {
	case K_TIMER:
		h->armed = INT64_MAX;
		if (read(fd, &ticks, sizeof ticks) < 0)
			return;
		return;
	case K_INOTIFY:
		look(h);
		return;
	case K_MASTER:
		if (fd != h->printers[i].port.master)
			return; /* of a port that has been unplugged in this round */
		h->printers[i].readable |= (ev->events & (EPOLLIN | EPOLLHUP)) != 0;
		h->printers[i].writable |= (ev->events & EPOLLOUT) != 0;
		turn(h, i);
		return;
	case K_LISTENER:
		fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0 && !watch(h, K_CLIENT, i, fd, EPOLLIN))
			close(fd);
		return;
	case K_CLIENT:
		control(h, i, fd);
		turn(h, i);
		return;
	}
}

static void arm(struct house *h, int64_t at)
{
	struct itimerspec when = { .it_value = { .tv_sec = at / 1000000,
						 .tv_nsec = at % 1000000 * 1000 } };

	/* Waking too early once is cheaper than arming anew after every line. */
	if (at >= h->armed)
		return;
	h->armed = at;
	if (!when.it_value.tv_sec && !when.it_value.tv_nsec)
		when.it_value.tv_nsec = 1; /* zero would disarm */
	timerfd_settime(h->timer, TFD_TIMER_ABSTIME, &when, NULL);
}

void house_run(struct house *h, const sigset_t *while_waiting, volatile sig_atomic_t *stop)
{
	struct epoll_event events[64];

	while (!*stop) {
		int64_t now = mono(), first = INT64_MAX;
		int n;

		for (unsigned i = 0; i < h->count; i++) {
			int64_t at = printer_deadline(&h->printers[i]);

			if (at <= now) {
				turn(h, i);
				at = printer_deadline(&h->printers[i]);
			}
			first = at < first ? at : first;
		}
		arm(h, first);
		n = epoll_pwait(h->epoll, events, 64, -1, while_waiting);
		for (int i = 0; i < n; i++)
			dispatch(h, &events[i]);
	}
}

void house_stop(struct house *h)
{
	int64_t now = mono();

	for (unsigned i = 0; i < h->count; i++) {
		if (h->listeners[i] >= 0) {
			unlink(h->printers[i].control);
			close(h->listeners[i]);
		}
		printer_stop(&h->printers[i], now);
	}
	if (h->inotify >= 0)
		close(h->inotify);
	close(h->timer);
	close(h->epoll);
	free(h->printers);
	free(h->listeners);
}
