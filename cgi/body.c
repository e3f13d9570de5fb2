/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/body.h"

#include <string.h>
#include <strings.h>

#include "base/conf.h"
#include "base/utf8.h"
#include "cgi/gate.h"

static bool has_body(const struct req *rq)
{
	return rq->method == METHOD_POST || rq->method == METHOD_PUT || rq->method == METHOD_PATCH ||
	    rq->method == METHOD_DELETE;
}

enum errc body_prepare(struct req *rq, struct err *e)
{
	const char *length = rq->gate->param(rq->gate, "CONTENT_LENGTH");
	const char *coding = req_header(rq, "Transfer-Encoding");
	uint64_t n = 0;

	if (!has_body(rq))
		return E_OK;
	if (length == NULL || *length == '\0') {
		/* only a chunked body passed on unbuffered has no length */
		rq->body_unknown = coding != NULL && strcasecmp(coding, "chunked") == 0;
		return E_OK;
	}
	for (const char *p = length; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || n > UINT64_MAX / 100)
			return err_set(e, E_INVALID, "Malformed Content-Length");
		n = n * 10 + (uint64_t)(*p - '0');
	}
	rq->body_left = (size_t)n;
	return E_OK;
}

static enum errc wrong_type(struct err *e)
{
	err_set(e, E_FORMAT, "Unsupported media type");
	return err_kind(e, "UNSUPPORTED_MEDIA_TYPE");
}

enum errc body_check_coding(const struct req *rq, struct err *e)
{
	const char *coding = req_header(rq, "Content-Encoding");

	if (coding == NULL || *coding == '\0' || strcasecmp(coding, "identity") == 0)
		return E_OK;
	return wrong_type(e);
}

static enum errc too_large(struct err *e)
{
	return err_set(e, E_LIMIT, "Payload too large");
}

static enum errc slurp(struct req *rq, struct buf *out, struct err *e)
{
	size_t limit = (size_t)conf_int(rq->app->conf, "http.max_json"), got;
	enum errc rc;

	if (rq->body_left > limit)
		return too_large(e);
	do {
		rc = req_read(rq, buf_reserve(out, 16384), 16384, &got, e);
		if (rc != E_OK)
			return err_set(e, E_INVALID, "The request body ended early");
		out->size += got;
		if (out->size > limit)
			return too_large(e);
	} while (got > 0);
	return E_OK;
}

static bool type_is(const char *type, const char *want)
{
	size_t len = strlen(want);

	return type != NULL && strncasecmp(type, want, len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static enum errc parse(struct req *rq, const struct buf *bytes, struct err *e)
{
	const char *type = rq->gate->param(rq->gate, "CONTENT_TYPE");
	struct pairs *form;
	enum errc rc;

	if (rq->family == FAMILY_WEB && type_is(type, "application/x-www-form-urlencoded")) {
		form = ARENA_NEW(rq->arena, struct pairs);
		if (memchr(bytes->bytes, '\0', bytes->size) != NULL)
			form->bad = true;
		else
			pairs_parse(rq->arena, arena_strn(rq->arena, bytes->bytes, bytes->size), form);
		rq->form = form;
		return E_OK;
	}
	if (!type_is(type, "application/json"))
		return wrong_type(e);
	rc = jval_parse(rq->arena, bytes->bytes, bytes->size, &rq->body, e);
	if (rc != E_OK)
		return rc;
	if (jval_type(rq->body) != JSON_OBJECT) {
		rq->body = NULL;
		return err_set(e, E_INVALID, "The body must be a JSON object");
	}
	return E_OK;
}

enum errc body_read(struct req *rq, struct err *e)
{
	struct buf bytes = BUF_INIT;
	enum errc rc;

	if (!has_body(rq) || (rq->body_left == 0 && !rq->body_unknown))
		return E_OK; /* an absent body equals {} */
	rc = body_check_coding(rq, e);
	if (rc == E_OK)
		rc = slurp(rq, &bytes, e);
	if (rc == E_OK && bytes.size > 0)
		rc = parse(rq, &bytes, e);
	buf_fini(&bytes);
	return rc;
}
