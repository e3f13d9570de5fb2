/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"

static const char json_type[] = "application/json; charset=utf-8";

/* HTTP's words and family L's usual code and sentence for a status. */
static const struct status_words {
	int status;
	const char *reason, *code, *message;
} words[] = {
	{ 200, "OK", "", "" },
	{ 201, "Created", "", "" },
	{ 202, "Accepted", "", "" },
	{ 204, "No Content", "", "" },
	{ 206, "Partial Content", "", "" },
	{ 303, "See Other", "", "" },
	{ 304, "Not Modified", "", "" },
	{ 400, "Bad Request", "VALIDATION_ERROR", "Invalid input" },
	{ 401, "Unauthorized", "UNAUTHORIZED", "Authentication required" },
	{ 403, "Forbidden", "FORBIDDEN", "Insufficient permissions" },
	{ 404, "Not Found", "NOT_FOUND", "Not found" },
	{ 405, "Method Not Allowed", "METHOD_NOT_ALLOWED", "Method not allowed" },
	{ 409, "Conflict", "CONFLICT", "Conflict" },
	{ 413, "Content Too Large", "PAYLOAD_TOO_LARGE", "Payload too large" },
	{ 415, "Unsupported Media Type", "UNSUPPORTED_MEDIA_TYPE", "Unsupported media type" },
	{ 416, "Range Not Satisfiable", "RANGE_NOT_SATISFIABLE", "Range not satisfiable" },
	{ 422, "Unprocessable Content", "UNPROCESSABLE", "Unprocessable" },
	{ 429, "Too Many Requests", "RATE_LIMIT_EXCEEDED", "Too many requests" },
	{ 500, "Internal Server Error", "INTERNAL_ERROR", "Internal server error" },
	{ 502, "Bad Gateway", "PRINTER_ERROR", "Printer error" },
	{ 503, "Service Unavailable", "SERVICE_UNAVAILABLE", "Service unavailable" },
	{ 504, "Gateway Timeout", "COMMAND_TIMEOUT", "No answer in time" },
};

static const struct status_words *words_of(int status)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].status == status)
			return &words[i];
	return words_of(500);
}

const char *answer_reason(int status)
{
	return words_of(status)->reason;
}

void answer_usual(int status, const char **code, const char **message)
{
	*code = words_of(status)->code;
	*message = words_of(status)->message;
}

static void release_body(void *answer)
{
	buf_fini(&((struct answer *)answer)->body);
}

struct answer *answer_new(struct req *rq, int status, const char *type)
{
	struct answer *an = ARENA_NEW(rq->arena, struct answer);

	an->status = status;
	an->type = type;
	an->file = -1;
	arena_adopt(rq->arena, an, release_body);
	rq->answer = an;
	return an;
}

void answer_header(struct answer *an, const char *name, const char *value)
{
	if (value == NULL)
		return;
	if (an->headers == ANSWER_MAX_HEADERS) {
		log_error("an answer has too many headers");
		return;
	}
	an->header[an->headers].name = name;
	an->header[an->headers++].value = value;
}

static struct answer *new_json(struct req *rq, int status)
{
	struct answer *an = answer_new(rq, status, json_type);

	json_sink_init(&an->json, &an->body);
	return an;
}

struct sink *answer_begin(struct req *rq, int status)
{
	struct sink *s = &new_json(rq, status)->json.sink;

	sink_begin_object(s, NULL);
	if (rq->family == FAMILY_L) {
		sink_bool(s, "success", status < 400);
		sink_begin_object(s, "data");
	}
	return s;
}

const struct answer *answer_end(struct req *rq)
{
	struct sink *s = &rq->answer->json.sink;

	if (rq->family == FAMILY_L)
		sink_end_object(s);
	sink_end_object(s);
	return rq->answer;
}

const struct answer *answer_row(struct req *rq, int status, const char *name,
    const struct pg_result *r, int row)
{
	struct sink *s;

	if (rq->family != FAMILY_L) {
		s = &new_json(rq, status)->json.sink;
		rows_object(s, NULL, r, row, req_hooks(rq));
		return rq->answer;
	}
	s = answer_begin(rq, status);
	rows_object(s, name, r, row, req_hooks(rq));
	return answer_end(rq);
}

const struct answer *answer_rows(struct req *rq, const struct pg_result *r, int64_t total)
{
	struct answer *an = new_json(rq, 200);

	rows_list(&an->json.sink, NULL, r, req_hooks(rq));
	answer_header(an, "X-Total-Count", arena_printf(rq->arena, "%lld", (long long)total));
	return an;
}

