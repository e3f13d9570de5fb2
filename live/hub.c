/* SPDX-License-Identifier: Apache-2.0 */
#include "live/hub.h"

#include <stdlib.h>
#include <string.h>

#include "live/feed.h"
#include "model/figures.h"

#define BUCKETS 1024

struct hub {
	struct gateway *gw;
	struct board board;
	struct client *clients, *dead, *to_flush;
	struct client *by_sid[BUCKETS];
	int count, active;
	struct loop_timer *turn; /* flush and reap when callbacks have returned */
	struct loop_timer *pace; /* values that had to wait */
	usec_t pace_at;
};

/* A value older than `pace` may be sent again; the key keeps only the newest in slow queues. */
static const struct kind {
	const char *event;
	usec_t pace;
	enum look look; /* 0: everybody of the organisation */
} kinds[VALUE_COUNT] = {
	[VALUE_STATUS] = { "status:update", 480 * USEC_PER_MSEC, LOOK_STATUS },
	[VALUE_TEMPERATURE] = { "temperature:update", 480 * USEC_PER_MSEC, LOOK_TEMPERATURE },
	[VALUE_POSITION] = { "position:update", 480 * USEC_PER_MSEC, LOOK_STATUS },
	[VALUE_PROGRESS] = { "progress:update", 980 * USEC_PER_MSEC, 0 },
};

static unsigned bucket(const char *sid)
{
	unsigned n = 5381;

	for (; *sid != '\0'; sid++)
		n = n * 33 + (unsigned char)*sid;
	return n % BUCKETS;
}

/* ---- members ---- */

static void count(const struct hub *h)
{
	metrics_set(&figure_sockets, NULL, h->active);
}

static void on_turn(void *ctx)
{
	struct hub *h = ctx;
	struct client *c;

	while ((c = h->to_flush) != NULL) {
		h->to_flush = c->next_flush;
		c->next_flush = NULL;
		c->flushing = false;
		if (!c->ended)
			client_flush(c);
	}
	while ((c = h->dead) != NULL) {
		h->dead = c->next;
		client_free(c);
	}
}

static void turn_soon(struct hub *h)
{
	loop_timer_at(h->turn, loop_now(h->gw->loop));
}

bool hub_has_room(const struct hub *h, const char *address)
{
	int same = 0;

	if (h->count >= h->gw->max_clients)
		return false;
	for (const struct client *c = h->clients; c != NULL; c = c->next)
		if (strcmp(c->handshake.address, address) == 0)
			same++;
	return same < h->gw->max_per_address;
}

void hub_add(struct hub *h, struct client *c)
{
	unsigned b = bucket(c->sid);

	c->next_by_sid = h->by_sid[b];
	h->by_sid[b] = c;
	c->prev = NULL;
	c->next = h->clients;
	if (c->next != NULL)
		c->next->prev = c;
	h->clients = c;
	h->count++;
}

struct client *hub_find(const struct hub *h, const char *sid)
{
	struct client *c;

	for (c = h->by_sid[bucket(sid)]; c != NULL; c = c->next_by_sid)
		if (strcmp(c->sid, sid) == 0)
			return c;
	return NULL;
}

void hub_ended(struct hub *h, struct client *c)
{
	struct client **p;

	for (p = &h->by_sid[bucket(c->sid)]; *p != NULL; p = &(*p)->next_by_sid)
		if (*p == c) {
			*p = c->next_by_sid;
			break;
		}
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		h->clients = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	h->count--;
	if (c->admitted) {
		h->active--;
		count(h);
	}
	c->next = h->dead;
	h->dead = c;
	turn_soon(h);
}

void hub_need_flush(struct hub *h, struct client *c)
{
	if (c->flushing || c->ended)
		return;
	c->flushing = true;
	c->next_flush = h->to_flush;
	h->to_flush = c;
	turn_soon(h);
}

void hub_close_all(struct hub *h, const char *reason)
{
	while (h->clients != NULL)
		client_close(h->clients, reason, false);
}

int hub_active(const struct hub *h)
{
	return h->active;
}

struct client *hub_next(const struct hub *h, const struct client *c)
{
	struct client *n = c == NULL ? h->clients : c->next;

	while (n != NULL && !n->admitted)
		n = n->next;
	return n;
}

int hub_sockets_of(const struct hub *h, const char *user)
{
	int n = 0;

	for (const struct client *c = hub_next(h, NULL); c != NULL; c = hub_next(h, c))
		n += strcmp(c->who.user, user) == 0;
	return n;
}

void hub_revoke(struct hub *h, const char *id)
{
	struct client *c, *next;

	for (c = hub_next(h, NULL); c != NULL; c = next) {
		next = hub_next(h, c);
		if (strcmp(c->who.session, id) == 0 || strcmp(c->who.user, id) == 0)
			client_close(c, "session revoked", true);
	}
}

/* ---- rooms ---- */

void hub_joined(struct hub *h, struct client *c)
{
	c->org = board_org(&h->board, c->who.org);
	h->active++;
	count(h);
	if (h->active == 1)
		feed_wake(h->gw->feed);
}

static struct frame *event_frame(const char *event, const char *json, size_t size, uint64_t key)
{
	struct buf b = BUF_INIT;
	struct frame *f;

	sio_open_event(&b, event);
	buf_append(&b, json, size);
	sio_close_list(&b);
	f = frame_new(b.bytes, b.size, key);
	buf_fini(&b);
	return f;
}

