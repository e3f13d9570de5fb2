/* SPDX-License-Identifier: Apache-2.0 */
#include "live/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "live/hub.h"
#include "live/news.h"
#include "live/render.h"
#include "store/live_store.h"

#define SWEEP_EVERY  (10 * USEC_PER_SEC)
#define CALLERS_EVERY (3 * USEC_PER_SEC) /* revoked sessions are closed within 5 s */
#define LATE_SEQ     64 /* a transaction may commit after one with a larger seq */

struct feed {
	struct gateway *gw;
	struct news *news;
	struct loop_timer *sweep, *callers;
	int64_t seq; /* largest seen */
	bool reading, again, sweeping, sweep_again, fresh;
	char (*asked)[EIO_SID_SIZE]; /* sockets of the question under way */
	int asked_len;
};

/* ---- live values ---- */

static void read_values(struct feed *f);

static size_t without_time(const struct buf *b)
{
	const char *text = buf_str(b), *p = NULL, *q = text;

	while ((q = strstr(q, ",\"timestamp\":")) != NULL)
		p = q++;
	return p == NULL ? b->size : (size_t)(p - text);
}

static bool same_value(const struct buf *a, const struct buf *b)
{
	size_t n = without_time(a);

	return n == without_time(b) && (n == 0 || memcmp(a->bytes, b->bytes, n) == 0);
}

static void page_changed(struct feed *f, const char *org, const char *part, const char *printer)
{
	struct buf b = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &b);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "part", part);
	sink_int(&js.sink, "version", f->seq);
	sink_text(&js.sink, "printerId", printer);
	sink_end_object(&js.sink);
	hub_to_org(f->gw->hub, org, "page:changed", buf_str(&b));
	buf_fini(&b);
}

static void take_printer(struct feed *f, const struct pg_result *r, int row)
{
	struct board *b = hub_board(f->gw->hub);
	struct printer *p = board_printer(b, pg_get(r, row, "_organization_id"),
	    pg_get(r, row, "printerId"));
	int64_t seq = pg_get_int(r, row, "_seq");
	const char *look = pg_get(r, row, "_look");
	bool reported = seq != p->seq || p->text[VALUE_STATUS].size == 0;
	struct rendered now;

	p->sweep = b->sweep;
	p->gone = false;
	p->is_default = pg_get_bool(r, row, "_is_default");
	if (!reported && !f->sweeping)
		return;
	p->seq = seq;
	f->seq = seq > f->seq ? seq : f->seq;
	render_printer(&f->gw->tickets, r, row, &now);
	for (int v = 0; v < VALUE_COUNT; v++) {
		bool same = same_value(&p->text[v], &now.text[v]);

		board_put(p, (enum value)v, &now.text[v], &now.demo[v]);
		p->changed[v] |= !same || (reported && v != VALUE_POSITION) ||
		    (f->sweeping && v == VALUE_STATUS);
	}
	rendered_fini(&now);
	if (p->look[0] != '\0' && strncmp(p->look, look, sizeof p->look - 1) != 0) {
		page_changed(f, p->org->id, "printer", p->id);
		page_changed(f, p->org->id, "fleet", p->id);
	}
	snprintf(p->look, sizeof p->look, "%s", look);
	hub_publish(f->gw->hub, p);
}

static void on_values(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct feed *f = ctx;

	f->reading = false;
	if (rc != E_OK) {
		f->sweeping = false;
		f->fresh = false;
		if (rc != E_UNAVAILABLE)
			log_err(e, "reading live values");
		return;
	}
	for (int i = 0; i < pg_len(r); i++)
		take_printer(f, r, i);
	if (f->sweeping) {
		f->sweeping = false;
		f->fresh = true;
		board_sweep_end(hub_board(f->gw->hub));
		hub_fresh(f->gw->hub);
	}
	if (f->again || f->sweep_again)
		read_values(f);
}

static void read_values(struct feed *f)
{
	int64_t after = f->seq > LATE_SEQ ? f->seq - LATE_SEQ : 0;

	if (f->reading) {
		f->again = true;
		return;
	}
	f->reading = true;
	f->again = false;
	f->sweeping = f->sweep_again;
	f->sweep_again = false;
	if (f->sweeping) {
		hub_board(f->gw->hub)->sweep++;
		after = -1;
	}
	live_store_status(f->gw->db, after, on_values, f);
}

static void sweep(struct feed *f)
{
	f->sweep_again = true;
	read_values(f);
}

static void on_sweep(void *ctx)
{
	struct feed *f = ctx;

	loop_timer_at(f->sweep, loop_now(f->gw->loop) + SWEEP_EVERY);
	if (pg_async_is_up(f->gw->db))
		sweep(f);
}

