/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/kept.h"

#include <stdlib.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/gate.h"
#include "model/job.h"
#include "store/stamp_store.h"

#define LIFE        (60 * USEC_PER_SEC)
#define MAX_HEADERS 4

struct slot {
	char *key;       /* NULL: free; stamp and headers lie behind it in the same block */
	char *stamp;
	unsigned link;   /* the database connection it came by */
	usec_t ends;     /* monotonic */
	uint64_t used;   /* turn of the last use */
	const char *type; /* a constant */
	struct {
		const char *name; /* a constant */
		char *value;
	} header[MAX_HEADERS];
	int headers;
	struct buf body;
};

struct kept {
	struct slot slot[KEPT_SLOTS];
	size_t size; /* of all bodies */
	uint64_t turn; /* counts uses */
};

struct kept *kept_new(void)
{
	struct kept *k = calloc(1, sizeof *k);

	if (k == NULL)
		abort();
	return k;
}

static void forget(struct kept *k, struct slot *s)
{
	k->size -= s->body.size;
	buf_fini(&s->body);
	free(s->key);
	*s = (struct slot){ .key = NULL };
}

void kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	for (int i = 0; i < KEPT_SLOTS; i++)
		forget(k, &k->slot[i]);
	free(k);
}

/* Principals that auth.enter() knows by what the stamps cover. */
static bool is_covered(const struct who *w)
{
	switch (w->kind) {
	case WHO_USER:
	case WHO_EXTERNAL:
	case WHO_AGENT:
		return true;
	case WHO_NOBODY:
	case WHO_SIGNED:
		break;
	}
	return false;
}