const struct answer *answer_page(struct req *rq, const char *name, const struct pg_result *r,
    int64_t total, int64_t page, int64_t limit)
{
	struct sink *s = answer_begin(rq, 200);
	int64_t pages = total == 0 ? 0 : (total + limit - 1) / limit;

	rows_list(s, name, r, req_hooks(rq));
	sink_int(s, "total", total);
	sink_int(s, "page", page);
	sink_int(s, "pages", pages);
	sink_end_object(s);
	sink_begin_object(s, "meta");
	sink_int(s, "page", page);
	sink_int(s, "limit", limit);
	sink_int(s, "total", total);
	sink_int(s, "pages", pages);
	sink_end_object(s);
	sink_end_object(s);
	return rq->answer;
}

const struct answer *answer_message(struct req *rq, const char *message)
{
	sink_text(answer_begin(rq, 200), "message", message);
	return answer_end(rq);
}

const struct answer *answer_true(struct req *rq)
{
	sink_bool(answer_begin(rq, 200), "success", true);
	return answer_end(rq);
}

const struct answer *answer_null(struct req *rq)
{
	static const char text[] = "{\"success\":true,\"data\":null}";

	return answer_text(rq, 200, json_type, text, sizeof text - 1);
}

const struct answer *answer_no_content(struct req *rq)
{
	return answer_new(rq, 204, NULL);
}

const struct answer *answer_redirect(struct req *rq, const char *location)
{
	struct answer *an = answer_new(rq, 303, NULL);

	answer_header(an, "Location", arena_str(rq->arena, location));
	return an;
}

const struct answer *answer_text(struct req *rq, int status, const char *type, const char *text,
    size_t size)
{
	struct answer *an = answer_new(rq, status, type);

	buf_append(&an->body, text, size);
	return an;
}

/* ---- refusals ---- */

static const struct answer *fail_p(struct req *rq, int status, const char *message,
    const char *field)
{
	struct sink *s = &new_json(rq, status)->json.sink;

	sink_begin_object(s, NULL);
	sink_text(s, "error", message);
	if (field != NULL && *field != '\0')
		sink_text(s, "field", field);
	sink_end_object(s);
	return rq->answer;
}

static const struct answer *fail_web(struct req *rq, int status, const char *code,
    const char *message)
{
	if (rq->app->error_page != NULL)
		return rq->app->error_page(rq, status, code, message);
	message = arena_printf(rq->arena, "%s\n", message);
	return answer_text(rq, status, "text/plain; charset=utf-8", message, strlen(message));
}

const struct answer *answer_fail_details(struct req *rq, int status, const char *code,
    const char *message, const char *details)
{
	struct sink *s;

	if (code == NULL)
		code = words_of(status)->code;
	if (message == NULL)
		message = words_of(status)->message;
	if (rq->family == FAMILY_P)
		return fail_p(rq, status, message, NULL);
	if (rq->family == FAMILY_WEB)
		return fail_web(rq, status, code, message);
	s = &new_json(rq, status)->json.sink;
	sink_begin_object(s, NULL);
	sink_bool(s, "success", false);
	sink_begin_object(s, "error");
	sink_text(s, "code", code);
	sink_text(s, "message", message);
	if (details != NULL)
		sink_json(s, "details", details, strlen(details));
	if (rq->retry_after > 0)
		sink_int(s, "retryAfter", rq->retry_after);
	sink_end_object(s);
	sink_end_object(s);
	return rq->answer;
}

const struct answer *answer_fail(struct req *rq, int status, const char *code, const char *message)
{
	return answer_fail_details(rq, status, code, message, NULL);
}

const struct answer *answer_not_found(struct req *rq, const char *thing)
{
	return answer_fail(rq, 404, NULL, arena_printf(rq->arena, "%s not found", thing));
}

/* ---- enum errc to HTTP: the one place ---- */

static int status_of(enum errc code, enum family family)
{
	/* family P knows no 409: a wrong state is a wrong request there (contract §2.2) */
	int conflict = family == FAMILY_P ? 400 : 409;

	switch (code) {
	case E_INVALID:
		return 400;
	case E_UNAUTHORIZED:
		return 401;
	case E_DENIED:
		return 403;
	case E_NOTFOUND:
		return 404;
	case E_CONFLICT:
	case E_STATE:
	case E_BUSY:
		return conflict;
	case E_LIMIT:
		return 413;
	case E_TIMEOUT:
		return 504;
	case E_OFFLINE:
	case E_UNAVAILABLE:
		return 503;
	case E_OK:
	case E_IO:
	case E_FORMAT:
	case E_INTERNAL:
		break;
	}
	return 500;
}

static const char *code_of(const struct err *e)
{
	if (e->kind[0] != '\0')
		return e->kind;
	switch (e->code) {
	case E_STATE:
		return "INVALID_STATE";
	case E_BUSY:
		return "PRINTER_BUSY";
	case E_OFFLINE:
		return "PRINTER_OFFLINE";
	case E_OK:
	case E_INVALID:
	case E_UNAUTHORIZED:
	case E_DENIED:
	case E_NOTFOUND:
	case E_CONFLICT:
	case E_LIMIT:
	case E_TIMEOUT:
	case E_UNAVAILABLE:
	case E_IO:
	case E_FORMAT:
	case E_INTERNAL:
		break;
	}
	return NULL;
}

