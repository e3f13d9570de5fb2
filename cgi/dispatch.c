/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/dispatch.h"

#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cgi/answer.h"
#include "cgi/body.h"
#include "cgi/gate.h"
#include "cgi/kept.h"
#include "cgi/limit.h"
#include "cgi/once.h"
#include "cgi/send.h"
#include "cgi/who.h"

static bool is_safe(const struct req *rq)
{
	return rq->method == METHOD_GET;
}

static const struct answer *not_allowed(struct req *rq)
{
	struct buf list = BUF_INIT;
	const char *allow;

	for (int m = METHOD_GET; m < METHOD_OPTIONS; m++) {
		if ((rq->match.allow & 1u << m) == 0)
			continue;
		buf_printf(&list, "%s%s%s", list.size == 0 ? "" : ", ", method_name((enum method)m),
		    m == METHOD_GET ? ", HEAD" : "");
	}
	buf_text(&list, ", OPTIONS");
	allow = arena_str(rq->arena, buf_str(&list));
	buf_fini(&list);
	if (rq->method == METHOD_OPTIONS)
		answer_no_content(rq);
	else
		answer_fail(rq, 405, NULL, NULL);
	answer_header(rq->answer, "Allow", allow);
	return rq->answer;
}

static const struct answer *find_route(struct req *rq)
{
	const char *listener = rq->gate->param(rq->gate, "PLATEN_LISTENER");
	bool metrics = listener != NULL && strcmp(listener, "metrics") == 0;

	rq->family = routes_family(rq->path);
	routes_match(rq->arena, rq->method, rq->path, &rq->match);
	rq->route = rq->match.route;
	if (rq->route != NULL && ((rq->route->flags & ROUTE_METRICS) != 0) != metrics)
		rq->match.allow = 0; /* the figures answer on their own listener only */
	if (rq->match.allow == 0) {
		rq->route = NULL;
		return answer_fail(rq, 404, NULL, NULL);
	}
	if (rq->route == NULL)
		return not_allowed(rq);
	rq->family = rq->route->family;
	rq->log_route = rq->route->path;
	return NULL;
}

/* 415, 413, 400. Malformed text has no field, so the issue's path is empty. */
static const struct answer *refuse_body(struct req *rq, const struct err *e)
{
	if (e->code == E_FORMAT)
		return answer_fail(rq, 415, NULL, NULL);
	if (e->code == E_LIMIT)
		return answer_fail(rq, 413, NULL, NULL);
	issue_add(rq->arena, &rq->issues, "custom", "", arena_str(rq->arena, e->message));
	return answer_issues(rq);
}

/* Family P states its organisation in every call; the name is the same everywhere. */
static void find_stated_org(struct req *rq)
{
	const struct schema *s = rq->route->input;

	for (size_t i = 0; rq->family == FAMILY_P && i < s->len; i++)
		if (s->fields[i].type == F_ID && strcmp(s->fields[i].name, "organizationId") == 0)
			rq->stated_org = *(const char *const *)((const char *)rq->in + s->fields[i].offset);
	if (rq->stated_org == NULL && (rq->route->flags & ROUTE_ALL_ORGS) != 0)
		rq->stated_org = "*";
}

static const struct answer *read_input(struct req *rq)
{
	const struct schema none = { NULL, 0, 0, NULL };
	const struct schema *s = rq->route->input == NULL ? &none : rq->route->input;
	struct input_source src = { .query = &rq->query, .body_is_query = is_safe(rq) ||
		rq->method == METHOD_DELETE };
	struct err e;
	void *in;

	if ((rq->route->flags & ROUTE_STREAM) != 0)
		return NULL;
	if (body_read(rq, &e) != E_OK)
		return refuse_body(rq, &e);
	src.json = rq->body;
	src.form = rq->form;
	if (input_read(rq->arena, s, &src, &in, &rq->issues) != E_OK)
		return answer_issues(rq);
	rq->in = in;
	if (rq->route->input != NULL)
		find_stated_org(rq);
	return NULL;
}

static bool needs_db(const struct req *rq)
{
	return rq->route->least != ROLE_ANYONE && (rq->route->flags & ROUTE_NO_DB) == 0;
}

/* 401 and 403 come before a refusal of the body, so the database is asked first then. */
static const struct answer *refuse_after_entering(struct req *rq, const struct answer *refusal)
{
	struct err e;

	if (!needs_db(rq))
		return refusal;
	if (req_begin(rq, &e) == E_OK && pg_enter_now(rq->app->db, &e) == E_OK)
		return refusal;
	return answer_error(rq, &e);
}

