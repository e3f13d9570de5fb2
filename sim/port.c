/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "sim/port.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static void make_parents(const char *path)
{
	char part[PATH_MAX];

	snprintf(part, sizeof part, "%s", path);
	for (char *p = strchr(part + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(part, 0755);
		*p = '/';
	}
}

/* By rename, so that whoever looks finds the old or the new device, never nothing. */
static bool link_make(const struct port *p)
{
	char temporary[PATH_MAX];

	if (!p->link)
		return true;
	make_parents(p->link);
	snprintf(temporary, sizeof temporary, "%s.new", p->link);
	unlink(temporary);
	if (symlink(p->device, temporary) < 0 || rename(temporary, p->link) < 0) {
		fprintf(stderr, "platen-sim: %s: %s\n", p->link, strerror(errno));
		return false;
	}
	return true;
}

static void link_remove(const struct port *p)
{
	char target[64];
	ssize_t size;

	if (!p->link)
		return;
	size = readlink(p->link, target, sizeof target - 1);
	if (size < 0)
		return;
	target[size] = '\0';
	/* Another simulator may have taken the name since. */
	if (strcmp(target, p->device) == 0)
		unlink(p->link);
}

static bool fail(struct port *p, const char *what)
{
	fprintf(stderr, "platen-sim: %s: %s\n", what, strerror(errno));
	port_unplug(p, -1);
	return false;
}

bool port_plug(struct port *p, int inotify)
{
	struct termios raw;

	p->master = p->slave = p->watch = -1;
	memset(&raw, 0, sizeof raw);
	cfmakeraw(&raw);
	raw.c_cflag |= CREAD | CLOCAL;
	cfsetspeed(&raw, B115200);
	if (openpty(&p->master, &p->slave, p->device, &raw, NULL) < 0)
		return fail(p, "openpty");
	fcntl(p->master, F_SETFD, FD_CLOEXEC);
	fcntl(p->slave, F_SETFD, FD_CLOEXEC);
	if (fcntl(p->master, F_SETFL, O_NONBLOCK) < 0)
		return fail(p, "fcntl");
	if (inotify >= 0)
		p->watch = inotify_add_watch(inotify, p->device, IN_OPEN | IN_CLOSE);
	if (!link_make(p))
		return fail(p, "link");
	return true;
}

void port_unplug(struct port *p, int inotify)
{
	if (p->master >= 0)
		link_remove(p);
	if (p->watch >= 0 && inotify >= 0)
		inotify_rm_watch(inotify, p->watch);
	if (p->slave >= 0)
		close(p->slave);
	if (p->master >= 0)
		close(p->master);
	p->master = p->slave = p->watch = -1;
}

void port_forget_output(struct port *p)
{
	if (p->slave >= 0)
		tcflush(p->slave, TCIFLUSH);
}