/* The public sentence. What the database or the machine said stays in the log. */
static const char *message_of(const struct req *rq, const struct err *e, int status)
{
	if (status == 401 && rq->family == FAMILY_P) {
		if (strcmp(e->kind, "TOKEN_EXPIRED") == 0)
			return "Token expired";
		return strcmp(e->kind, "UNAUTHORIZED") == 0 ? "No token provided" : "Invalid token";
	}
	if (status == 401 && strcmp(e->kind, "INVALID_TOKEN") == 0)
		return "Invalid authentication token";
	if (status == 401 && strcmp(e->kind, "USER_NOT_FOUND") == 0)
		return "User not found or inactive";
	if (status == 403 && e->kind[0] == '\0')
		return NULL;
	if (status == 500)
		return NULL;
	if (e->code == E_BUSY && e->kind[0] == '\0' && rq->family == FAMILY_L)
		return "Printer is already printing";
	if (e->code == E_OFFLINE)
		return "Printer is not connected";
	return e->message;
}

const struct answer *answer_error(struct req *rq, const struct err *e)
{
	int status = strcmp(e->kind, "PRINTER_ERROR") == 0 ? 502 : status_of(e->code, rq->family);
	const char *message = message_of(rq, e, status);

	if (status == 500 || e->code == E_UNAVAILABLE)
		log_err(e, rq->log_route);
	else if (e->detail[0] != '\0')
		log_debug("%s: %s (%s)", rq->log_route, e->message, e->detail);
	if (rq->family == FAMILY_P && status == 400)
		return fail_p(rq, status, message, e->field);
	if (status == 400 && e->kind[0] == '\0' && rq->family == FAMILY_L) {
		issue_add(rq->arena, &rq->issues, "custom", arena_str(rq->arena, e->field), message);
		return answer_issues(rq);
	}
	if (status == 409 && e->field[0] != '\0') {
		struct buf details = BUF_INIT;
		const struct answer *an;

		buf_text(&details, "{\"field\":");
		json_quote(&details, e->field, strlen(e->field));
		buf_char(&details, '}');
		an = answer_fail_details(rq, status, code_of(e), message, buf_str(&details));
		buf_fini(&details);
		return an;
	}
	return answer_fail(rq, status, code_of(e), message);
}

/* The place in a list is a number, as zod has it. */
static void write_path(struct sink *s, const char *path)
{
	sink_begin_list(s, "path");
	for (const char *p = path; *p != '\0';) {
		size_t len = strcspn(p, ".");

		if (len > 0 && len < 10 && strspn(p, "0123456789") == len)
			sink_int(s, NULL, strtol(p, NULL, 10));
		else
			sink_textn(s, NULL, p, len);
		p += len + (p[len] == '.');
	}
	sink_end_list(s);
}

static const struct answer *issues_p(struct req *rq)
{
	const struct schema *s = rq->route == NULL ? NULL : rq->route->input;

	for (int i = 0; i < rq->issues.len; i++) {
		const struct issue *is = &rq->issues.at[i];

		if (!is->missing)
			continue;
		return fail_p(rq, 400, s != NULL && s->missing != NULL ? s->missing :
		    arena_printf(rq->arena, "%s required", is->path), is->path);
	}
	if (rq->issues.at[0].path[0] == '\0')
		return fail_p(rq, 400, rq->issues.at[0].message, NULL);
	return fail_p(rq, 400, arena_printf(rq->arena, "Invalid %s", rq->issues.at[0].path),
	    rq->issues.at[0].path);
}

const struct answer *answer_issues(struct req *rq)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const struct answer *an;

	if (rq->family == FAMILY_P)
		return issues_p(rq);
	if (rq->family == FAMILY_WEB)
		return fail_web(rq, 400, "VALIDATION_ERROR", arena_printf(rq->arena, "%s: %s",
		    rq->issues.at[0].path, rq->issues.at[0].message));
	json_sink_init(&js, &text);
	sink_begin_list(&js.sink, NULL);
	for (int i = 0; i < rq->issues.len; i++) {
		const struct issue *is = &rq->issues.at[i];

		sink_begin_object(&js.sink, NULL);
		sink_text(&js.sink, "code", is->code);
		write_path(&js.sink, is->path);
		sink_text(&js.sink, "message", is->message);
		buf_text(&text, is->more);
		sink_end_object(&js.sink);
	}
	sink_end_list(&js.sink);
	an = answer_fail_details(rq, 400, "VALIDATION_ERROR", "Invalid input", buf_str(&text));
	buf_fini(&text);
	return an;
}
