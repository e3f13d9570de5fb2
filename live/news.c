/* SPDX-License-Identifier: Apache-2.0 */
#include "live/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jval.h"
#include "base/log.h"
#include "live/hub.h"
#include "live/render.h"
#include "store/live_store.h"

#define LATE_IDS  64 /* an id may become visible after a larger one */
#define KNOWN     512
#define LOOK_BACK (10 * USEC_PER_SEC) /* before the connection was lost */

struct item {
	struct item *next;
	char org[UUID_SIZE], user[UUID_SIZE]; /* "": none */
	char topic[64];
	char *payload;
	struct arena *arena; /* of the parsed payload while it is under way */
	const struct jval *data;
};

struct news {
	struct gateway *gw;
	struct item *first, **last;
	bool started, reading, again, busy;
	int64_t cursor;         /* largest id seen */
	int64_t seen[LATE_IDS]; /* ids near the cursor that were taken, by id % LATE_IDS */
	uint64_t known[KNOWN];  /* print:* that were sent, as hashes of job, topic, time */
	unsigned known_at;
	usec_t lost_at, born; /* wall time */
};

/* ---- what was sent ---- */

static uint64_t hash(const char *const *parts, size_t len)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		for (const char *p = parts[i] == NULL ? "" : parts[i]; ; p++) {
			h = (h ^ (unsigned char)*p) * 1099511628211u;
			if (*p == '\0')
				break;
		}
	return h;
}

/* True when this print:* event was not sent before; it counts as sent from now on. */
static bool is_new(struct news *n, const char *job, const char *topic, const char *at)
{
	const char *parts[] = { job, topic, at };
	uint64_t h = hash(parts, 3);

	for (unsigned i = 0; i < KNOWN; i++)
		if (n->known[i] == h)
			return false;
	n->known[n->known_at++ % KNOWN] = h;
	return true;
}

/* ---- one event after the other ---- */

static void step(struct news *n);

static void finish(struct news *n)
{
	struct item *it = n->first;

	n->first = it->next;
	if (n->first == NULL)
		n->last = &n->first;
	arena_free(it->arena);
	free(it->payload);
	free(it);
	n->busy = false;
}

static void emit(struct news *n, const struct item *it, const char *json)
{
	struct hub *h = n->gw->hub;

	if (it->user[0] != '\0')
		hub_to_user(h, it->user, NULL, it->topic, json);
	else
		hub_to_org(h, it->org[0] == '\0' ? NULL : it->org, it->topic, json);
}

static const char *member(const struct item *it, const char *name)
{
	return jval_text(jval_get(it->data, name), NULL);
}

static void on_job(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct news *n = ctx;
	struct item *it = n->first;
	struct render_print p = { member(it, "jobId"), member(it, "printerId"),
		member(it, "timestamp"), member(it, "reason") };
	struct buf b = BUF_INIT;

	if (rc != E_OK)
		log_err(e, "reading the job of an event");
	render_print(&n->gw->tickets, &p, rc == E_OK ? r : NULL, &b);
	emit(n, it, buf_str(&b));
	buf_fini(&b);
	finish(n);
	step(n);
}

static void on_file(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct news *n = ctx;
	struct buf b = BUF_INIT;

	if (rc != E_OK)
		log_err(e, "reading the file of an event");
	if (rc == E_OK && pg_len(r) > 0) {
		render_row(&n->gw->tickets, r, &b);
		emit(n, n->first, buf_str(&b));
		buf_fini(&b);
	}
	finish(n);
	step(n);
}

static void take(struct news *n, struct item *it)
{
	const char *job, *file;

	it->arena = arena_new(0);
	if (jval_parse(it->arena, it->payload, strlen(it->payload), &it->data, NULL) != E_OK) {
		log_warn("event %s has no readable payload", it->topic);
		finish(n);
		return;
	}
	job = member(it, "jobId");
	file = member(it, "fileId");
	if (strncmp(it->topic, "print:", 6) == 0 && job != NULL) {
		if (is_new(n, job, it->topic, member(it, "timestamp")))
			live_store_job(n->gw->db, job, on_job, n);
		else
			finish(n);
	} else if (strcmp(it->topic, "file:uploaded") == 0 && file != NULL) {
		live_store_file(n->gw->db, file, on_file, n);
	} else {
		emit(n, it, it->payload);
		finish(n);
	}
}