void feed_wake(struct feed *f)
{
	if (!f->fresh)
		sweep(f);
}

bool feed_is_fresh(const struct feed *f)
{
	return f->fresh;
}

/* ---- callers ---- */

static void on_callers(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct feed *f = ctx;

	if (rc != E_OK && rc != E_UNAVAILABLE)
		log_err(e, "checking the sockets' sessions");
	for (int i = 0; rc == E_OK && i < pg_len(r); i++) {
		int64_t n = pg_get_int(r, i, "n") - 1;
		const char *role = pg_get(r, i, "role");
		struct client *c = hub_find(f->gw->hub, f->asked[n]);

		if (c == NULL || c->ended)
			continue;
		if (role == NULL)
			client_close(c, "session revoked", true);
		else
			c->who.role = role_parse(role);
	}
	free(f->asked);
	f->asked = NULL;
}

static void on_callers_due(void *ctx)
{
	struct feed *f = ctx;
	struct live_store_callers all = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT };
	int n = hub_active(f->gw->hub);

	loop_timer_at(f->callers, loop_now(f->gw->loop) + CALLERS_EVERY);
	if (n == 0 || f->asked != NULL || !pg_async_is_up(f->gw->db))
		return;
	f->asked = calloc((size_t)n, sizeof *f->asked);
	if (f->asked == NULL)
		abort();
	f->asked_len = 0;
	for (struct client *c = hub_next(f->gw->hub, NULL); c != NULL; c = hub_next(f->gw->hub, c)) {
		struct live_store_claim who = { c->who.user, c->who.session, c->who.org };

		if (c->who.demo)
			continue;
		memcpy(f->asked[f->asked_len++], c->sid, EIO_SID_SIZE);
		live_store_callers_add(&all, &who, role_name(c->who.role));
	}
	if (f->asked_len > 0) {
		live_store_callers(f->gw->db, &all, on_callers, f);
	} else {
		free(f->asked);
		f->asked = NULL;
	}
	live_store_callers_fini(&all);
}

/* ---- wake-ups ---- */

void feed_up(struct feed *f, bool up)
{
	if (up) {
		log_info("database connected");
		sweep(f);
	} else {
		log_warn("database away");
		f->fresh = false;
	}
	news_up(f->news, up);
}

static const struct printer *find_anywhere(struct feed *f, const char *id)
{
	const struct printer *p;

	for (struct org *o = hub_board(f->gw->hub)->orgs; o != NULL; o = o->next)
		if ((p = board_find(o, id)) != NULL)
			return p;
	return NULL;
}

static void tell_pages(struct feed *f, const char *printer, const char *part)
{
	const struct printer *p = *printer == '\0' ? NULL : find_anywhere(f, printer);

	if (p != NULL)
		page_changed(f, p->org->id, part, p->id);
}

void feed_notify(struct feed *f, const char *topic, const char *rest)
{
	if (strcmp(topic, "live") == 0 && strcmp(rest, "event") == 0) {
		news_read(f->news);
	} else if (strcmp(topic, "live") == 0) {
		/* Nobody looks: the next reader gets a sweep instead of a thousand updates. */
		if (hub_active(f->gw->hub) > 0)
			read_values(f);
		else
			f->fresh = false;
	} else if (strcmp(topic, "session") == 0) {
		hub_revoke(f->gw->hub, rest);
	} else if (strcmp(topic, "config") == 0) {
		sweep(f);
	} else if (strcmp(topic, "job") == 0) {
		tell_pages(f, rest, "jobs");
		tell_pages(f, rest, "queue");
		tell_pages(f, rest, "printer");
	} else if (strcmp(topic, "queue") == 0) {
		page_changed(f, rest, "jobs", NULL);
		page_changed(f, rest, "queue", NULL);
	} else if (strcmp(topic, "command") == 0) {
		tell_pages(f, rest, "terminal");
	}
}

/* ---- life ---- */

struct feed *feed_new(struct gateway *gw)
{
	struct feed *f = calloc(1, sizeof *f);

	if (f == NULL)
		abort();
	f->gw = gw;
	f->news = news_new(gw);
	f->sweep = loop_timer_new(gw->loop, on_sweep, f);
	f->callers = loop_timer_new(gw->loop, on_callers_due, f);
	loop_timer_at(f->sweep, loop_now(gw->loop) + SWEEP_EVERY);
	loop_timer_at(f->callers, loop_now(gw->loop) + CALLERS_EVERY);
	return f;
}

void feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	news_free(f->news);
	loop_timer_free(f->sweep);
	loop_timer_free(f->callers);
	free(f->asked);
	free(f);
}