static const char *or_null(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

/* The organisation this call will most likely enter; NULL: only auth.enter() can tell. */
static const char *likely_org(const struct req *rq)
{
	return rq->stated_org != NULL ? rq->stated_org : or_null(rq->who.claimed_org);
}

/* All that decides about an answer besides the database: the call and the principal. */
static const char *key_of(struct req *rq)
{
	const struct who *w = &rq->who;
	const char *query = rq->gate->param(rq->gate, "QUERY_STRING");

	return arena_printf(rq->arena, "%d %s %s %s %s %s %s?%s", (int)w->kind, w->user, w->session,
	    w->claimed_org, role_name(w->claimed_role), rq->stated_org == NULL ? "" : rq->stated_org,
	    rq->path, query == NULL ? "" : query);
}

/* An expired or cut-off one is forgotten on the way. */
static struct slot *slot_of(struct kept *k, const char *key, unsigned link)
{
	for (int i = 0; i < KEPT_SLOTS; i++) {
		struct slot *s = &k->slot[i];

		if (s->key == NULL || strcmp(s->key, key) != 0)
			continue;
		if (s->link == link && clock_mono() < s->ends)
			return s;
		forget(k, s);
		break;
	}
	return NULL;
}

static const struct answer *again(struct req *rq, struct slot *s)
{
	struct answer *an = answer_new(rq, 200, s->type);

	for (int i = 0; i < s->headers; i++)
		answer_header(an, s->header[i].name, s->header[i].value);
	buf_append(&an->body, s->body.bytes, s->body.size);
	s->used = ++rq->app->kept->turn;
	return an;
}

/* When what this request makes must be forgotten: with its session, of one that was asked before as
 * it said then. */
static enum errc find_end(struct req *rq, const struct slot *before, struct err *e)
{
	usec_t left = LIFE;

	if (before == NULL && rq->who.session[0] != '\0' &&
	    stamp_store_session(rq->app->db, rq->arena, rq->who.session, &left, e) != E_OK)
		return e->code;
	rq->keep.ends = clock_mono() + (left < LIFE ? left : LIFE);
	if (before != NULL && before->ends < rq->keep.ends)
		rq->keep.ends = before->ends;
	return E_OK;
}

const struct answer *kept_find(struct req *rq)
{
	struct pg *db = rq->app->db;
	const char *org = likely_org(rq);
	struct slot *s;
	struct err e;

	rq->keep.key = NULL;
	if ((rq->route->flags & ROUTE_KEPT) == 0 || org == NULL || !is_covered(&rq->who))
		return NULL;
	rq->keep.key = key_of(rq);
	s = slot_of(rq->app->kept, rq->keep.key, pg_links(db));
	if (stamp_store_read(db, rq->arena, org, or_null(rq->who.user), &rq->keep.stamp, &e) != E_OK)
		return answer_error(rq, &e);
	rq->keep.link = pg_links(db);
	if (s != NULL && s->link == rq->keep.link && strcmp(s->stamp, rq->keep.stamp) == 0)
		return again(rq, s);
	return find_end(rq, s, &e) == E_OK ? NULL : answer_error(rq, &e);
}

void kept_unless_waiting(struct req *rq, const struct pg_result *jobs, const char *column)
{
	for (int i = 0; i < pg_len(jobs); i++) {
		int st = job_state_find(pg_get(jobs, i, column));

		if (st < 0 || (!job_is_active((enum job_state)st) && !job_is_over((enum job_state)st)))
			rq->keep.key = NULL;
	}
}

static char *put(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *out = memcpy(*at, text, size);

	*at += size;
	return out;
}

/* The one used longest ago among those in use; NULL: none is. */
static struct slot *oldest_of(struct kept *k)
{
	struct slot *oldest = NULL;

	for (int i = 0; i < KEPT_SLOTS; i++)
		if (k->slot[i].key != NULL && (oldest == NULL || k->slot[i].used < oldest->used))
			oldest = &k->slot[i];
	return oldest;
}

static struct slot *free_slot(struct kept *k)
{
	for (int i = 0; i < KEPT_SLOTS; i++)
		if (k->slot[i].key == NULL)
			return &k->slot[i];
	return NULL;
}

/* `size` fits into an empty store, so this ends. */
static struct slot *make_room(struct kept *k, const char *key, size_t size)
{
	for (int i = 0; i < KEPT_SLOTS; i++)
		if (k->slot[i].key != NULL && strcmp(k->slot[i].key, key) == 0)
			forget(k, &k->slot[i]);
	while (k->size + size > KEPT_MAX_SIZE || free_slot(k) == NULL)
		forget(k, oldest_of(k));
	return free_slot(k);
}

static void fill(struct slot *s, const struct req *rq, const struct answer *an)
{
	size_t texts = strlen(rq->keep.key) + strlen(rq->keep.stamp) + 2;
	char *at;

	for (int i = 0; i < an->headers; i++)
		texts += strlen(an->header[i].value) + 1;
	at = malloc(texts);
	if (at == NULL)
		abort();
	s->key = put(&at, rq->keep.key);
	s->stamp = put(&at, rq->keep.stamp);
	for (s->headers = 0; s->headers < an->headers; s->headers++) {
		s->header[s->headers].name = an->header[s->headers].name;
		s->header[s->headers].value = put(&at, an->header[s->headers].value);
	}
	s->link = rq->keep.link;
	s->ends = rq->keep.ends;
	s->type = an->type;
	buf_append(&s->body, an->body.bytes, an->body.size);
}

void kept_take(struct req *rq, const struct answer *an)
{
	struct kept *k = rq->app->kept;
	const char *entered = req_org(rq);
	struct slot *s;

	/* The connection may have been a new one, the organisation another than was guessed. */
	if (rq->keep.key == NULL || an->status != 200 || an->file >= 0 || an->headers > MAX_HEADERS ||
	    an->body.size > KEPT_MAX_SIZE / 2 || rq->keep.link != pg_links(rq->app->db) ||
	    entered == NULL || strcmp(entered, likely_org(rq)) != 0)
		return;
	s = make_room(k, rq->keep.key, an->body.size);
	fill(s, rq, an);
	s->used = ++k->turn;
	k->size += s->body.size;
}
