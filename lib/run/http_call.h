/* SPDX-License-Identifier: Apache-2.0 */
/* http_call - one outbound HTTP request that waits for its answer (FastCGI workers, task worker).
 *
 * Purpose:  as run/http, for programs without an event loop. Certificates are verified, no
 *           redirect is followed, no proxy is asked, nothing is tried again.
 * Owns:     the answer's body belongs to the caller: buf_fini().
 * Units:    usec_t; bytes.
 * Errors:   E_TIMEOUT, E_UNAVAILABLE (no connection, bad certificate, cut short). An answer with
 *           any status is E_OK.
 * Blocking: up to timeout. */
#ifndef PLATEN_RUN_HTTP_CALL_H
#define PLATEN_RUN_HTTP_CALL_H

#include "base/buf.h"
#include "base/clock.h"

struct http_call {
	const char *method;
	const char *url;
	bool allow_http;           /* else https only */
	const char *bearer;        /* token, or NULL */
	const char *const *header; /* further header lines, ends with NULL; or NULL */
	const char *body;          /* JSON text, or NULL */
	const char *ca_file;       /* certificates to trust; NULL: the system's */
	usec_t connect, timeout;
	size_t max_answer; /* the rest is dropped and `cut` set */
};

struct http_reply {
	int status;
	struct buf body;
	bool cut;
};

enum errc http_call(const struct http_call *c, struct http_reply *out, struct err *e) MUST_CHECK;

#endif
