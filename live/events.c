/* SPDX-License-Identifier: Apache-2.0 */
#include "live/events.h"

#include <stdlib.h>
#include <string.h>

#include "live/board.h"
#include "live/control.h"
#include "live/hub.h"
#include "live/relay.h"

#define LOOK_NONE ((enum look)0)

static void confirm(struct client *c, const struct sio_event *ev)
{
	if (ev->has_id)
		client_ack(c, ev->id, "{\"success\":true}");
}

void events_fail(struct client *c, const struct sio_event *ev, const char *code,
    const char *message)
{
	struct buf b = BUF_INIT;
	struct json_sink js;

	client_error(c, code, message);
	if (!ev->has_id)
		return;
	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_bool(&js.sink, "success", false);
	sink_begin_object(&js.sink, "error");
	sink_text(&js.sink, "code", code);
	sink_text(&js.sink, "message", message);
	sink_end_object(&js.sink);
	sink_end_object(&js.sink);
	client_ack(c, ev->id, buf_str(&b));
	buf_fini(&b);
}

bool events_object(struct client *c, const struct sio_event *ev, const struct jval **out)
{
	*out = jval_at(ev->args, 1);
	if (jval_type(*out) == JSON_OBJECT || jval_type(*out) == JSON_NULL)
		return true;
	events_fail(c, ev, "VALIDATION_ERROR", "An object is expected");
	return false;
}

static struct watch *watch_of(struct client *c, const struct printer *p)
{
	for (unsigned i = 0; i < c->watches_len; i++)
		if (c->watches[i].printer == p)
			return &c->watches[i];
	if (c->watches_len == CLIENT_MAX_SUBS)
		return NULL;
	c->watches = realloc(c->watches, (c->watches_len + 1) * sizeof *c->watches);
	if (c->watches == NULL)
		abort();
	c->watches[c->watches_len] = (struct watch){ .printer = p };
	return &c->watches[c->watches_len++];
}

/* No printerId: the default printer only, so that a client that knows one printer never sees two
 * mixed. "all": every printer of the organisation (ours, for pages that show them all). */
static void subscribe(struct client *c, const struct sio_event *ev, enum look look)
{
	const struct jval *arg;
	const char *id;
	struct printer *p;
	struct watch *w;

	if (!events_object(c, ev, &arg))
		return;
	id = jval_text(jval_get(arg, "printerId"), NULL);
	if (id == NULL && jval_type(jval_get(arg, "printerId")) != JSON_NULL) {
		events_fail(c, ev, "VALIDATION_ERROR", "printerId must be text");
		return;
	}
	if (id == NULL) {
		c->looks_default |= look;
	} else if (strcmp(id, "all") == 0 && !c->who.demo) {
		c->looks_all |= look;
	} else {
		p = board_find(c->org, id);
		if (p == NULL || (c->who.demo && !p->is_default)) {
			events_fail(c, ev, "NOT_FOUND", "Printer not found");
			return;
		}
		w = watch_of(c, p);
		if (w == NULL) {
			events_fail(c, ev, "VALIDATION_ERROR", "Too many printers");
			return;
		}
		w->looks |= look;
	}
	confirm(c, ev);
	hub_current(c->gw->hub, c, id, look);
}

static void unsubscribe(struct client *c, const struct sio_event *ev, enum look look)
{
	const struct jval *arg;
	const char *id;
	unsigned kept = 0;

	if (!events_object(c, ev, &arg))
		return;
	id = jval_text(jval_get(arg, "printerId"), NULL);
	if (id == NULL || strcmp(id, "all") == 0)
		c->looks_all &= ~(unsigned)look;
	if (id == NULL)
		c->looks_default &= ~(unsigned)look;
	for (unsigned i = 0; i < c->watches_len; i++) {
		struct watch w = c->watches[i];

		if (id == NULL || strcmp(w.printer->id, id) == 0)
			w.looks &= ~(unsigned)look;
		if (w.looks != 0)
			c->watches[kept++] = w;
	}
	c->watches_len = kept;
	confirm(c, ev);
}

static void camera(struct client *c, const struct sio_event *ev, enum look look)
{
	(void)look;
	events_fail(c, ev, "NOT_FOUND", "No camera stream is available");
}

static void acknowledge(struct client *c, const struct sio_event *ev, enum look look)
{
	(void)look;
	confirm(c, ev);
}

static const struct {
	const char *name;
	void (*take)(struct client *c, const struct sio_event *ev, enum look look);
	enum look look;
} table[] = {
	{ "subscribe:status", subscribe, LOOK_STATUS },
	{ "subscribe:temperature", subscribe, LOOK_TEMPERATURE },
	{ "subscribe:progress", acknowledge, LOOK_NONE },
	{ "subscribe:camera", camera, LOOK_NONE },
	{ "unsubscribe:status", unsubscribe, LOOK_STATUS },
	{ "unsubscribe:temperature", unsubscribe, LOOK_TEMPERATURE },
	{ "unsubscribe:camera", acknowledge, LOOK_NONE },
	{ "activity", acknowledge, LOOK_NONE },
};

void events_take(struct client *c, struct arena *a, const struct sio_event *ev)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(ev->name, table[i].name) == 0) {
			table[i].take(c, ev, table[i].look);
			return;
		}
	if (strncmp(ev->name, "control:", 8) == 0)
		control_take(c, a, ev);
	else if (strncmp(ev->name, "file:upload:", 12) == 0)
		relay_take(c, ev);
}
