/* SPDX-License-Identifier: Apache-2.0 */
/* run/spooler.sock: emergency stops, past the database and everything else (architecture.md §3.5).
 * `stop <request> <printer[@organisation]|default:organisation> <user>` -> written | offline |
 * unknown. With an organisation the printer must be its; without, the caller has checked. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "run/packet.h"
#include "spooler/shell.h"

struct caller {
	struct control *control;
	struct caller *next;
	int fd;
	struct loop_watch *watch;
};

struct control {
	struct spooler *sp;
	int listener;
	struct loop_watch *watch;
	struct caller *callers;
};

static void caller_free(struct caller *c)
{
	struct caller **at = &c->control->callers;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	loop_watch_free(c->watch);
	close(c->fd);
	free(c);
}

/* Splits text in place into exactly n words. */
static bool split(char *text, char *words[], int n)
{
	for (int i = 0; i < n; i++) {
		char *blank = strchr(text, ' ');

		words[i] = text;
		if (*text == '\0' || *text == ' ' || (blank == NULL) != (i == n - 1))
			return false;
		if (blank != NULL) {
			*blank = '\0';
			text = blank + 1;
		}
	}
	return true;
}

static const char *answer(struct spooler *sp, char *text)
{
	char *words[4], *org, id[UUID_SIZE];
	struct unit *u = NULL;

	if (!split(text, words, 4) || strcmp(words[0], "stop") != 0 || strlen(words[1]) > 63 ||
	    strlen(words[3]) > 63)
		return "unknown";
	org = strchr(words[2], '@');
	if (org != NULL)
		*org++ = '\0';
	if (strncmp(words[2], "default:", 8) == 0 && uuid_canon(words[2] + 8, id))
		u = unit_default(sp, id);
	else if (uuid_canon(words[2], id))
		u = unit_find(sp, id);
	if (u == NULL || (org != NULL && strcmp(u->row.org, org) != 0))
		return "unknown";
	return port_stop(u, words[1], words[3]) == STOP_WRITTEN ? "written" : "offline";
}

static void on_caller(void *ctx, unsigned events)
{
	struct caller *c = ctx;
	char text[PACKET_MAX];
	const char *said;
	ssize_t n = packet_recv(c->fd, text, sizeof text, NULL);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		caller_free(c);
		return;
	}
	while (n > 0 && text[n - 1] == '\n')
		text[--n] = '\0';
	said = answer(c->control->sp, text);
	if (packet_send(c->fd, said, strlen(said), -1) < 0)
		log_warn("a stop's caller did not wait for the answer: %s", strerror(errno));
}

static void on_listener(void *ctx, unsigned events)
{
	struct control *control = ctx;
	int fd;

	(void)events;
	while ((fd = packet_accept(control->listener)) >= 0) {
		struct caller *c = calloc(1, sizeof *c);

		if (c == NULL)
			abort();
		c->control = control;
		c->fd = fd;
		c->next = control->callers;
		control->callers = c;
		c->watch = loop_watch_new(control->sp->loop, fd, LOOP_READ, on_caller, c);
	}
}

struct control *control_new(struct spooler *sp)
{
	struct control *c = calloc(1, sizeof *c);
	char path[300];

	if (c == NULL)
		abort();
	snprintf(path, sizeof path, "%s/spooler.sock", sp->run_dir);
	c->sp = sp;
	c->listener = packet_listen(path);
	if (c->listener < 0) {
		log_error("%s: %s", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	c->watch = loop_watch_new(sp->loop, c->listener, LOOP_READ, on_listener, c);
	return c;
}

void control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->callers != NULL)
		caller_free(c->callers);
	loop_watch_free(c->watch);
	close(c->listener);
	free(c);
}
