/* SPDX-License-Identifier: Apache-2.0 */
/* do_product - making, changing and retiring products, for every door.
 * Contract: inside the request's transaction. Owns: nothing. Errors: E_NOTFOUND, E_INVALID with
 * field. Blocking: a few round trips. */
#ifndef PLATEN_CGI_DO_PRODUCT_H
#define PLATEN_CGI_DO_PRODUCT_H

#include "cgi/req.h"
#include "store/product_store.h"

/* json: the fields by column name, validated; file: the one among them, or NULL. */
struct product_wish { const char *json, *file; };
enum errc do_product_create(struct req *rq, const struct product_wish *w, const char **id,
    struct err *e) MUST_CHECK;
enum errc do_product_change(struct req *rq, const char *id, const struct product_wish *w,
    struct err *e) MUST_CHECK;
enum errc do_product_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
