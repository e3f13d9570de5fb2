/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/web/web.h"

#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "cgi/page_format.h"

void web_words(struct sink *s, struct state_words w)
{
	sink_begin_object(s, "words");
	sink_text(s, "word", w.word);
	sink_text(s, "role", w.role);
	sink_text(s, "icon", w.icon);
	sink_end_object(s);
}

static bool is(const char *value, const char *word)
{
	return value != NULL && strcmp(value, word) == 0;
}

/* What a person may do with a job follows from its stored status alone. words: why it waits, where
 * more is known than the reason says. */
static void job_acts(struct sink *s, const char *status, const char *hold_reason,
    const char *words)
{
	bool paused = is(status, "paused"), printing = is(status, "printing");
	bool over = is(status, "completed") || is(status, "failed") || is(status, "cancelled");

	sink_bool(s, "can_pause", printing);
	sink_bool(s, "can_resume", paused);
	sink_bool(s, "can_cancel", !over);
	sink_bool(s, "can_again", over);
	sink_bool(s, "interrupted", is(hold_reason, "interrupted"));
	if (!over && page_hold_text(hold_reason) != NULL)
		sink_text(s, "hold", words != NULL ? words : page_hold_text(hold_reason));
}

static const char *attention_text(const char *attention)
{
	static const struct {
		const char *word, *text;
	} texts[] = {
		{ "thermal", "A heater misbehaved." },
		{ "reset", "The printer restarted during a print." },
		{ "interrupted", "A print was interrupted." },
		{ "resend_storm", "The cable garbles what is sent." },
		{ "silent", "The printer has stopped answering." },
		{ "firmware", "The firmware reported a fault." },
	};

	for (size_t i = 0; attention != NULL && i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].word, attention) == 0)
			return texts[i].text;
	return NULL;
}

void web_printer(struct page *p, const char *name, const struct pg_result *r, int row)
{
	struct sink *s = page_sink(p);
	const char *state = pg_get(r, row, "state"), *attention = pg_get(r, row, "attention");
	const char *plate = pg_get(r, row, "plate"), *job = pg_get(r, row, "job?.id");
	bool idle = is(state, "idle");

	sink_begin_object(s, name);
	rows_members(s, r, row, NULL);
	web_words(s, page_printer_state(state, attention, plate));
	if (attention_text(attention) != NULL)
		sink_text(s, "reason", attention_text(attention));
	sink_bool(s, "busy", job != NULL);
	sink_bool(s, "ready", idle && job == NULL);
	if (job != NULL) {
		sink_begin_object(s, "job");
		job_acts(s, pg_get(r, row, "job?.status"), pg_get(r, row, "job?.holdReason"),
		    NULL);
		sink_end_object(s);
	}
	sink_end_object(s);
}

void web_job(struct page *p, const char *name, const struct pg_result *r, int row)
{
	struct sink *s = page_sink(p);
	const char *status = pg_get(r, row, "status"), *hold = pg_get(r, row, "holdReason");

	sink_begin_object(s, name);
	rows_members(s, r, row, page_hooks(p));
	web_words(s, page_job_state(status, hold));
	job_acts(s, pg_get(r, row, "_status"), hold, pg_get(r, row, "holdText"));
	sink_end_object(s);
}

const char *web_stop_ticket(struct req *rq, const char *printer)
{
	struct ticket_stop t = { .expires = clock_wall() +
		conf_duration(rq->app->conf, "auth.stop_ticket_ttl") };

	if (!uuid_canon(printer, t.printer) || !uuid_canon(rq->who.user, t.user) ||
	    !uuid_canon(req_org(rq), t.organization))
		return "";
	return ticket_stop_make(&rq->app->tickets, &t, rq->arena);
}

int64_t web_page_number(const struct req *rq)
{
	const char *text = req_query(rq, "page");
	long n = text == NULL ? 1 : strtol(text, NULL, 10);

	return n < 1 || n > 100000 ? 1 : n;
}

void web_pager(struct page *p, int64_t page, int64_t limit, int64_t total)
{
	int64_t pages = (total + limit - 1) / limit;

	page_set_int(p, "page", page);
	page_set_int(p, "pages", pages);
	if (page > 1)
		page_set_int(p, "previous", page - 1);
	if (page < pages)
		page_set_int(p, "next", page + 1);
}

