/* SPDX-License-Identifier: Apache-2.0 */
#include "live/relay.h"

#include <math.h>
#include <string.h>

#include "live/events.h"
#include "live/hub.h"

#define MAX_UPLOAD_ID 100

static const char *upload_id(const struct jval *arg)
{
	size_t len = 0;
	const char *id = jval_text(jval_get(arg, "uploadId"), &len);

	return len > 0 && len <= MAX_UPLOAD_ID ? id : NULL;
}

static void ready(struct client *c, const struct jval *arg)
{
	char made[UUID_SIZE];
	const char *id = upload_id(arg);
	struct buf b = BUF_INIT;
	struct json_sink js;

	if (id == NULL) {
		uuid_new(made);
		id = made;
	}
	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "uploadId", id);
	sink_end_object(&js.sink);
	client_send(c, "file:upload:ready", buf_str(&b));
	buf_fini(&b);
}

static double number(const struct jval *arg, const char *name, double otherwise)
{
	const struct jval *v = jval_get(arg, name);

	return jval_is_number(v) ? jval_real(v) : otherwise;
}

/* The four members of the wire, numbers only: nothing a client sends is passed on unread. */
static void progress(struct client *c, const struct sio_event *ev, const struct jval *arg,
    bool done)
{
	const char *id = upload_id(arg);
	double loaded = number(arg, "loaded", NAN), total = number(arg, "total", NAN);
	double percent = done ? 100 : number(arg, "percentage",
	    total > 0 && loaded >= 0 ? 100 * loaded / total : NAN);
	struct buf b = BUF_INIT;
	struct json_sink js;

	if (id == NULL || isnan(percent)) {
		events_fail(c, ev, "VALIDATION_ERROR", "uploadId and a progress are expected");
		return;
	}
	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "uploadId", id);
	sink_real(&js.sink, "loaded", loaded);
	sink_real(&js.sink, "total", total);
	sink_real(&js.sink, "percentage", percent < 0 ? 0 : percent > 100 ? 100 : percent);
	sink_end_object(&js.sink);
	hub_to_user(c->gw->hub, c->who.user, c, "file:upload:progress", buf_str(&b));
	buf_fini(&b);
}

void relay_take(struct client *c, const struct sio_event *ev)
{
	const char *what = ev->name + strlen("file:upload:");
	const struct jval *arg;

	if (c->who.demo) {
		events_fail(c, ev, "FORBIDDEN", "Insufficient permissions");
		return;
	}
	if (!events_object(c, ev, &arg))
		return;
	if (strcmp(what, "start") == 0)
		ready(c, arg);
	else if (strcmp(what, "progress") == 0)
		progress(c, ev, arg, false);
	else if (strcmp(what, "complete") == 0)
		progress(c, ev, arg, true);
}
