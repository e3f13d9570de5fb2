/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/once.h"

#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "store/once_store.h"

#define KEY_MAX 200

static bool key_ok(const char *key)
{
	size_t len = strlen(key);

	if (len == 0 || len > KEY_MAX)
		return false;
	for (const char *p = key; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return true;
}

static const char *key_of(const struct req *rq)
{
	const char *key = req_header(rq, "Idempotency-Key");

	return key == NULL && rq->form != NULL ? pairs_get(rq->form, "_once") : key;
}

/* What was asked: method, path and body, whatever the order of headers or a new CSRF token. */
static const char *hash_of(struct req *rq)
{
	char *hex = arena_alloc(rq->arena, SHA256_HEX_SIZE);
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s %s\n%s", method_name(rq->method), rq->path,
	    rq->body == NULL ? "" : jval_print(rq->arena, rq->body));
	for (int i = 0; rq->form != NULL && i < rq->form->len; i++)
		if (rq->form->at[i].name[0] != '_')
			buf_printf(&text, "%s=%s\n", rq->form->at[i].name, rq->form->at[i].value);
	sha256_hex(text.bytes, text.size, hex);
	buf_fini(&text);
	return hex;
}

/* The stored answer again: a page's redirect, else the body as it was. */
static const struct answer *replay(struct req *rq, const struct once_row *row)
{
	if (rq->family == FAMILY_WEB) {
		const struct jval *v = NULL;
		const char *to = NULL;
		struct err e;

		if (jval_parse(rq->arena, row->answer, strlen(row->answer), &v, &e) == E_OK)
			to = jval_text(jval_get(v, "location"), NULL);
		answer_redirect(rq, to == NULL ? "/" : to);
	} else {
		answer_text(rq, row->status, "application/json; charset=utf-8", row->answer,
		    strlen(row->answer));
	}
	answer_header(rq->answer, "Idempotency-Replayed", "true");
	return rq->answer;
}

const struct answer *once_begin(struct req *rq)
{
	struct once_row row;
	struct err e;
	const char *key;

	if ((rq->route->flags & ROUTE_ONCE) == 0 || (key = key_of(rq)) == NULL)
		return NULL;
	if (!key_ok(key)) {
		issue_add(rq->arena, &rq->issues, "custom", "Idempotency-Key",
		    "must be 1 to 200 visible ASCII characters");
		return answer_issues(rq);
	}
	if (once_store_take(rq->app->db, rq->arena, key, hash_of(rq), &row, &e) != E_OK)
		return answer_error(rq, &e);
	if (row.taken) {
		rq->once_key = key;
		return NULL;
	}
	if (strcmp(row.hash, hash_of(rq)) != 0)
		return answer_fail(rq, 422, "IDEMPOTENCY_KEY_REUSED",
		    "This Idempotency-Key belongs to another request");
	if (row.answer == NULL)
		return answer_fail(rq, 409, "CONFLICT",
		    "The first request with this Idempotency-Key has not been answered");
	return replay(rq, &row);
}

static const char *location_json(struct req *rq, const struct answer *an)
{
	struct buf text = BUF_INIT;
	const char *out;

	buf_text(&text, "{\"location\":");
	for (int i = 0; i < an->headers; i++)
		if (strcmp(an->header[i].name, "Location") == 0)
			json_quote(&text, an->header[i].value, strlen(an->header[i].value));
	buf_text(&text, "}");
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

enum errc once_keep(struct req *rq, const struct answer *an, struct err *e)
{
	if (rq->once_key == NULL)
		return E_OK;
	if (an->status >= 500) /* repeating it is what the caller should do */
		return once_store_drop(rq->app->db, rq->arena, rq->once_key, e);
	return once_store_keep(rq->app->db, rq->arena, rq->once_key, an->status,
	    rq->family == FAMILY_WEB ? location_json(rq, an) :
	    arena_strn(rq->arena, (const char *)an->body.bytes, an->body.size), e);
}

void once_drop(struct req *rq)
{
	struct err e;

	if (rq->once_key == NULL)
		return;
	if (req_begin(rq, &e) == E_OK &&
	    once_store_drop(rq->app->db, rq->arena, rq->once_key, &e) == E_OK &&
	    req_commit(rq, &e) == E_OK)
		return;
	log_err(&e, "giving an idempotency key back");
	req_rollback(rq);
}
