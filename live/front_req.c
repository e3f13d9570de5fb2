/* SPDX-License-Identifier: Apache-2.0 */
#include "live/front_req.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "live/rules.h"

#define JSON "application/json; charset=utf-8"

/* ---- answers ---- */

enum MHD_Result front_req_send(struct front_req *rq)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(rq->out.size, rq->out.bytes, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result rc;

	if (r == NULL)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", rq->type);
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(r, "Vary", "Origin");
	if (rq->origin != NULL) {
		MHD_add_response_header(r, "Access-Control-Allow-Origin", rq->origin);
		MHD_add_response_header(r, "Access-Control-Allow-Credentials", "true");
		if (rq->status == 204) {
			MHD_add_response_header(r, "Access-Control-Allow-Methods", "GET, POST");
			MHD_add_response_header(r, "Access-Control-Allow-Headers",
			    "content-type, authorization");
			MHD_add_response_header(r, "Access-Control-Max-Age", "600");
		}
	}
	rc = MHD_queue_response(rq->conn, (unsigned)rq->status, r);
	MHD_destroy_response(r);
	return rc;
}

void front_answer(struct front_req *rq, int status, const char *type, const char *body, size_t size)
{
	rq->status = status;
	snprintf(rq->type, sizeof rq->type, "%s", type);
	buf_clear(&rq->out);
	buf_append(&rq->out, body, size);
	rq->ready = true;
	if (rq->suspended) {
		rq->suspended = false;
		MHD_resume_connection(rq->conn);
		front_run_soon(rq->front);
	}
}

void front_req_refuse(struct front_req *rq, int status, enum eio_refusal code, const char *message)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "{\"code\":%d,\"message\":\"%s\"}", (int)code, message);
	front_answer(rq, status, JSON, b.bytes, b.size);
	buf_fini(&b);
}

void front_req_refuse_code(struct front_req *rq, enum eio_refusal code)
{
	front_req_refuse(rq, code == EIO_FORBIDDEN ? 403 : 400, code, eio_refusal_message(code));
}

void front_new_sid(char out[EIO_SID_SIZE])
{
	struct buf b = BUF_INIT;
	uint8_t bytes[18];

	crypto_random(bytes, sizeof bytes);
	base64url_encode(&b, bytes, sizeof bytes);
	memcpy(out, buf_str(&b), EIO_SID_SIZE);
	buf_fini(&b);
}

/* ---- what the request says ---- */

const char *front_req_header(const struct front_req *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->conn, MHD_HEADER_KIND, name);
}

const char *front_req_query(const struct front_req *rq, const char *name)
{
	return MHD_lookup_connection_value(rq->conn, MHD_GET_ARGUMENT_KIND, name);
}

/* Only nginx reaches this listener; what it says about the client is believed. */
const char *front_req_address(const struct front_req *rq)
{
	const char *text = front_req_header(rq, "X-Forwarded-For"), *last;

	if (text == NULL)
		return "";
	last = strrchr(text, ','); /* the last is nginx's own word */
	return last == NULL ? text : last + 1 + strspn(last + 1, " ");
}

void front_req_handshake(const struct front_req *rq, struct handshake *h)
{
	const char *bearer = rules_bearer(front_req_header(rq, "Authorization"));
	const char *cookies = front_req_header(rq, "Cookie"), *demo = front_req_query(rq, "demo");

	memset(h, 0, sizeof *h);
	snprintf(h->address, sizeof h->address, "%s", front_req_address(rq));
	h->bearer = bearer == NULL ? NULL : strdup(bearer);
	h->cookie = rules_cookie(cookies, "__Host-platen");
	if (h->cookie == NULL)
		h->cookie = rules_cookie(cookies, "platen");
	h->demo = demo != NULL && strcmp(demo, "true") == 0;
}

void front_req_drop_handshake(struct handshake *h)
{
	free(h->bearer);
	free(h->cookie);
	h->bearer = h->cookie = NULL;
}

/* S-034: a browser says where its page came from; with a cookie a socket must say it. */
bool front_req_origin_allowed(struct front_req *rq, bool websocket)
{
	const char *origin = front_req_header(rq, "Origin"), *host = front_req_header(rq, "Host");
	const char *forwarded = front_req_header(rq, "X-Forwarded-Host");
	char *cookie;

	if (origin != NULL) {
		if (!rules_origin_ok(origin, forwarded != NULL ? forwarded : host,
			rq->gw->origins, 2))
			return false;
		rq->origin = strdup(origin);
		return true;
	}
	cookie = rules_cookie(front_req_header(rq, "Cookie"), "__Host-platen");
	if (cookie == NULL)
		cookie = rules_cookie(front_req_header(rq, "Cookie"), "platen");
	free(cookie);
	return !websocket || cookie == NULL;
}