/* A database that is away answers inside the call: then the loop below goes on with the next. */
static void step(struct news *n)
{
	while (!n->busy && n->first != NULL) {
		n->busy = true;
		take(n, n->first);
	}
}

static struct item *append(struct news *n, const char *org, const char *user, const char *topic)
{
	struct item *it = calloc(1, sizeof *it);

	if (it == NULL)
		abort();
	snprintf(it->org, sizeof it->org, "%s", org == NULL ? "" : org);
	snprintf(it->user, sizeof it->user, "%s", user == NULL ? "" : user);
	snprintf(it->topic, sizeof it->topic, "%s", topic);
	*n->last = it;
	n->last = &it->next;
	return it;
}

/* ---- reading ---- */

static void on_events(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct news *n = ctx;

	n->reading = false;
	if (rc != E_OK) {
		if (rc != E_UNAVAILABLE)
			log_err(e, "reading events");
		return;
	}
	for (int i = 0; i < pg_len(r); i++) {
		int64_t id = pg_get_int(r, i, "id");
		struct item *it;

		if (n->seen[id % LATE_IDS] == id || id <= n->cursor - LATE_IDS)
			continue;
		n->seen[id % LATE_IDS] = id;
		n->cursor = id > n->cursor ? id : n->cursor;
		it = append(n, pg_get(r, i, "organization_id"), pg_get(r, i, "user_id"),
		    pg_get(r, i, "topic"));
		it->payload = strdup(pg_get(r, i, "payload"));
	}
	step(n);
	if (n->again || pg_len(r) == LIVE_STORE_EVENTS_MAX)
		news_read(n);
}

void news_read(struct news *n)
{
	if (!n->started)
		return;
	n->again = n->reading;
	if (n->reading)
		return;
	n->reading = true;
	live_store_events(n->gw->db, n->cursor - LATE_IDS, on_events, n);
}

static void on_missed(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct news *n = ctx;

	if (rc != E_OK) {
		if (rc != E_UNAVAILABLE)
			log_err(e, "reading missed events");
		return;
	}
	for (int i = 0; i < pg_len(r); i++) {
		struct item *it = append(n, pg_get(r, i, "organization_id"), NULL,
		    pg_get(r, i, "topic"));
		struct buf b = BUF_INIT;
		struct json_sink js;

		json_sink_init(&js, &b);
		sink_begin_object(&js.sink, NULL);
		sink_text(&js.sink, "jobId", pg_get(r, i, "job_id"));
		sink_text(&js.sink, "printerId", pg_get(r, i, "printer_id"));
		sink_text(&js.sink, "timestamp", pg_get(r, i, "at"));
		sink_text(&js.sink, "reason", pg_get(r, i, "reason"));
		sink_end_object(&js.sink);
		it->payload = strdup(buf_str(&b));
		buf_fini(&b);
	}
	step(n);
}

static void on_last(void *ctx, enum errc rc, const struct pg_result *r, const struct err *e)
{
	struct news *n = ctx;

	if (rc != E_OK) {
		if (rc != E_UNAVAILABLE)
			log_err(e, "reading the event cursor");
		return;
	}
	n->cursor = pg_get_int(r, 0, "last");
	for (int64_t id = n->cursor; id > 0 && id > n->cursor - LATE_IDS; id--)
		n->seen[id % LATE_IDS] = id; /* from before our time */
	n->started = true;
	n->born = clock_wall();
	news_read(n);
}

/* Nothing is replayed to a new gateway. After a gap of the connection the database may have
 * crashed and forgotten its events: print_events still knows. */
void news_up(struct news *n, bool up)
{
	usec_t since;

	if (!up) {
		n->lost_at = clock_wall();
		return;
	}
	if (!n->started) {
		live_store_event_last(n->gw->db, on_last, n);
		return;
	}
	since = n->lost_at - LOOK_BACK;
	live_store_missed(n->gw->db, since > n->born ? since : n->born, on_missed, n);
	news_read(n);
}

/* ---- life ---- */

struct news *news_new(struct gateway *gw)
{
	struct news *n = calloc(1, sizeof *n);

	if (n == NULL)
		abort();
	n->gw = gw;
	n->last = &n->first;
	return n;
}

void news_free(struct news *n)
{
	if (n == NULL)
		return;
	while (n->first != NULL)
		finish(n);
	free(n);
}
