/* SPDX-License-Identifier: Apache-2.0 */
/* The first page: every printer, what it does, what waits for a person. */
#include <string.h>

#include "cgi/doors.h"
#include "cgi/page_format.h"
#include "cgi/web/web.h"
#include "store/page_store.h"

#define MAX_WORDS 16

static void counts(struct page *p, const struct pg_result *r)
{
	struct {
		struct state_words words;
		int number;
	} count[MAX_WORDS];
	struct sink *s = page_sink(p);
	int len = 0;

	for (int row = 0; row < pg_len(r); row++) {
		struct state_words w = page_printer_state(pg_get(r, row, "state"),
		    pg_get(r, row, "attention"), pg_get(r, row, "plate"));
		int i = 0;

		while (i < len && strcmp(count[i].words.word, w.word) != 0)
			i++;
		if (i == len && len < MAX_WORDS) {
			count[len].words = w;
			count[len++].number = 0;
		}
		if (i < len)
			count[i].number++;
	}
	sink_begin_list(s, "counts");
	for (int i = 0; i < len; i++) {
		sink_begin_object(s, NULL);
		sink_text(s, "word", count[i].words.word);
		sink_text(s, "role", count[i].words.role);
		sink_int(s, "number", count[i].number);
		sink_end_object(s);
	}
	sink_end_list(s);
}

static const struct answer *fleet(struct req *rq)
{
	struct pg_result *r;
	struct page *p;
	struct err e;

	if (page_store_printers(rq->app->db, rq->arena, &r, &e) != E_OK)
		return answer_error(rq, &e);
	p = page_new(rq, "Fleet", "fleet");
	web_notice(p);
	counts(p, r);
	sink_begin_list(page_sink(p), "printers");
	for (int row = 0; row < pg_len(r); row++)
		web_printer(p, NULL, r, row);
	sink_end_list(page_sink(p));
	return page_render(p, 200, "fleet", "fleet");
}

const struct route web_fleet_routes[] = {
	{ METHOD_GET, "/", ROLE_VIEWER, RATE_NONE, POOL_API, FAMILY_WEB, NULL, fleet, 0 },
	{ .path = NULL },
};
