/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/page.h"

#include <ClearSilver.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/log.h"
#include "cgi/page_format.h"

#define MAX_DEPTH 16

struct page {
	struct sink sink;
	struct req *rq;
	HDF *hdf;
	/* Where the next member goes: one path per open object or list, with the list's length. */
	struct {
		char path[256];
		int next;
	} open[MAX_DEPTH];
	int depth;
};

static void release_hdf(void *object)
{
	HDF *hdf = object;

	hdf_destroy(&hdf);
}

/* A NEOERR must be taken, or it leaks. False when there was one. */
static bool taken(NEOERR *nerr, const char *doing)
{
	STRING text;

	if (nerr == STATUS_OK)
		return true;
	string_init(&text);
	nerr_error_string(nerr, &text);
	log_error("page: %s: %s", doing, text.buf == NULL ? "?" : text.buf);
	string_clear(&text);
	nerr_ignore(&nerr);
	return false;
}

static void put(struct page *p, const char *path, const char *value)
{
	taken(hdf_set_value(p->hdf, path, value), path);
}

/* Names come from our views and handlers, never from clients; a dot in one is nesting. */
static const char *member(struct page *p, const char *name, char out[320])
{
	if (name != NULL)
		snprintf(out, 320, "%s.%s", p->open[p->depth].path, name);
	else
		snprintf(out, 320, "%s.%d", p->open[p->depth].path, p->open[p->depth].next++);
	return out;
}

static void enter(struct sink *s, const char *name)
{
	struct page *p = (struct page *)s;
	char path[320];

	member(p, name, path);
	if (p->depth + 1 == MAX_DEPTH || strlen(path) >= sizeof p->open[0].path)
		return;
	p->depth++;
	snprintf(p->open[p->depth].path, sizeof p->open[0].path, "%.255s", path);
	p->open[p->depth].next = 0;
}

static void leave(struct sink *s)
{
	struct page *p = (struct page *)s;

	if (p->depth > 0)
		p->depth--;
}

static void text(struct sink *s, const char *name, const char *value, size_t len)
{
	struct page *p = (struct page *)s;
	char path[320], words[PAGE_TEXT_SIZE];

	put(p, member(p, name, path), arena_strn(p->rq->arena, value, len));
	if (name != NULL && len < PAGE_TEXT_SIZE && page_format(name, value, words)) {
		char beside[328];

		snprintf(beside, sizeof beside, "%s_text", path);
		put(p, beside, words);
	}
}

static void number(struct sink *s, const char *name, const char *decimal)
{
	text(s, name, decimal, strlen(decimal));
}

static void boolean(struct sink *s, const char *name, bool value)
{
	text(s, name, value ? "1" : "0", 1);
}

/* Null is simply absent: templates test with ?cs if. */
static void null(struct sink *s, const char *name)
{
	if (name == NULL)
		((struct page *)s)->open[((struct page *)s)->depth].next++;
}

static void tree(struct sink *s, const char *name, const struct jval *v);

struct each {
	struct sink *s;
};

static void tree_member(void *ctx, const char *name, const struct jval *v)
{
	/* Keys of stored documents may hold dots; HDF would nest them. */
	if (strpbrk(name, ". \n") == NULL && strlen(name) < 64)
		tree(((struct each *)ctx)->s, name, v);
}

static void tree(struct sink *s, const char *name, const struct jval *v)
{
	struct each each = { s };
	size_t len;
	const char *t;

	switch (jval_type(v)) {
	case JSON_NULL:
		null(s, name);
		break;
	case JSON_BOOL:
		boolean(s, name, jval_bool(v));
		break;
	case JSON_INT:
		sink_int(s, name, jval_int(v));
		break;
	case JSON_REAL:
		sink_real(s, name, jval_real(v));
		break;
	case JSON_TEXT:
		t = jval_text(v, &len);
		text(s, name, t, len);
		break;
	case JSON_LIST:
		enter(s, name);
		for (size_t i = 0; i < jval_len(v) && i < 500; i++)
			tree(s, NULL, jval_at(v, i));
		leave(s);
		break;
	case JSON_OBJECT:
		enter(s, name);
		jval_each(v, tree_member, &each);
		leave(s);
		break;
	}
}

static void json(struct sink *s, const char *name, const char *ready, size_t len)
{
	const struct jval *v;

	if (jval_parse(((struct page *)s)->rq->arena, ready, len, &v, NULL) == E_OK)
		tree(s, name, v);
}

static const struct sink_ops page_ops = {
	.begin_object = enter,
	.end_object = leave,
	.begin_list = enter,
	.end_list = leave,
	.text = text,
	.number = number,
	.boolean = boolean,
	.null = null,
	.json = json,
};

static const char *template_dir(const struct conf *c)
{
	return conf_is_set(c, "web.template_dir") ? conf_text(c, "web.template_dir")
	                                          : PLATEN_DATADIR "/templates";
}

static HDF *hdf_for(const char *dir)
{
	HDF *hdf = NULL;

	if (!taken(hdf_init(&hdf), "hdf_init"))
		return NULL;
	taken(hdf_set_value(hdf, "Config.VarEscapeMode", "html"), "escape mode");
	taken(hdf_set_value(hdf, "hdf.loadpaths.0", dir), "load path");
	return hdf;
}

struct page *page_new(struct req *rq, const char *title, const char *section)
{
	struct page *p = ARENA_NEW(rq->arena, struct page);
	char once[UUID_SIZE];
	enum role role = rq->entered ? req_role(rq) : ROLE_UNSET;

