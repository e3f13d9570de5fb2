/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor and a bay. Bytes that have been pulled are journalled; they are written before
 * anything else is pulled. After a gap (SIGSTOP, a host that slept) nothing is written before the
 * holder has said that the ports are still ours. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"
#include "spooler/shell.h"

#define RETRY_FIRST (200 * USEC_PER_MSEC)
#define RETRY_SOON  (1 * USEC_PER_SEC)   /* while a print could still go on */
#define RETRY_LATER (10 * USEC_PER_SEC)

enum { READ_SIZE = 4096, READ_SMALL = READ_SIZE / 4, READS_PER_TURN = 8 };

static void on_port(void *ctx, unsigned events);

void port_up(struct unit *u, int fd, bool fresh, bool willed)
{
	port_release(u);
	u->port = UNIT_OPEN;
	u->fd = fd;
	u->out_len = u->out_at = 0;
	u->last_byte = '\n';
	u->retry_wait = RETRY_FIRST;
	u->retry_at = USEC_NEVER;
	u->refused[0] = '\0';
	u->watch = loop_watch_new(u->sp->loop, fd, LOOP_READ, on_port, u);
	log_info("%s: port is %s%s", u->row.name, fresh ? "open" : "handed over",
	    willed ? ", the last will was written" : "");
	bay_port_up(u->bay, loop_now(u->sp->loop), fresh, willed);
	link_will(u);
	unit_pump(u);
}

void port_release(struct unit *u)
{
	loop_watch_free(u->watch);
	u->watch = NULL;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
	u->out_len = u->out_at = 0;
	u->port = UNIT_CLOSED;
}

static void retry_later(struct unit *u)
{
	usec_t now = loop_now(u->sp->loop);
	usec_t most = now - u->lost_at < conf_duration(u->sp->conf, "serial.reconnect_within")
	    ? RETRY_SOON : RETRY_LATER;

	u->retry_at = now + u->retry_wait;
	u->retry_wait = u->retry_wait * 2 < most ? u->retry_wait * 2 : most;
}

void port_down(struct unit *u, const char *why)
{
	bool was_open = u->port == UNIT_OPEN;

	port_release(u);
	link_close(u);
	if (was_open) {
		u->lost_at = loop_now(u->sp->loop);
		log_warn("%s: port lost: %s", u->row.name, why);
		bay_port_down(u->bay, u->lost_at, why);
	}
	retry_later(u);
	if (was_open)
		unit_pump(u);
}

void port_ask(struct unit *u)
{
	u->port = UNIT_ASKED;
	u->retry_at = loop_now(u->sp->loop) + 2 * RETRY_LATER; /* an answer that got lost */
	link_open(u);
}

void port_refused(struct unit *u, const char *why)
{
	char text[sizeof u->refused];

	snprintf(text, sizeof text, "Cannot open %.128s: %.64s", u->row.device, why);
	if (strcmp(u->refused, text) != 0) {
		log_warn("%s: %s", u->row.name, text);
		snprintf(u->refused, sizeof u->refused, "%s", text);
		u->live_due = true;
	}
	if (u->port == UNIT_OPEN)
		return;
	u->port = UNIT_CLOSED;
	retry_later(u);
}

bool port_has_modem(const struct unit *u)
{
	int lines;

	return u->fd >= 0 && ioctl(u->fd, TIOCMGET, &lines) == 0;
}

/* ---- reading ---- */

static void feed(struct unit *u, const uint8_t *bytes, size_t size)
{
	usec_t now = loop_now(u->sp->loop);

	while (size > 0) {
		size_t n = bay_feed(u->bay, now, bytes, size);

		if (n == 0)
			return; /* it takes no more of a line that never ends */
		bytes += n;
		size -= n;
	}
}

/* false: the port is gone. */
static bool read_port(struct unit *u)
{
	uint8_t in[READ_SIZE];

	for (int i = 0; i < READS_PER_TURN; i++) {
		ssize_t n = read(u->fd, in, sizeof in);

		if (n > 0) {
			feed(u, in, (size_t)n);
			if (n < READ_SMALL)
				return true; /* drained: a terminal's backlog comes in larger pieces */
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return true;
		} else {
			port_down(u, n == 0 ? "the other side has closed" : strerror(errno));
			return false;
		}
	}
	return true;
}

static void on_port(void *ctx, unsigned events)
{
	struct unit *u = ctx;

	sched_gap(u->sp);
	if ((events & LOOP_READ) != 0 && !read_port(u))
		return;
	if ((events & LOOP_HANGUP) != 0 && u->port == UNIT_OPEN) {
		port_down(u, "hung up");
		return;
	}
	unit_pump(u);
}

/* ---- writing ---- */

/* false: not all has left. */
static bool flush(struct unit *u)
{
	while (u->out_at < u->out_len) {
		ssize_t n = write(u->fd, u->out + u->out_at, u->out_len - u->out_at);

		if (n > 0) {
			u->out_at += (size_t)n;
			u->last_byte = u->out[u->out_at - 1];
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && errno == EAGAIN) {
			loop_watch_set(u->watch, LOOP_READ | LOOP_WRITE);
			return false;
		} else {
			port_down(u, strerror(errno));
			return false;
		}
	}
	loop_watch_set(u->watch, LOOP_READ);
	return true;
}

void port_write(struct unit *u)
{
	usec_t now = loop_now(u->sp->loop);

	while (u->port == UNIT_OPEN && !u->sp->lease_asked && !u->sp->stopping && flush(u)) {
		u->out_at = 0;
		u->out_len = bay_pull(u->bay, now, u->out, sizeof u->out);
		if (u->out_len == 0)
			return;
		u->save_due = true;
	}
}

/* ---- emergency stop ---- */

/* A caller whom we did not answer in time has asked the holder: the same press comes by both
 * sockets, in either order. It is written twice, but told once. */
static bool told_already(struct unit *u, const char *request, bool by_holder)
{
	bool told = u->stopped_by_holder != by_holder && strcmp(u->stopped, request) == 0;

	snprintf(u->stopped, sizeof u->stopped, "%s", told ? "" : request);
	u->stopped_by_holder = by_holder;
	return told;
}

/* Past everything that waits: what has not left yet never leaves. */
static enum port_stop stop(struct unit *u, const char *request, const char *who, bool by_holder)
{
	uint8_t out[128];
	bool open = u->port == UNIT_OPEN, told = told_already(u, request, by_holder);
	size_t len = bay_stop(u->bay, loop_now(u->sp->loop), open && u->last_byte != '\n',
	    told ? NULL : request, uuid_ok(who) ? who : "", out, sizeof out);
	enum port_stop outcome = STOP_OFFLINE;

	if (open && len > 0) {
		ssize_t n = write(u->fd, out, len);

		if (n != (ssize_t)len) {
			tcflush(u->fd, TCOFLUSH);
			n = write(u->fd, out, len);
		}
		outcome = n == (ssize_t)len ? STOP_WRITTEN : STOP_OFFLINE;
		u->out_len = u->out_at = 0;
		u->last_byte = '\n';
	}
	u->save_due = true;
	log_warn("%s: emergency stop %s by %s: %s", u->row.name, request, who,
	    outcome == STOP_WRITTEN ? "written" : "not written");
	unit_pump(u);
	return outcome;
}

enum port_stop port_stop(struct unit *u, const char *request, const char *who)
{
	return stop(u, request, who, false);
}

void port_stopped(struct unit *u, const char *request, const char *who)
{
	stop(u, request, who, true);
}
