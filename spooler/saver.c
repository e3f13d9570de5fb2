/* SPDX-License-Identifier: Apache-2.0 */
/* The journals' copies on the disk: once a second, of those that changed, one after the other by
 * the pool. A disk that fails costs the copy, not the print. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sink.h"
#include "spooler/journal_file.h"
#include "spooler/shell.h"

#define EVERY (1 * USEC_PER_SEC)

struct saver {
	struct spooler *sp;
	struct loop_timer *timer;
	uint64_t round; /* each printer once in each */
	usec_t next;    /* when the next one begins */
	bool working;
	char id[UUID_SIZE], copies_dir[320];
	enum errc rc;
	struct err err;
	uint8_t bytes[JOURNAL_SIZE];
};

static void save_next(struct saver *s);

static void save_work(void *ctx)
{
	struct saver *s = ctx;

	s->rc = journal_file_save(s->copies_dir, s->id, s->bytes, &s->err);
}

static void say_failed(struct unit *u, const struct err *e)
{
	struct journal_event ev = { .at = clock_wall() };

	log_err(e, "saving a journal");
	if (u->save_failed)
		return;
	u->save_failed = true;
	snprintf(ev.kind, sizeof ev.kind, "alert");
	snprintf(ev.data, sizeof ev.data,
	    "{\"type\":\"warning\",\"title\":\"Journal not saved\",\"message\":\"The print goes on, but "
	    "would not be found again after a power cut\"}");
	unit_event(u, &ev);
}

static void save_done(void *ctx)
{
	struct saver *s = ctx;
	struct unit *u = unit_find(s->sp, s->id);

	s->working = false;
	if (u != NULL && s->rc != E_OK)
		say_failed(u, &s->err);
	else if (u != NULL)
		u->save_failed = false;
	if (!s->sp->stopping)
		save_next(s);
}

static void save_next(struct saver *s)
{
	struct unit *u = s->sp->units;

	/* While printing a journal is due again as soon as it was copied: it waits for the next round. */
	while (u != NULL && (!u->save_due || u->saved == s->round))
		u = u->next;
	if (u == NULL) {
		loop_timer_at(s->timer, s->next);
		return;
	}
	u->save_due = false;
	u->saved = s->round;
	memcpy(s->bytes, u->memory, sizeof s->bytes);
	memcpy(s->id, u->row.id, sizeof s->id);
	s->working = true;
	loop_work(s->sp->loop, save_work, save_done, s);
}

static void on_time(void *ctx)
{
	struct saver *s = ctx;

	s->round++;
	s->next = loop_now(s->sp->loop) + EVERY;
	save_next(s);
}

struct saver *saver_new(struct spooler *sp)
{
	struct saver *s = calloc(1, sizeof *s);

	if (s == NULL)
		abort();
	s->sp = sp;
	memcpy(s->copies_dir, sp->copies_dir, sizeof s->copies_dir);
	s->timer = loop_timer_new(sp->loop, on_time, s);
	loop_timer_at(s->timer, loop_now(sp->loop) + EVERY);
	return s;
}

void saver_stop(struct saver *s)
{
	loop_timer_free(s->timer);
	s->timer = NULL;
}

void saver_free(struct saver *s)
{
	free(s);
}
