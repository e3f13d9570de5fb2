/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_analytics.h"

#include <string.h>

#include "base/conf.h"

static const char *zone_of(const struct req *rq)
{
	return conf_text(rq->app->conf, "analytics.timezone");
}

static const char *span_of(const char *range)
{
	static const char *const spans[][2] = { { "7d", "7 days" }, { "30d", "30 days" },
		{ "90d", "90 days" }, { "1y", "1 year" } };

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		if (strcmp(spans[i][0], range) == 0)
			return spans[i][1];
	return NULL;
}

enum errc do_analytics_dashboard(struct req *rq, const char *range, struct pg_result **totals,
    struct pg_result **trends, struct err *e)
{
	struct pg *db = rq->app->db;
	enum errc rc = analytics_store_totals(db, rq->arena, span_of(range), totals, e);

	if (rc != E_OK)
		return rc;
	pg_last(db);
	return analytics_store_trends(db, rq->arena, zone_of(rq), trends, e);
}

static enum errc find_window(struct req *rq, const struct analytics_span *text,
    struct analytics_window *w, struct err *e)
{
	enum errc rc = analytics_store_window(rq->app->db, rq->arena, text, zone_of(rq), w, e);

	if (rc == E_OK && !w->ordered)
		return err_field(e, E_INVALID, "from", "from must not be after to");
	return rc;
}

enum errc do_analytics_statistics(struct req *rq, const struct analytics_span *text,
    const char *unit, struct pg_result **out, struct err *e)
{
	const char *const words[2] = { unit, zone_of(rq) };
	struct analytics_window w;
	enum errc rc = find_window(rq, text, &w, e);

	if (rc != E_OK)
		return rc;
	if (!w.short_enough)
		return err_field(e, E_INVALID, "from", "from and to must be at most 5 years apart");
	pg_last(rq->app->db);
	return analytics_store_statistics(rq->app->db, rq->arena, &w.span, words, out, e);
}

/* A side that was not given stays open. */
static enum errc open_window(struct req *rq, const struct analytics_span *text,
    struct analytics_span *out, struct err *e)
{
	struct analytics_window w;
	enum errc rc;

	*out = (struct analytics_span){ NULL, NULL };
	if (text->from == NULL && text->to == NULL)
		return E_OK;
	rc = find_window(rq, text, &w, e);
	if (rc == E_OK && text->from != NULL)
		out->from = w.span.from;
	if (rc == E_OK && text->to != NULL)
		out->to = w.span.to;
	return rc;
}

enum errc do_analytics_materials(struct req *rq, const struct analytics_span *text,
    struct pg_result **out, struct err *e)
{
	struct analytics_span span;
	enum errc rc = open_window(rq, text, &span, e);

	if (rc != E_OK)
		return rc;
	pg_last(rq->app->db);
	return analytics_store_materials(rq->app->db, rq->arena, &span, out, e);
}

enum errc do_analytics_failures(struct req *rq, const struct analytics_span *text,
    struct pg_result **out, struct err *e)
{
	struct analytics_span span;
	enum errc rc = open_window(rq, text, &span, e);

	if (rc != E_OK)
		return rc;
	pg_last(rq->app->db);
	return analytics_store_failures(rq->app->db, rq->arena, &span, out, e);
}

enum errc do_analytics_predict(struct req *rq, const char *file, const char *profile,
    struct analytics_prediction *out, struct err *e)
{
	const char *const ids[2] = { file, profile };
	struct predict_facts facts;
	enum errc rc = analytics_store_predict(rq->app->db, rq->arena, ids, &facts, &out->basis, e);

	if (rc != E_OK)
		return rc;
	predict(&facts, &out->made);
	out->finished = facts.finished;
	return E_OK;
}
