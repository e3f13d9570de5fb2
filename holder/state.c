/* SPDX-License-Identifier: Apache-2.0 */
/* SIGHUP: the same process goes on with a new program. Descriptors stay open over the exec, what
 * they are is written to a memfd, one line each. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "holder/holder.h"
#include "holder/open.h"

#define STATE_ENV "PLATEN_HOLDER_STATE"

static void inherit(int fd, bool yes)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, yes ? 0 : FD_CLOEXEC);
}

static void inherit_all(const struct holder *h, int memfd, bool yes)
{
	inherit(memfd, yes);
	inherit(h->listener, yes);
	inherit(h->own_lock, yes);
	inherit(h->lock_fd, yes);
	inherit(h->old_pidfd, yes);
	for (const struct client *c = h->clients; c != NULL; c = c->next)
		inherit(c->fd, yes); /* a stop that is under way shall have its answer */
	for (size_t i = 0; i < h->ports.len; i++)
		inherit(h->ports.list[i]->fd, yes);
}

static void print_state(const struct holder *h, struct buf *out)
{
	buf_printf(out, "held %d %d %d %d %ld %d %lld\n", h->listener, h->own_lock, h->lock_fd,
	    h->old_pidfd, (long)h->old_pid, h->spooler == NULL ? -1 : h->spooler->fd,
	    (long long)h->absent_since);
	for (const struct client *c = h->clients; c != NULL; c = c->next)
		buf_printf(out, "client %d\n", c->fd);
	for (size_t i = 0; i < h->ports.len; i++) {
		const struct port *p = h->ports.list[i];
		char will[2 * WIRE_WILL_SIZE + 1];

		hex_encode((const uint8_t *)p->will, p->will_size, will);
		if (p->state == PORT_OPEN) {
			if (p->dtr_up_at != USEC_NEVER)
				open_dtr(p->fd, true); /* the pulse ends early rather than never */
			buf_printf(out, "port %d %ld %d %s- %s %s\n", p->fd, p->baud, p->willed, will,
			    p->name, p->device);
		}
	}
	for (size_t i = 0; i < h->ports.aliases_len; i++)
		buf_printf(out, "alias %s %s\n", h->ports.aliases[i].word, h->ports.aliases[i].port);
}

void state_exec(struct holder *h, char **argv)
{
	int memfd = memfd_create("platen-holder", MFD_CLOEXEC);
	struct buf text = BUF_INIT;
	char path[512], number[16];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	char *gone;

	print_state(h, &text);
	if (memfd < 0 || len <= 0 ||
	    pwrite(memfd, text.bytes, text.size, 0) != (ssize_t)text.size) {
		log_error("cannot keep the ports over a restart: %s", strerror(errno));
		goto out;
	}
	path[len] = '\0';
	gone = strstr(path, " (deleted)"); /* an upgrade has put the new file in its place */
	if (gone != NULL && gone[10] == '\0')
		*gone = '\0';
	snprintf(number, sizeof number, "%d", memfd);
	setenv(STATE_ENV, number, 1);
	inherit_all(h, memfd, true);
	execv(path, argv);
	log_error("cannot run %s: %s", path, strerror(errno));
	inherit_all(h, memfd, false);
	unsetenv(STATE_ENV);
out:
	if (memfd >= 0)
		close(memfd);
	buf_fini(&text);
}

static void restore_port(struct holder *h, const char *line)
{
	char will[2 * WIRE_WILL_SIZE + 2], name[WIRE_ALIAS_SIZE], device[WIRE_DEVICE_SIZE];
	int fd, willed;
	long baud;
	struct port *p;

	if (sscanf(line, "port %d %ld %d %193s %95s %255[^\n]", &fd, &baud, &willed, will, name,
	    device) != 6)
		return;
	p = ports_get(&h->ports, name);
	p->fd = fd;
	p->state = PORT_OPEN;
	p->baud = baud;
	p->willed = willed != 0;
	p->will_size = (strlen(will) - 1) / 2;
	will[2 * p->will_size] = '\0';
	hex_decode(will, (uint8_t *)p->will, p->will_size);
	snprintf(p->device, sizeof p->device, "%s", device);
}

static void restore_line(struct holder *h, const char *line, int *spooler)
{
	char word[WIRE_ALIAS_SIZE], name[WIRE_ALIAS_SIZE];
	struct client *c;
	long pid;
	long long absent;
	int fd;

	if (sscanf(line, "held %d %d %d %d %ld %d %lld", &h->listener, &h->own_lock, &h->lock_fd,
	    &h->old_pidfd, &pid, spooler, &absent) == 7) {
		h->old_pid = (pid_t)pid;
		h->absent_since = absent;
	} else if (sscanf(line, "client %d", &fd) == 1) {
		c = serve_client(h, fd);
		if (fd == *spooler)
			h->spooler = c;
	} else if (sscanf(line, "alias %95s %95s", word, name) == 2) {
		ports_alias(&h->ports, word, name);
	} else {
		restore_port(h, line);
	}
}

bool state_restore(struct holder *h)
{
	const char *number = getenv(STATE_ENV);
	int spooler = -1;
	char line[1024];
	FILE *f;

	if (number == NULL)
		return false;
	f = fdopen((int)strtol(number, NULL, 10), "r");
	unsetenv(STATE_ENV);
	if (f == NULL)
		return false;
	while (fgets(line, sizeof line, f) != NULL)
		restore_line(h, line, &spooler);
	fclose(f);
	inherit_all(h, -1, false);
	log_info("going on with %zu ports", h->ports.len);
	return h->listener >= 0;
}
