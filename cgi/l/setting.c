/* SPDX-License-Identifier: Apache-2.0 */
/* Family L, extension: settings by category and key (contract §2.7). */
#include <stddef.h>
#include <string.h>

#include "base/utf8.h"
#include "cgi/admin.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "store/setting_store.h"
#include "store/user_store.h"

#define VALUE_MAX 16384

struct in_list { struct in_page page; const char *category; };
static const struct field list_fields[] = {
	{ .name = "page", .type = F_INT, .min = 1, .max = 1e6, .fallback = "1",
	    .offset = offsetof(struct in_list, page.page) },
	{ .name = "limit", .type = F_INT, .min = 1, .fallback = "100",
	    .offset = offsetof(struct in_list, page.limit) },
	{ .name = "category", .type = F_TEXT, .min = 1, .max = 50,
	    .offset = offsetof(struct in_list, category) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_put { const struct jval *settings; const char *scope; };
static const struct field put_fields[] = {
	{ .name = "settings", .type = F_LIST, .flags = FIELD_REQUIRED, .min = 1, .max = 100,
	    .offset = offsetof(struct in_put, settings) },
	{ .name = "scope", .type = F_ENUM, .choices = "organization|installation",
	    .fallback = "organization", .offset = offsetof(struct in_put, scope) },
};
static const struct schema put_schema = SCHEMA(put_fields, struct in_put, NULL);

static const struct answer *list(struct req *rq, const char *category,
    const struct in_page *page)
{
	int64_t limit = page_limit(page), window[2] = { limit, page_offset(page) };
	struct pg_result *r;
	struct err e;

	if (setting_store_list(rq->app->db, rq->arena, category, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "settings", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    page->page.v, limit);
}

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;

	pg_last(rq->app->db);
	return list(rq, in->category, &in->page);
}

static void complain(struct req *rq, size_t i, const char *member, const char *message)
{
	issue_add(rq->arena, &rq->issues, "custom", member == NULL ?
	    arena_printf(rq->arena, "settings.%zu", i) :
	    arena_printf(rq->arena, "settings.%zu.%s", i, member), message);
}

static bool word_ok(const struct jval *v, size_t max)
{
	size_t len = 0;
	const char *text = jval_text(v, &len);

	return text != NULL && len > 0 && len <= max && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_.-") == len;
}

static bool line_ok(const struct jval *v)
{
	size_t len = 0;
	const char *text = jval_text(v, &len);

	return jval_type(v) == JSON_NULL || (text != NULL && len <= 1000 &&
	    utf8_printable(text, len, true));
}

static bool is_repeated(const struct jval *all, size_t i)
{
	const char *key = jval_text(jval_get(jval_at(all, i), "key"), NULL);

	for (size_t k = 0; k < i; k++) {
		const char *other = jval_text(jval_get(jval_at(all, k), "key"), NULL);

		if (other != NULL && strcmp(other, key) == 0)
			return true;
	}
	return false;
}

static void check_one(struct req *rq, const struct jval *all, size_t i)
{
	const struct jval *v = jval_at(all, i);

	if (jval_type(v) != JSON_OBJECT) {
		complain(rq, i, NULL, "must be an object with category, key and value");
		return;
	}
	if (!word_ok(jval_get(v, "category"), 50))
		complain(rq, i, "category", "must be 1 to 50 letters, digits, dots and dashes");
	if (!word_ok(jval_get(v, "key"), 100))
		complain(rq, i, "key", "must be 1 to 100 letters, digits, dots and dashes");
	else if (is_repeated(all, i))
		complain(rq, i, "key", "must not be given twice");
	if (!jval_has(v, "value"))
		complain(rq, i, "value", "Required");
	else if (strlen(jval_print(rq->arena, jval_get(v, "value"))) > VALUE_MAX)
		complain(rq, i, "value", "must have at most 16 KiB");
	if (!line_ok(jval_get(v, "description")))
		complain(rq, i, "description", "must be a line of at most 1000 bytes");
}

/* Names only: a value may be anything, also something private. */
static const char *keys_of(struct req *rq, const struct jval *all)
{
	struct buf out = BUF_INIT;
	const char *text;

	buf_text(&out, "{\"keys\":[");
	for (size_t i = 0; i < jval_len(all); i++)
		buf_printf(&out, "%s\"%s\"", i == 0 ? "" : ",",
		    jval_text(jval_get(jval_at(all, i), "key"), NULL));
	buf_text(&out, "]}");
	text = arena_str(rq->arena, buf_str(&out));
	buf_fini(&out);
	return text;
}

static const struct answer *l_put(struct req *rq)
{
	static const struct in_page all = { { true, 1 }, { true, 100 } };
	const struct in_put *in = rq->in;
	bool of_installation = strcmp(in->scope, "installation") == 0;
	struct err e;

	if (of_installation && admin_check_host(rq, &e) != E_OK)
		return answer_error(rq, &e);
	for (size_t i = 0; i < jval_len(in->settings); i++)
		check_one(rq, in->settings, i);
	if (rq->issues.len > 0)
		return answer_issues(rq);
	if (setting_store_put(rq->app->db, rq->arena, jval_print(rq->arena, in->settings),
	        of_installation, &e) != E_OK ||
	    user_store_audit(rq->app->db, rq->arena, "settings.updated", "Settings changed",
	        keys_of(rq, in->settings), &e) != E_OK)
		return answer_error(rq, &e);
	return list(rq, NULL, &all);
}

const struct route l_setting_routes[] = {
	{ METHOD_GET, "/api/settings", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, &list_schema,
	    l_list, 0 },
	{ METHOD_PUT, "/api/settings", ROLE_ADMIN, RATE_API, POOL_API, FAMILY_L, &put_schema,
	    l_put, 0 },
	{ .path = NULL },
};
