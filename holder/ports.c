/* SPDX-License-Identifier: Apache-2.0 */
#include "holder/ports.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/log.h"

struct port *ports_find(struct ports *p, const char *name)
{
	for (size_t i = 0; i < p->len; i++)
		if (strcmp(p->list[i]->name, name) == 0)
			return p->list[i];
	return NULL;
}

static void *grown(void *list, size_t len, size_t size)
{
	list = realloc(list, (len + 1) * size);
	if (list == NULL)
		abort();
	return list;
}

struct port *ports_get(struct ports *p, const char *name)
{
	struct port *port = ports_find(p, name);

	if (port != NULL)
		return port;
	p->list = grown(p->list, p->len, sizeof(struct port *));
	port = calloc(1, sizeof *port);
	if (port == NULL)
		abort();
	snprintf(port->name, sizeof port->name, "%s", name);
	port->fd = -1;
	port->dtr_up_at = port->reopen_at = USEC_NEVER;
	p->list[p->len++] = port;
	return port;
}

void ports_close(struct port *port)
{
	if (port->fd >= 0)
		close(port->fd);
	port->fd = -1;
	port->turn++;
	port->state = PORT_CLOSED;
	port->dtr_up_at = port->reopen_at = USEC_NEVER;
}

void ports_drop(struct ports *p, struct port *port)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->list[i] == port) {
			p->list[i] = p->list[--p->len];
			break;
		}
	ports_close(port);
	free(port);
}

void ports_fini(struct ports *p)
{
	while (p->len > 0)
		ports_drop(p, p->list[0]);
	free(p->list);
	free(p->aliases);
	*p = (struct ports){ .list = NULL };
}

void ports_alias(struct ports *p, const char *word, const char *name)
{
	size_t i = 0;

	while (i < p->aliases_len && strcmp(p->aliases[i].word, word) != 0)
		i++;
	if (strcmp(name, "-") == 0) {
		if (i < p->aliases_len)
			p->aliases[i] = p->aliases[--p->aliases_len];
		return;
	}
	if (i == p->aliases_len)
		p->aliases = grown(p->aliases, p->aliases_len++, sizeof *p->aliases);
	snprintf(p->aliases[i].word, sizeof p->aliases[i].word, "%s", word);
	snprintf(p->aliases[i].port, sizeof p->aliases[i].port, "%s", name);
}

struct port *ports_stop_target(struct ports *p, const char *word, bool *known)
{
	struct port *port = ports_find(p, word);

	*known = port != NULL;
	for (size_t i = 0; port == NULL && i < p->aliases_len; i++)
		if (strcmp(p->aliases[i].word, word) == 0) {
			*known = true;
			port = ports_find(p, p->aliases[i].port);
		}
	return port;
}

static bool write_all(int fd, const char *bytes, size_t size, int wait_msec)
{
	while (size > 0) {
		struct pollfd room = { .fd = fd, .events = POLLOUT };
		ssize_t n = write(fd, bytes, size);

		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
			return false; /* hung up: poll would call it writable for ever */
		} else if (poll(&room, 1, wait_msec) <= 0 || (room.revents & POLLOUT) == 0) {
			return false;
		}
	}
	return true;
}

bool ports_write_will(struct port *port)
{
	if (port->state != PORT_OPEN || port->willed || port->will_size == 0)
		return false;
	port->willed = true; /* even a part of it must stop the next spooler from going on */
	if (!write_all(port->fd, port->will, port->will_size, 200)) {
		log_error("the last will of %s could not be written", port->name);
		return false;
	}
	log_warn("the last will of %s was written", port->name);
	return true;
}

bool ports_write_stop(struct port *port)
{
	static const char stop[] = "\nM112\n";

	if (port->state != PORT_OPEN)
		return false;
	port->willed = true;
	if (write(port->fd, stop, sizeof stop - 1) == (ssize_t)sizeof stop - 1)
		return true;
	tcflush(port->fd, TCOFLUSH); /* a port full of lines: none of them shall come before */
	return write_all(port->fd, stop, sizeof stop - 1, 100);
}
