/* SPDX-License-Identifier: Apache-2.0 */
/* operation - what the route table does not say about an operation of the API: a sentence for
 * people and the shape of its answers. The document and the page of the API are made of both.
 * Owns:     constants.
 * Errors:   operations_check() refuses an operation without its route, a route of the API without
 *           its operation, and answers that do not read.
 * Blocking: never. */
#ifndef PLATEN_CGI_OPERATION_H
#define PLATEN_CGI_OPERATION_H

#include "cgi/route.h"
#include "cgi/shape.h"

struct operation {
	enum method method;
	const char *path;
	const char *answers; /* notation of cgi/shape.h; refusals that every operation of its
	                        kind has are not listed */
	const char *summary; /* a sentence without its full stop */
	const char *form;    /* shape of a multipart body (ROUTE_STREAM), or NULL */
	const char *example; /* JSON body, where the usual values of its fields do not do */
};

/* Each ends with a row whose path is NULL; the list ends with NULL. */
extern const struct operation *const operations[];
extern const struct operation p_operations[];
extern const struct operation l_operations[];
extern const struct operation l_people_operations[];
extern const struct operation l_queue_operations[];
extern const struct operation l_admin_operations[];

bool operation_is_public(const struct route *r); /* part of the API: pages are not */
const struct operation *operation_of(const struct route *r); /* NULL: none */
enum errc operations_check(struct err *e) MUST_CHECK;

#endif