	p->sink.ops = &page_ops;
	p->rq = rq;
	p->hdf = hdf_for(template_dir(rq->app->conf));
	if (p->hdf == NULL)
		return p;
	arena_adopt(rq->arena, p->hdf, release_hdf);
	snprintf(p->open[0].path, sizeof p->open[0].path, "Page");
	page_set(p, "title", title);
	page_set(p, "section", section);
	page_set(p, "version", PLATEN_VERSION);
	page_set(p, "path", rq->path);
	page_set(p, "csrf", req_csrf(rq));
	uuid_new(once);
	page_set(p, "once", once);
	if (rq->who.kind == WHO_USER && rq->entered) {
		page_set(p, "user.name", pg_entered(rq->app->db, "username"));
		page_set(p, "user.role", role_name(role));
		page_set_int(p, "user.operates", role == ROLE_OPERATOR || role == ROLE_ADMIN);
		page_set_int(p, "user.admin", role == ROLE_ADMIN);
	}
	page_set_int(p, "insecure", !req_is_https(rq));
	page_set_int(p, "daemons", conf_bool(rq->app->conf, "core.daemons"));
	return p;
}

struct sink *page_sink(struct page *p)
{
	return &p->sink;
}

void page_set(struct page *p, const char *name, const char *value)
{
	char path[320];

	snprintf(path, sizeof path, "Page.%s", name);
	if (p->hdf != NULL && value != NULL)
		put(p, path, value);
}

void page_set_int(struct page *p, const char *name, int64_t value)
{
	char digits[32];

	snprintf(digits, sizeof digits, "%" PRId64, value);
	page_set(p, name, digits);
}

const char *page_query(const struct page *p, const char *name)
{
	return req_query(p->rq, name);
}

const struct rows_hooks *page_hooks(struct page *p)
{
	return req_hooks(p->rq);
}

static NEOERR *collect(void *ctx, char *bytes)
{
	buf_text(ctx, bytes);
	return STATUS_OK;
}

static bool render(HDF *hdf, const char *file, struct buf *out)
{
	CSPARSE *cs = NULL;
	bool ok = taken(cs_init(&cs, hdf), file);

	/* The string functions (url_validate, url_escape, js_escape) belong to ClearSilver's CGI kit;
	 * the macros come first because a second definition is an error. */
	ok = ok && taken(cgi_register_strfuncs(cs), file) &&
	    taken(cs_parse_file(cs, "layout/macros.cs"), file) &&
	    (strcmp(file, "layout/macros.cs") == 0 ||
	        taken(cs_parse_file(cs, (char *)(uintptr_t)file), file));
	if (ok && out != NULL)
		ok = taken(cs_render(cs, out, collect), file);
	if (cs != NULL)
		cs_destroy(&cs);
	return ok;
}

static bool is_part(const char *parts, const char *part)
{
	size_t len = strlen(part);
	const char *at = len == 0 ? NULL : strstr(parts, part);

	return at != NULL && strpbrk(part, " ./") == NULL && (at == parts || at[-1] == ' ') &&
	    (at[len] == ' ' || at[len] == '\0');
}

const struct answer *page_render(struct page *p, int status, const char *name, const char *parts)
{
	const char *part = req_query(p->rq, "part");
	struct answer *an;
	char file[128];
	struct buf html = BUF_INIT;

	if (part != NULL && is_part(parts, part))
		snprintf(file, sizeof file, "parts/%s.cs", part);
	else
		snprintf(file, sizeof file, "pages/%s.cs", name);
	/* Collected whole before anything is sent: a failing render must not leave half a page. */
	if (p->hdf == NULL || !render(p->hdf, file, &html)) {
		buf_fini(&html);
		return answer_text(p->rq, 500, "text/plain; charset=utf-8", "This page could not be made.\n", 29);
	}
	an = answer_new(p->rq, status, "text/html; charset=utf-8");
	/* The definitions at the top of a template leave empty lines. */
	buf_drop(&html, strspn(buf_str(&html), "\n"));
	buf_append(&an->body, html.bytes, html.size);
	buf_fini(&html);
	answer_header(an, "Cache-Control", "no-store");
	return an;
}

static enum errc check_folder(const char *dir, const char *folder, struct err *e)
{
	char path[600];
	struct dirent *de;
	DIR *d;
	enum errc rc = E_OK;

	snprintf(path, sizeof path, "%s/%s", dir, folder);
	d = opendir(path);
	if (d == NULL)
		return err_errno(e, path);
	while (rc == E_OK && (de = readdir(d)) != NULL) {
		HDF *hdf;
		size_t len = strlen(de->d_name);

		if (len < 4 || strcmp(de->d_name + len - 3, ".cs") != 0)
			continue;
		hdf = hdf_for(dir);
		snprintf(path, sizeof path, "%s/%.200s", folder, de->d_name);
		if (hdf == NULL || !render(hdf, path, NULL))
			rc = err_set(e, E_FORMAT, "Template %s does not parse", path);
		hdf_destroy(&hdf);
	}
	closedir(d);
	return rc;
}

enum errc page_check(const char *dir, struct err *e)
{
	static const char *const folders[] = { "layout", "parts", "pages" };
	enum errc rc = E_OK;

	for (size_t i = 0; i < 3 && rc == E_OK; i++)
		rc = check_folder(dir, folders[i], e);
	return rc;
}
