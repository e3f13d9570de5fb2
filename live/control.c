/* SPDX-License-Identifier: Apache-2.0 */
#include "live/control.h"

#include <stdlib.h>
#include <string.h>

#include "live/events.h"
#include "live/hub.h"

#define TOKEN_LIFE   (30 * USEC_PER_SEC)
#define ACTION_WAIT  (15 * USEC_PER_SEC)
#define COMMAND_WAIT (35 * USEC_PER_SEC)

static const struct action {
	const char *event, *name, *path;
	bool command;
} actions[] = {
	{ "control:pause", "pause", "/api/printer/pause", false },
	{ "control:resume", "resume", "/api/printer/resume", false },
	{ "control:stop", "stop", "/api/printer/cancel", false },
	{ "control:emergency", "emergency", "/api/printer/emergency-stop", false },
	{ "control:command", "command", "/api/printer/command", true },
};

struct request {
	struct gateway *gw;
	const struct action *action;
	char sid[EIO_SID_SIZE];
	bool has_id;
	int64_t id;
	char *gcode;
};

static void free_request(struct request *rq)
{
	free(rq->gcode);
	free(rq);
}

/* ---- the answer ---- */

static void print_error(struct sink *s, const char *code, const char *message)
{
	sink_begin_object(s, "error");
	sink_text(s, "code", code);
	sink_text(s, "message", message);
	sink_end_object(s);
}

static void print_response(struct buf *out, const struct action *a, const char *code,
    const char *message)
{
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "action", a->name);
	sink_bool(&js.sink, "success", code == NULL);
	if (code != NULL)
		print_error(&js.sink, code, message);
	sink_end_object(&js.sink);
}

static void failed(struct client *c, const struct request *rq, const char *code,
    const char *message)
{
	struct sio_event ev = { .has_id = rq->has_id, .id = rq->id };
	struct buf b = BUF_INIT;

	events_fail(c, &ev, code, message);
	print_response(&b, rq->action, code, message);
	client_send(c, "control:response", buf_str(&b));
	buf_fini(&b);
}

static void succeeded(struct client *c, const struct request *rq, struct arena *a,
    const struct jval *data)
{
	struct buf b = BUF_INIT;
	struct json_sink js;

	if (rq->has_id) {
		buf_printf(&b, "{\"success\":true,\"data\":%s}", data == NULL ? "null"
									      : jval_print(a, data));
		client_ack(c, rq->id, buf_str(&b));
		buf_clear(&b);
	}
	if (rq->action->command) {
		json_sink_init(&js, &b);
		sink_begin_object(&js.sink, NULL);
		sink_text(&js.sink, "gcode", rq->gcode);
		sink_text(&js.sink, "response", jval_text(jval_get(data, "response"), NULL));
		sink_end_object(&js.sink);
		client_send(c, "command:response", buf_str(&b));
		buf_clear(&b);
	}
	print_response(&b, rq->action, NULL, NULL);
	client_send(c, "control:response", buf_str(&b));
	buf_fini(&b);
}

static void on_answer(void *ctx, const struct http_answer *an)
{
	struct request *rq = ctx;
	struct client *c = hub_find(rq->gw->hub, rq->sid);
	struct arena *a = arena_new(0);
	const struct jval *body, *error;
	const char *code, *message;

	if (c == NULL || c->ended) {
		arena_free(a);
		free_request(rq);
		return;
	}
	if (an->rc != E_OK || jval_parse(a, an->body, an->size, &body, NULL) != E_OK) {
		failed(c, rq, an->rc == E_TIMEOUT ? "COMMAND_TIMEOUT" : "SERVICE_UNAVAILABLE",
		    "The server did not answer");
	} else if (an->status >= 200 && an->status < 300) {
		succeeded(c, rq, a, jval_get(body, "data"));
	} else {
		error = jval_get(body, "error");
		code = jval_text(jval_get(error, "code"), NULL);
		message = jval_text(jval_get(error, "message"), NULL);
		failed(c, rq, code == NULL ? "INTERNAL_ERROR" : code,
		    message == NULL ? "The request failed" : message);
	}
	arena_free(a);
	free_request(rq);
}

/* ---- the request ---- */

static const char *sign(const struct client *c, struct arena *a)
{
	struct token_claims claims = { .username = c->who.username, .role = role_name(c->who.role) };
	usec_t now = clock_wall();

	memcpy(claims.subject, c->who.user, UUID_SIZE);
	memcpy(claims.session, c->who.session, UUID_SIZE);
	memcpy(claims.organization, c->who.org, UUID_SIZE);
	claims.expires = now + TOKEN_LIFE;
	return token_issue(&c->gw->keys, TOKEN_ACCESS, &claims, now, a);
}

static const char *print_body(struct arena *a, const char *gcode, const struct jval *arg)
{
	struct buf b = BUF_INIT;
	struct json_sink js;
	const char *text;

	if (gcode == NULL)
		return "{}";
	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "command", gcode);
	if (jval_has(arg, "wait"))
		sink_bool(&js.sink, "wait", jval_bool(jval_get(arg, "wait")));
	sink_end_object(&js.sink);
	text = arena_strn(a, b.bytes, b.size);
	buf_fini(&b);
	return text;
}

static void send(struct client *c, struct arena *a, const struct action *act,
    const struct sio_event *ev, const struct jval *arg)
{
	const char *printer = jval_text(jval_get(arg, "printerId"), NULL);
	const char *gcode = act->command ? jval_text(jval_get(arg, "command"), NULL) : NULL;
	struct http_request http = { .method = "POST",
		.timeout = act->command ? COMMAND_WAIT : ACTION_WAIT };
	struct request *rq;
	char id[UUID_SIZE];

	if (act->command && gcode == NULL)
		gcode = jval_text(jval_get(arg, "gcode"), NULL);
	if ((act->command && gcode == NULL) || (printer != NULL && !uuid_canon(printer, id))) {
		events_fail(c, ev, "VALIDATION_ERROR",
		    printer != NULL ? "printerId is not an id" : "command must be text");
		return;
	}
	http.url = arena_printf(a, "%s%s%s%s", c->gw->api_url, act->path,
	    printer == NULL ? "" : "?printerId=", printer == NULL ? "" : id);
	http.bearer = sign(c, a);
	http.body = print_body(a, gcode, arg);
	rq = calloc(1, sizeof *rq);
	if (rq == NULL)
		abort();
	*rq = (struct request){ .gw = c->gw, .action = act, .has_id = ev->has_id, .id = ev->id,
		.gcode = gcode == NULL ? NULL : strdup(gcode) };
	memcpy(rq->sid, c->sid, sizeof rq->sid);
	http_send(c->gw->http, &http, on_answer, rq);
}

void control_take(struct client *c, struct arena *a, const struct sio_event *ev)
{
	const struct jval *arg;

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
		if (strcmp(ev->name, actions[i].event) != 0)
			continue;
		if (c->who.demo || !role_at_least(c->who.role, ROLE_OPERATOR))
			events_fail(c, ev, "FORBIDDEN", "Insufficient permissions");
		else if (events_object(c, ev, &arg))
			send(c, a, &actions[i], ev, arg);
		return;
	}
}
