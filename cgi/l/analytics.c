/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: analytics and prediction (L-30 ... L-34). */
#include <math.h>
#include <stddef.h>

#include "base/clock.h"
#include "cgi/answer.h"
#include "cgi/do_analytics.h"
#include "cgi/doors.h"

struct in_dashboard { const char *range; };
static const struct field dashboard_fields[] = {
	{ .name = "range", .type = F_ENUM, .choices = "7d|30d|90d|1y|all", .fallback = "all",
	    .offset = offsetof(struct in_dashboard, range) },
};
static const struct schema dashboard_schema = SCHEMA(dashboard_fields, struct in_dashboard, NULL);

#define MOMENT(field, member) { .name = field, .type = F_TEXT, .min = 10, .max = 40, \
	.offset = (member), .check = clock_iso_ok, .rule = "must be an ISO date or date-time" }

struct in_statistics { struct analytics_span span; const char *unit; };
static const struct field statistics_fields[] = {
	MOMENT("from", offsetof(struct in_statistics, span.from)),
	MOMENT("to", offsetof(struct in_statistics, span.to)),
	{ .name = "groupBy", .type = F_ENUM, .choices = "day|week|month", .fallback = "day",
	    .offset = offsetof(struct in_statistics, unit) },
};
static const struct schema statistics_schema = SCHEMA(statistics_fields, struct in_statistics,
    NULL);

struct in_span { struct analytics_span span; };
static const struct field span_fields[] = {
	MOMENT("from", offsetof(struct in_span, span.from)),
	MOMENT("to", offsetof(struct in_span, span.to)),
};
static const struct schema span_schema = SCHEMA(span_fields, struct in_span, NULL);

struct in_predict { const char *file, *profile; };
static const struct field predict_fields[] = {
	{ .name = "fileId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_predict, file) },
	{ .name = "profileId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_predict, profile) },
};
static const struct schema predict_schema = SCHEMA(predict_fields, struct in_predict, NULL);

static const struct answer *l_dashboard(struct req *rq)
{
	const struct in_dashboard *in = rq->in;
	struct pg_result *totals, *trends;
	struct sink *s;
	struct err e;

	if (do_analytics_dashboard(rq, in->range, &totals, &trends, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_members(s, totals, 0, NULL);
	rows_list(s, "trends", trends, NULL);
	return answer_end(rq);
}

static const struct answer *list(struct req *rq, const char *name, const struct pg_result *r)
{
	rows_list(answer_begin(rq, 200), name, r, NULL);
	return answer_end(rq);
}

static const struct answer *l_statistics(struct req *rq)
{
	const struct in_statistics *in = rq->in;
	struct pg_result *r;
	struct err e;

	if (do_analytics_statistics(rq, &in->span, in->unit, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return list(rq, "statistics", r);
}

static const struct answer *l_materials(struct req *rq)
{
	const struct in_span *in = rq->in;
	struct pg_result *r;
	struct err e;

	if (do_analytics_materials(rq, &in->span, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return list(rq, "materials", r);
}

static const struct answer *l_failures(struct req *rq)
{
	const struct in_span *in = rq->in;
	struct pg_result *r;
	struct err e;

	if (do_analytics_failures(rq, &in->span, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return list(rq, "failures", r);
}

static void figure(struct sink *s, const char *name, double value, double unit)
{
	if (value <= 0)
		sink_null(s, name); /* a model that nobody has measured yet */
	else
		sink_real(s, name, round(value / unit) * unit);
}

static const struct answer *l_predict(struct req *rq)
{
	const struct in_predict *in = rq->in;
	struct analytics_prediction p;
	struct sink *s;
	struct err e;

	if (do_analytics_predict(rq, in->file, in->profile, &p, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	figure(s, "estimatedTime", p.made.time, 1);
	figure(s, "filamentUsage", p.made.grams, 0.01);
	sink_real(s, "successProbability", round(p.made.probability * 1e4) / 1e4);
	sink_begin_object(s, "basis");
	sink_text(s, "estimate", predict_source_name(p.made.source));
	sink_real(s, "correction", round(p.made.correction * 1e4) / 1e4);
	sink_text(s, "correctionLevel", p.basis.correction_level);
	sink_int(s, "correctionSamples", p.basis.samples);
	sink_text(s, "probabilityLevel", p.basis.odds_level);
	sink_int(s, "finishedJobs", p.finished);
	sink_end_object(s);
	return answer_end(rq);
}

#define ROW(method, path, schema, handler) \
	{ method, path, ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, schema, handler, 0 }
const struct route l_analytics_routes[] = {
	ROW(METHOD_GET, "/api/analytics/dashboard", &dashboard_schema, l_dashboard),
	ROW(METHOD_GET, "/api/analytics/statistics", &statistics_schema, l_statistics),
	ROW(METHOD_GET, "/api/analytics/materials", &span_schema, l_materials),
	ROW(METHOD_GET, "/api/analytics/failures", &span_schema, l_failures),
	ROW(METHOD_POST, "/api/analytics/predict", &predict_schema, l_predict),
	{ .path = NULL },
};
