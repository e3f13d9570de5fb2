/* SPDX-License-Identifier: Apache-2.0 */
/* One living spooler. Who says hello gets the ports only after every older spooler has ended: the
 * one that had them (a pidfd from its connection) and whoever holds run.dir/spooler.lock (a
 * spooler that had its ports from a holder before this one). SIGKILL also ends a stopped process,
 * so a stale one can never write again. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "holder/holder.h"

static void proceed(struct holder *h);

static void forget_old(struct holder *h)
{
	loop_watch_free(h->dying);
	h->dying = NULL;
	if (h->old_pidfd >= 0)
		close(h->old_pidfd);
	h->old_pidfd = -1;
	h->old_pid = 0;
}

static pid_t lock_owner(const struct holder *h)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(h->lock_fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid;
}

static void on_dead(void *ctx, unsigned events)
{
	struct holder *h = ctx;

	(void)events;
	log_info("the spooler %ld has ended", (long)h->old_pid);
	forget_old(h);
	proceed(h);
}

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5; newer than the C library's headers */
#endif

/* The process behind the connection; where the kernel cannot say, the one with its number now. */
static int peer_pidfd(const struct client *c)
{
	int fd = -1;
	socklen_t len = sizeof fd;

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERPIDFD, &fd, &len) == 0)
		return fd;
	return pidfd_open(c->pid, 0);
}

static void end_old(struct holder *h)
{
	log_info("another spooler has come: the end of %ld is made sure of", (long)h->old_pid);
	if (pidfd_send_signal(h->old_pidfd, SIGKILL, NULL, 0) != 0 && errno != ESRCH)
		log_error("cannot kill the old spooler: %s", strerror(errno));
	h->dying = loop_watch_new(h->loop, h->old_pidfd, LOOP_READ, on_dead, h);
}

static void proceed(struct holder *h)
{
	struct client *heir = h->heir;
	pid_t other;

	if (heir == NULL || h->dying != NULL)
		return;
	if (h->old_pidfd < 0 && (other = lock_owner(h)) > 0 && other != heir->pid) {
		h->old_pidfd = pidfd_open(other, 0);
		h->old_pid = other;
		if (h->old_pidfd < 0 || lock_owner(h) != other) { /* just ended: look again */
			forget_old(h);
			proceed(h);
			return;
		}
	}
	if (h->old_pidfd >= 0 && h->old_pid != heir->pid) {
		end_old(h);
		return;
	}
	if (h->old_pidfd < 0) {
		h->old_pidfd = peer_pidfd(heir);
		h->old_pid = heir->pid;
	}
	h->spooler = heir;
	h->heir = NULL;
	h->absent_since = USEC_NEVER;
	log_info("the spooler is %ld", (long)heir->pid);
	lease_granted(h, heir);
}

/* Passed over while it waited: nothing was handed to it, and nobody would end it later. */
static void end_heir(const struct client *heir)
{
	int fd = peer_pidfd(heir);

	log_info("a newer spooler has come: %ld is ended", (long)heir->pid);
	if (fd >= 0) {
		if (pidfd_send_signal(fd, SIGKILL, NULL, 0) != 0 && errno != ESRCH)
			log_error("cannot kill the waiting spooler: %s", strerror(errno));
		close(fd);
	}
}

void lease_claim(struct holder *h, struct client *c)
{
	struct ucred who = { .uid = (uid_t)-1 };
	socklen_t len = sizeof who;

	if (getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0 || who.uid != geteuid()) {
		log_error("a process of another user wants to be the spooler: refused");
		return;
	}
	if (h->spooler != NULL && h->spooler != c)
		h->spooler = NULL; /* hears nothing more; its end is seen by its pidfd */
	if (h->heir != NULL && h->heir->pid != c->pid)
		end_heir(h->heir);
	h->heir = c;
	proceed(h);
}

void lease_lost(struct holder *h, struct client *c)
{
	if (h->heir == c)
		h->heir = NULL;
	if (h->spooler == c) {
		h->spooler = NULL;
		h->absent_since = clock_mono();
		serve_arm(h);
		log_warn("the spooler's connection has gone");
	}
}
