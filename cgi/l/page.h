/* SPDX-License-Identifier: Apache-2.0 */
/* page - family L's pagination (contract §2.3): page from 1, limit 1-100, larger ones reduced.
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_L_PAGE_H
#define PLATEN_CGI_L_PAGE_H

#include "cgi/input.h"

struct in_page { struct in_int page, limit; };

#define PAGE_FIELDS(in, member) \
	{ .name = "page", .type = F_INT, .min = 1, .max = 1e6, .fallback = "1", \
	    .offset = offsetof(in, member.page) }, \
	{ .name = "limit", .type = F_INT, .min = 1, .fallback = "20", \
	    .offset = offsetof(in, member.limit) }

static inline int64_t page_limit(const struct in_page *p)
{
	return p->limit.v > 100 ? 100 : p->limit.v;
}

static inline int64_t page_offset(const struct in_page *p)
{
	return (p->page.v - 1) * page_limit(p);
}

#endif
