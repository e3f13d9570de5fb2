/* SPDX-License-Identifier: Apache-2.0 */
/* answer - the only maker of HTTP answers: both envelopes, refusals, security headers.
 *
 * Purpose:  handlers build exactly one answer and return it. Family decides the form: P writes
 *           bare objects and {"error"}; L wraps in {"success","data"}; WEB gives HTML.
 * Owns:     body and headers live in the request's arena.
 * Errors:   none; enum errc becomes a status by one switch without default.
 * Blocking: never; fcgi.c sends. */
#ifndef PLATEN_CGI_ANSWER_H
#define PLATEN_CGI_ANSWER_H

#include "base/sink.h"
#include "cgi/req.h"

#define ANSWER_MAX_HEADERS 40

struct answer {
	int status;
	const char *type; /* Content-Type; NULL: no body */
	struct buf body;
	struct json_sink json;
	struct {
		const char *name, *value;
	} header[ANSWER_MAX_HEADERS];
	int headers;
	int file;       /* descriptor whose bytes are the body, or -1 */
	int64_t offset; /* of the part of `file` to send */
	int64_t length;
	bool is_accel; /* nginx sends the file named by X-Accel-Redirect */
	bool keep;     /* commit although the status is a refusal */
};

/* A bare answer; `type` is kept by pointer. */
struct answer *answer_new(struct req *rq, int status, const char *type);
void answer_header(struct answer *an, const char *name, const char *value); /* kept by pointer */

/* Opens the object the family promises ({"success":true,"data":{ or {) and returns the sink to
 * write members into; answer_end() closes it. */
struct sink *answer_begin(struct req *rq, int status);
const struct answer *answer_end(struct req *rq);

/* One row: L as data.<name>, P bare. */
const struct answer *answer_row(struct req *rq, int status, const char *name,
    const struct pg_result *r, int row);
/* P: bare list with X-Total-Count. */
const struct answer *answer_rows(struct req *rq, const struct pg_result *r, int64_t total);
/* L: data {<name>, total, page, pages} and meta. */
const struct answer *answer_page(struct req *rq, const char *name, const struct pg_result *r,
    int64_t total, int64_t page, int64_t limit);
const struct answer *answer_message(struct req *rq, const char *message); /* P: {"message"} */
const struct answer *answer_true(struct req *rq); /* L: {"success":true,"data":{"success":true}} */
const struct answer *answer_null(struct req *rq); /* L: {"success":true,"data":null} */
const struct answer *answer_no_content(struct req *rq);
const struct answer *answer_redirect(struct req *rq, const char *location); /* 303 */
const struct answer *answer_text(struct req *rq, int status, const char *type, const char *text,
    size_t size);

/* Refusals. */
const struct answer *answer_error(struct req *rq, const struct err *e);
/* code is the word of family L; message may be NULL for the usual sentence. */
const struct answer *answer_fail(struct req *rq, int status, const char *code,
    const char *message);
const struct answer *answer_not_found(struct req *rq, const char *thing); /* "Printer" */
/* The issues collected in rq->issues (400). */
const struct answer *answer_issues(struct req *rq);
/* Refusal with `details` written by the caller (family L): ready JSON. */
const struct answer *answer_fail_details(struct req *rq, int status, const char *code,
    const char *message, const char *details_json);

/* Attachment of a stored file, by X-Accel-Redirect where nginx offers it, else with ranges. */
struct answer_file {
	const char *path;   /* relative to the storage root */
	const char *type;
	const char *name;   /* shown to the client; any UTF-8 */
	bool is_attachment;
	const char *cache;  /* Cache-Control; NULL: private, no-cache */
};
const struct answer *answer_stored(struct req *rq, const struct answer_file *f);

const char *answer_reason(int status); /* "Not Found" */
/* Family L's usual code and sentence of a refusal. */
void answer_usual(int status, const char **code, const char **message);
/* Adds headers every answer carries; called once by the dispatcher. */
void answer_finish(struct req *rq, struct answer *an);

#endif
