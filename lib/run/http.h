/* SPDX-License-Identifier: Apache-2.0 */
/* http - requests to other servers from a loop process; the only user of libcurl.
 *
 * Purpose:  one small request, one small answer, as a callback; connections are kept open.
 * Owns:     requests under way; everything in http_request is copied.
 * Units:    usec_t; bytes.
 * Errors:   E_TIMEOUT, E_UNAVAILABLE (no connection, or http_free()), E_LIMIT (answer larger than
 *           max_answer). An answer with any status is E_OK.
 * Blocking: never (names are resolved by libcurl's own means). */
#ifndef PLATEN_RUN_HTTP_H
#define PLATEN_RUN_HTTP_H

#include "run/loop.h"

struct http;

struct http_request {
	const char *method; /* "GET", "POST", ... */
	const char *url;    /* http or https only */
	const char *bearer; /* token, or NULL */
	const char *header; /* one more header line, or NULL */
	const char *body;   /* JSON text, or NULL */
	usec_t timeout;
};

struct http_answer {
	enum errc rc;
	int status;
	const char *body; /* "" when empty; valid during the callback */
	size_t size;
};

struct http *http_new(struct loop *l, size_t max_answer);
void http_free(struct http *h); /* accepts NULL */
void http_send(struct http *h, const struct http_request *rq,
    void (*done)(void *ctx, const struct http_answer *a), void *ctx);

#endif