static const struct answer *run(struct req *rq)
{
	const struct answer *refusal, *kept;
	struct err e;

	refusal = find_route(rq);
	if (refusal != NULL)
		return refusal;
	if (body_prepare(rq, &e) != E_OK || who_identify(rq, &e) != E_OK)
		return answer_error(rq, &e);
	if ((refusal = limit_check(rq)) != NULL)
		return refusal;
	/* A form's token lies in its body; without it nothing else about the form is answered. */
	refusal = read_input(rq);
	if (rq->family == FAMILY_WEB && !is_safe(rq) && (rq->route->flags & ROUTE_TICKET) == 0 &&
	    req_csrf_check(rq, &e) != E_OK)
		return answer_error(rq, &e);
	if (refusal != NULL)
		return refuse_after_entering(rq, refusal);
	if ((kept = kept_find(rq)) != NULL)
		return kept;
	if (needs_db(rq) && (is_safe(rq) ? req_begin(rq, &e) : req_enter(rq, &e)) != E_OK)
		return answer_error(rq, &e);
	if ((refusal = once_begin(rq)) != NULL)
		return refusal;
	return rq->route->handler(rq);
}

/* The transaction ends here, before a byte is sent: what we say has happened, has happened. */
static const struct answer *settle(struct req *rq, const struct answer *an)
{
	struct err e;

	if (!rq->entered && rq->once_key == NULL)
		return an;
	if (an->status >= 400 && !an->keep) {
		req_rollback(rq);
		once_drop(rq);
		return an;
	}
	if ((!rq->entered && req_begin(rq, &e) != E_OK) || once_keep(rq, an, &e) != E_OK ||
	    req_commit(rq, &e) != E_OK)
		return answer_error(rq, &e);
	kept_take(rq, an);
	return an;
}

static bool id_ok(const char *id)
{
	size_t len = id == NULL ? 0 : strlen(id);

	return len > 0 && len <= 64 &&
	    strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == len;
}

static void take_request(struct req *rq)
{
	struct gate *g = rq->gate;
	const char *method = g->param(g, "REQUEST_METHOD"), *uri = g->param(g, "REQUEST_URI");
	const char *id = req_header(rq, "X-Request-Id"), *query;

	rq->started = clock_mono();
	rq->head = method != NULL && strcmp(method, "HEAD") == 0;
	rq->method = rq->head ? METHOD_GET : method_parse(method);
	if (uri == NULL || *uri != '/')
		uri = g->param(g, "PATH_INFO");
	if (uri == NULL || *uri != '/')
		uri = "/";
	rq->path = arena_strn(rq->arena, uri, strcspn(uri, "?#"));
	query = g->param(g, "QUERY_STRING");
	pairs_parse(rq->arena, query, &rq->query);
	rq->ip = g->param(g, "REMOTE_ADDR");
	if (rq->ip == NULL)
		rq->ip = "";
	rq->agent = req_header(rq, "User-Agent");
	if (rq->agent == NULL)
		rq->agent = "";
	rq->log_route = "unmatched";
	if (id_ok(id))
		memcpy(rq->id, id, strlen(id) + 1);
	else
		uuid_new(rq->id);
	log_request_id(rq->id);
}

static void access_line(const struct req *rq, const struct answer *an, size_t bytes)
{
	struct buf members = BUF_INIT;
	double ms = (double)(clock_mono() - rq->started) / 1000.0;

	buf_printf(&members, "\"method\":\"%s\",\"route\":", rq->head ? "HEAD" :
	    method_name(rq->method));
	json_quote(&members, rq->log_route, strlen(rq->log_route));
	buf_printf(&members, ",\"status\":%d,\"ms\":%.1f,\"bytes\":%zu,\"ip\":", an->status, ms, bytes);
	json_quote(&members, rq->ip, strlen(rq->ip));
	buf_printf(&members, ",\"userId\":%s%s%s", rq->who.user[0] == '\0' ? "null" : "\"",
	    rq->who.user, rq->who.user[0] == '\0' ? "" : "\"");
	log_members(LOG_HTTP_LEVEL, "request", buf_str(&members));
	buf_fini(&members);
}

static void count_request(const struct req *rq, const struct answer *an)
{
	static const double buckets[] = { 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 0 };
	static const struct metric duration = { "http_request_duration_seconds",
		"Duration of HTTP requests in seconds", METRIC_HISTOGRAM, buckets };
	struct buf labels = BUF_INIT;

	metrics_label(&labels, "method", rq->head ? "HEAD" : method_name(rq->method));
	metrics_label(&labels, "route", rq->log_route);
	metrics_label(&labels, "status", arena_printf(rq->arena, "%d", an->status));
	metrics_observe(&duration, buf_str(&labels),
	    (double)(clock_mono() - rq->started) / USEC_PER_SEC);
	buf_fini(&labels);
}

void dispatch(struct app *app, struct arena *arena, struct gate *gate)
{
	struct req *rq = ARENA_NEW(arena, struct req);
	const struct answer *an;
	size_t bytes;

	rq->app = app;
	rq->arena = arena;
	rq->gate = gate;
	take_request(rq);
	an = settle(rq, run(rq));
	if (arena_over_cap(arena) && an->status < 400)
		log_warn("%s used %zu bytes", rq->log_route, arena_used(arena));
	answer_finish(rq, rq->answer);
	bytes = send_answer(rq, rq->answer);
	access_line(rq, rq->answer, bytes);
	count_request(rq, rq->answer);
	pg_rollback(app->db); /* whatever a handler left behind */
	log_request_id(NULL);
	arena_reset(arena);
}
