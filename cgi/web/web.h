/* SPDX-License-Identifier: Apache-2.0 */
/* web - what the pages' handlers share: rows with the words a person reads, notices after a
 * redirect, refusals as pages.
 * Owns: nothing; all lives in the request's arena. Errors: as answers. Blocking: database. */
#ifndef PLATEN_CGI_WEB_WEB_H
#define PLATEN_CGI_WEB_WEB_H

#include "cgi/page.h"
#include "cgi/page_format.h"

/* One row of view web_printer / web_job as Page.<name> (or list element when name is NULL). */
void web_printer(struct page *p, const char *name, const struct pg_result *r, int row);
void web_job(struct page *p, const char *name, const struct pg_result *r, int row);
/* Member `words`: how a state reads, its colour and its symbol. */
void web_words(struct sink *s, struct state_words w);
/* The emergency stop ticket of a printer for the person at this page. */
const char *web_stop_ticket(struct req *rq, const char *printer);
/* page=, pages, previous, next of a list. */
void web_pager(struct page *p, int64_t page, int64_t limit, int64_t total);
/* ?page= of the request, 1 when absent or senseless. */
int64_t web_page_number(const struct req *rq);

/* 303 to a page that then says `notice` (a word of the closed list in web.c, never free text). */
const struct answer *web_done(struct req *rq, const char *to, const char *notice);
/* Puts the notice or refusal that ?notice= / ?refused= names on the page. */
void web_notice(struct page *p);
/* An act was refused: 303 back with the reason's word, or a problem page when it has none. */
const struct answer *web_refused(struct req *rq, const char *back, const struct err *e);
const struct answer *web_problem(struct req *rq, int status, const char *code,
    const char *message);

#endif
