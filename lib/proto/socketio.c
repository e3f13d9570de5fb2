/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/socketio.h"

#include <string.h>

#define MAX_ID_DIGITS 15 /* stays exact in a JavaScript number */

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads 1..max digits at *p; the value, or -1. */
static int64_t number(const char **p, const char *end, int max)
{
	const char *q = *p;
	int64_t n = 0;

	while (q < end && digit(*q)) {
		if (q - *p >= max)
			return -1;
		n = n * 10 + (*q++ - '0');
	}
	if (q == *p)
		return -1;
	*p = q;
	return n;
}

bool sio_parse(const char *text, size_t size, struct sio_packet *out)
{
	const char *p = text, *end = text + size, *comma;
	int64_t n;

	memset(out, 0, sizeof *out);
	out->nsp = "";
	if (size == 0 || *p < '0' || *p > '6')
		return false;
	out->type = (enum sio_type)(*p++ - '0');
	if (out->type == SIO_BINARY_EVENT || out->type == SIO_BINARY_ACK) {
		n = number(&p, end, 3);
		if (n < 0 || n > SIO_MAX_ATTACHMENTS || p == end || *p++ != '-')
			return false;
		out->attachments = (int)n;
	}
	if (p < end && *p == '/') {
		comma = memchr(p, ',', (size_t)(end - p));
		out->nsp = p;
		out->nsp_len = (size_t)((comma == NULL ? end : comma) - p);
		p = comma == NULL ? end : comma + 1;
		if (out->nsp_len == 1)
			out->nsp_len = 0;
		if (out->nsp_len > SIO_MAX_NAMESPACE)
			return false;
	}
	if (p < end && digit(*p)) {
		n = number(&p, end, MAX_ID_DIGITS);
		if (n < 0)
			return false;
		out->has_id = true;
		out->id = n;
	}
	out->data = p;
	out->size = (size_t)(end - p);
	return true;
}

void sio_init(struct sio *s, usec_t connect_by)
{
	*s = (struct sio){ .state = SIO_WAITING, .connect_by = connect_by };
}

static void violation(struct sio *s, struct sio_event *ev, const char *reason)
{
	s->state = SIO_GONE;
	ev->type = SIO_EV_CLOSE;
	ev->reason = reason;
}

static void take_connect(struct sio *s, struct arena *a, const struct sio_packet *p,
    struct sio_event *ev)
{
	if (p->has_id || (p->size > 0 && jval_parse(a, p->data, p->size, &ev->auth, NULL) != E_OK) ||
	    (p->size > 0 && jval_type(ev->auth) != JSON_OBJECT)) {
		violation(s, ev, "bad connect");
	} else if (p->nsp_len > 0) {
		ev->type = SIO_EV_STRANGER;
		ev->nsp = p->nsp;
		ev->nsp_len = p->nsp_len;
		if (++s->strangers > SIO_MAX_STRANGERS)
			violation(s, ev, "too many namespaces");
	} else if (s->state != SIO_WAITING) {
		violation(s, ev, "already connected");
	} else {
		s->state = SIO_ADMITTING;
		ev->type = SIO_EV_CONNECT;
	}
}

static void take_event(struct sio *s, struct arena *a, const struct sio_packet *p,
    struct sio_event *ev)
{
	size_t len = 0;

	if (jval_parse(a, p->data, p->size, &ev->args, NULL) != E_OK ||
	    jval_type(ev->args) != JSON_LIST || jval_len(ev->args) == 0 ||
	    (ev->name = jval_text(jval_at(ev->args, 0), &len)) == NULL) {
		violation(s, ev, "bad event");
		return;
	}
	s->attachments = p->attachments;
	ev->type = SIO_EV_EVENT;
	ev->has_id = p->has_id;
	ev->id = p->id;
}

static void take_ack(struct sio *s, struct arena *a, const struct sio_packet *p,
    struct sio_event *ev)
{
	const struct jval *list;

	if (!p->has_id || jval_parse(a, p->data, p->size, &list, NULL) != E_OK ||
	    jval_type(list) != JSON_LIST)
		violation(s, ev, "bad ack");
	s->attachments = p->attachments;
}

void sio_feed(struct sio *s, struct arena *a, const char *text, size_t size, struct sio_event *ev)
{
	struct sio_packet p;

	memset(ev, 0, sizeof *ev);
	if (s->state == SIO_GONE)
		return;
	if (s->attachments > 0 || !sio_parse(text, size, &p)) {
		violation(s, ev, "bad packet");
		return;
	}
	if (p.type != SIO_CONNECT && (s->state != SIO_CONNECTED || p.nsp_len > 0)) {
		violation(s, ev, "not connected");
		return;
	}
	switch (p.type) {
	case SIO_CONNECT:
		take_connect(s, a, &p, ev);
		return;
	case SIO_DISCONNECT:
		s->state = SIO_GONE;
		ev->type = SIO_EV_DISCONNECT;
		return;
	case SIO_EVENT:
	case SIO_BINARY_EVENT:
		take_event(s, a, &p, ev);
		return;
	case SIO_ACK:
	case SIO_BINARY_ACK:
		take_ack(s, a, &p, ev);
		return;
	case SIO_CONNECT_ERROR:
		violation(s, ev, "bad packet");
		return;
	}
}

void sio_feed_binary(struct sio *s, struct sio_event *ev)
{
	memset(ev, 0, sizeof *ev);
	if (s->state == SIO_GONE)
		return;
	if (s->attachments == 0)
		violation(s, ev, "unexpected attachment");
	else
		s->attachments--;
}

void sio_admitted(struct sio *s)
{
	if (s->state == SIO_ADMITTING)
		s->state = SIO_CONNECTED;
}

void sio_refused(struct sio *s)
{
	if (s->state == SIO_ADMITTING)
		s->state = SIO_WAITING;
}

usec_t sio_deadline(const struct sio *s)
{
	return s->state == SIO_WAITING ? s->connect_by : USEC_NEVER;
}

void sio_print_connect(struct buf *out, const char *sid)
{
	buf_printf(out, "40{\"sid\":\"%s\"}", sid);
}

void sio_print_refusal(struct buf *out, const char *nsp, size_t nsp_len, const char *message)
{
	buf_text(out, "44");
	if (nsp_len > 0) {
		buf_append(out, nsp, nsp_len);
		buf_char(out, ',');
	}
	buf_text(out, "{\"message\":");
	json_quote(out, message, strlen(message));
	buf_char(out, '}');
}

void sio_print_disconnect(struct buf *out)
{
	buf_text(out, "41");
}

void sio_open_event(struct buf *out, const char *name)
{
	buf_text(out, "42[");
	json_quote(out, name, strlen(name));
	buf_char(out, ',');
}

void sio_open_ack(struct buf *out, int64_t id)
{
	buf_printf(out, "43%lld[", (long long)id);
}

void sio_close_list(struct buf *out)
{
	buf_char(out, ']');
}
