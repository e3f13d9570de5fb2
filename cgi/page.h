/* SPDX-License-Identifier: Apache-2.0 */
/* page - server-rendered HTML; the only user of ClearSilver.
 *
 * Purpose:  a handler fills the page's values through a sink (the same shapes as the API) and
 *           renders one template; `?part=name` renders that part alone, for live refreshes.
 * Values:   everything lies under `Page.`. For members listed in page_format.c a sibling
 *           `<name>_text` holds the words a person reads (durations, sizes, times, states), so
 *           that templates only test, loop and print.
 * Owns:     the HDF lives in the request's arena.
 * Errors:   a template that fails is logged with its path and answered as 500 without it.
 * Blocking: reads template files. Escaping is switched on before parsing, here and only here. */
#ifndef PLATEN_CGI_PAGE_H
#define PLATEN_CGI_PAGE_H

#include "cgi/answer.h"

struct page;

/* section: which entry of the navigation is current ("fleet", "files", "jobs", ""). */
struct page *page_new(struct req *rq, const char *title, const char *section);
struct sink *page_sink(struct page *p); /* members go under Page. */
void page_set(struct page *p, const char *name, const char *value);
void page_set_int(struct page *p, const char *name, int64_t value);
const char *page_query(const struct page *p, const char *name); /* parameter of the request */
const struct rows_hooks *page_hooks(struct page *p);

/* name: "fleet" renders templates/pages/fleet.cs; with ?part=x templates/parts/x.cs when the
 * page's own list of parts (" a b ") has it. */
const struct answer *page_render(struct page *p, int status, const char *name, const char *parts);

/* Every template parses (a test, and the start of --check-templates). */
enum errc page_check(const char *template_dir, struct err *e) MUST_CHECK;

#endif