/* After a redirect the page says what happened; only words of this list travel in the address. */
static const struct {
	const char *word, *text;
} notices[] = {
	{ "uploaded", "The file is here. It is being analysed." },
	{ "deleted", "The file is gone." },
	{ "started", "The print begins." },
	{ "queued", "It is in the queue." },
	{ "held", "The job is held." },
	{ "released", "The job goes on waiting for its turn." },
	{ "saved", "Saved." },
	{ "paused", "The print is paused." },
	{ "resumed", "The print goes on." },
	{ "cancelled", "The print is cancelled." },
	{ "pending", "The printer has been told; it has not answered yet." },
	{ "sent", "Sent." },
	{ "added", "The printer is added. The server is connecting to it." },
	{ "plate", "Noted: the bed is clear." },
	{ "attention", "Noted: the printer has been looked after." },
	{ "stop", "Stop was sent to the printer. Software is not a safety device: look at it." },
};
static const struct {
	const char *word, *text;
} refusals[] = {
	{ "busy", "The printer is already printing." },
	{ "offline", "The printer is not connected." },
	{ "state", "That is not possible in the present state." },
	{ "timeout", "The printer has not answered in time. The command goes on." },
	{ "denied", "Your role does not allow that, or the page was out of date." },
	{ "invalid", "That value is not allowed." },
	{ "limit", "Too many requests. Wait a moment." },
	{ "attention", "The printer needs attention first." },
	{ "printer", "The printer refused the command." },
	{ "missing", "That is no longer there." },
	{ "conflict", "It is in use, or the name is taken." },
	{ "unavailable", "A part of the server is away. Try again." },
};

void web_notice(struct page *p)
{
	const char *notice = page_query(p, "notice"), *refused = page_query(p, "refused");

	for (size_t i = 0; notice != NULL && i < sizeof notices / sizeof *notices; i++)
		if (strcmp(notices[i].word, notice) == 0)
			page_set(p, "notice", notices[i].text);
	for (size_t i = 0; refused != NULL && i < sizeof refusals / sizeof *refusals; i++)
		if (strcmp(refusals[i].word, refused) == 0)
			page_set(p, "problem", refusals[i].text);
}

const struct answer *web_done(struct req *rq, const char *to, const char *notice)
{
	if (notice == NULL)
		return answer_redirect(rq, to);
	return answer_redirect(rq, arena_printf(rq->arena, "%s?notice=%s", to, notice));
}

static const char *refusal_word(enum errc code)
{
	switch (code) {
	case E_BUSY:
		return "busy";
	case E_OFFLINE:
		return "offline";
	case E_STATE:
		return "state";
	case E_TIMEOUT:
		return "timeout";
	case E_DENIED:
	case E_UNAUTHORIZED:
		return "denied";
	case E_INVALID:
	case E_FORMAT:
		return "invalid";
	case E_LIMIT:
		return "limit";
	case E_NOTFOUND:
		return "missing";
	case E_CONFLICT:
		return "conflict";
	case E_IO:
		return "printer";
	case E_UNAVAILABLE:
	case E_INTERNAL:
	case E_OK:
		break;
	}
	return "unavailable";
}

const struct answer *web_refused(struct req *rq, const char *back, const struct err *e)
{
	return answer_redirect(rq,
	    arena_printf(rq->arena, "%s?refused=%s", back, refusal_word(e->code)));
}

const struct answer *web_problem(struct req *rq, int status, const char *code,
    const char *message)
{
	struct page *p;

	/* Without a session the way leads to the sign-in page and back. */
	if (status == 401 && rq->method == METHOD_GET)
		return answer_redirect(rq, rq->path[0] == '/' && rq->path[1] != '\0' && rq->path[1] != '/'
		        ? arena_printf(rq->arena, "/sign-in?next=%s", rq->path)
		        : "/sign-in");
	p = page_new(rq, answer_reason(status), "");
	page_set(p, "problem", message);
	page_set(p, "code", code);
	page_set(p, "request_id", rq->id);
	return page_render(p, status, "problem", "");
}