void hub_to_org(struct hub *h, const char *org, const char *event, const char *json)
{
	struct frame *f = event_frame(event, json, strlen(json), 0);

	for (struct client *c = hub_next(h, NULL); c != NULL; c = hub_next(h, c))
		if (!c->who.demo && (org == NULL || strcmp(c->who.org, org) == 0))
			client_push(c, f);
	frame_drop(f);
}

void hub_to_user(struct hub *h, const char *user, const struct client *except, const char *event,
    const char *json)
{
	struct frame *f = event_frame(event, json, strlen(json), 0);

	for (struct client *c = hub_next(h, NULL); c != NULL; c = hub_next(h, c))
		if (c != except && !c->who.demo && strcmp(c->who.user, user) == 0)
			client_push(c, f);
	frame_drop(f);
}

static bool sees(const struct client *c, const struct printer *p, const struct kind *k)
{
	if (c->org != p->org)
		return false;
	return k->look == 0 || client_looks(c, p, k->look);
}

static void send_value(struct hub *h, struct printer *p, enum value v)
{
	const struct kind *k = &kinds[v];
	const struct buf *demo = p->demo[v].size > 0 ? &p->demo[v] : &p->text[v];
	uint64_t key = (uint64_t)p->number << 8 | (v + 1);
	struct frame *full = NULL, *reduced = NULL;

	for (struct client *c = hub_next(h, NULL); c != NULL; c = hub_next(h, c)) {
		struct frame **f = c->who.demo ? &reduced : &full;
		const struct buf *text = c->who.demo ? demo : &p->text[v];

		if (!sees(c, p, k))
			continue;
		if (*f == NULL)
			*f = event_frame(k->event, text->bytes, text->size, key);
		client_push(c, *f);
	}
	frame_drop(full);
	frame_drop(reduced);
}

/* Sends what is due; the time of the next value that has to wait. */
static usec_t publish(struct hub *h, struct printer *p, usec_t now)
{
	usec_t next = USEC_NEVER;

	for (int v = 0; v < VALUE_COUNT; v++) {
		usec_t at = p->sent_at[v] == 0 ? now : p->sent_at[v] + kinds[v].pace;

		if (!p->changed[v] || p->text[v].size == 0)
			continue;
		if (at > now) {
			next = at < next ? at : next;
			continue;
		}
		p->changed[v] = false;
		p->sent_at[v] = now;
		send_value(h, p, (enum value)v);
	}
	return next;
}

static void on_pace(void *ctx)
{
	struct hub *h = ctx;
	usec_t now = loop_now(h->gw->loop), next = USEC_NEVER;

	for (struct org *o = h->board.orgs; o != NULL; o = o->next)
		for (struct printer *p = o->printers; p != NULL; p = p->next) {
			usec_t at = publish(h, p, now);

			next = at < next ? at : next;
		}
	h->pace_at = next;
	loop_timer_at(h->pace, next);
}

void hub_publish(struct hub *h, struct printer *p)
{
	usec_t at = publish(h, p, loop_now(h->gw->loop));

	if (at < h->pace_at) { /* one timer for all: what waits goes out together */
		h->pace_at = at;
		loop_timer_at(h->pace, at);
	}
}

static void send_current(struct client *c, const struct printer *p, enum value v,
    const char *first)
{
	const struct buf *text = c->who.demo && p->demo[v].size > 0 ? &p->demo[v] : &p->text[v];

	if (text->size == 0)
		return;
	client_send(c, first, buf_str(text));
	client_send(c, kinds[v].event, buf_str(text));
}

static void send_looked(struct client *c, const struct printer *p, unsigned looks)
{
	if (p->gone)
		return;
	if ((looks & LOOK_STATUS) && client_looks(c, p, LOOK_STATUS))
		send_current(c, p, VALUE_STATUS, "status:current");
	if ((looks & LOOK_TEMPERATURE) && client_looks(c, p, LOOK_TEMPERATURE))
		send_current(c, p, VALUE_TEMPERATURE, "temperature:current");
}

static void send_all_looked(struct client *c, unsigned looks)
{
	for (const struct printer *p = c->org->printers; p != NULL; p = p->next)
		send_looked(c, p, looks);
}

void hub_current(struct hub *h, struct client *c, const char *printer, enum look look)
{
	const struct printer *p;

	if (!feed_is_fresh(h->gw->feed)) {
		c->looks_asked |= look;
	} else if (printer != NULL && strcmp(printer, "all") == 0) {
		send_all_looked(c, look);
	} else {
		p = board_find(c->org, printer);
		if (p != NULL)
			send_looked(c, p, look);
	}
}

void hub_fresh(struct hub *h)
{
	for (struct client *c = hub_next(h, NULL); c != NULL; c = hub_next(h, c)) {
		unsigned asked = c->looks_asked;

		c->looks_asked = 0;
		if (asked != 0)
			send_all_looked(c, asked);
	}
}

/* ---- life ---- */

struct hub *hub_new(struct gateway *gw)
{
	struct hub *h = calloc(1, sizeof *h);

	if (h == NULL)
		abort();
	h->gw = gw;
	h->pace_at = USEC_NEVER;
	h->turn = loop_timer_new(gw->loop, on_turn, h);
	h->pace = loop_timer_new(gw->loop, on_pace, h);
	count(h); /* those of a gateway that died are gone */
	return h;
}

void hub_free(struct hub *h)
{
	if (h == NULL)
		return;
	hub_close_all(h, "server shutting down");
	on_turn(h);
	board_free(&h->board);
	metrics_set(&figure_sockets, NULL, 0);
	loop_timer_free(h->turn);
	loop_timer_free(h->pace);
	free(h);
}

struct board *hub_board(struct hub *h)
{
	return &h->board;
}
