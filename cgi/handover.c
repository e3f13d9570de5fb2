/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/handover.h"

#include <string.h>
#include <strings.h>

#include "base/conf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "cgi/do_control.h"
#include "run/http_call.h"
#include "store/handover_store.h"
#include "store/status_store.h"

#define CONNECT_WAIT (5 * USEC_PER_SEC)
#define MAX_ANSWER   (256u << 10)
#define TOKEN_LIFE   (5 * 60 * USEC_PER_SEC) /* of a token made for a page's call */

/* The view gives the path of the G-code; whoever prints gets an address that needs no token. */
static const char *sign_path(void *ctx, const char *column, const char *value)
{
	struct req *rq = ctx;
	const char *query = strchr(value, '?'), *url;

	(void)column;
	url = ticket_media_url(&rq->app->tickets, arena_strn(rq->arena, value, strcspn(value, "?")),
	    req_org(rq), clock_wall() + 3600 * USEC_PER_SEC, rq->arena);
	return arena_printf(rq->arena, "%s%s%s%s", req_origin(rq), url, query == NULL ? "" : "&",
	    query == NULL ? "" : query + 1);
}

/* The backend talks to the printer, so it gets the code, whoever the caller is. */
static const char *unseal(void *ctx, const char *column, const char *value)
{
	struct req *rq = ctx;
	size_t len = strlen(value) / 2;
	struct buf plain = BUF_INIT;
	const char *out = NULL;
	uint8_t *sealed;

	(void)column;
	if (!rq->app->can_seal || len < 1)
		return NULL;
	sealed = arena_alloc(rq->arena, len);
	if (hex_decode(value + 2, sealed, len - 1) &&
	    crypto_unseal(rq->app->seal_key, sealed, len - 1, &plain))
		out = arena_str(rq->arena, buf_str(&plain));
	buf_fini(&plain);
	return out;
}

/* An agent reads the code with the printer, if it needs it; commands do not carry it. */
static enum errc payload(struct req *rq, const char *id, bool agent, const char **out,
    struct err *e)
{
	const struct rows_hooks hooks = { rq, agent ? NULL : unseal, sign_path };
	struct buf text = BUF_INIT;
	struct json_sink js;
	struct pg_result *r;
	enum errc rc = handover_store_row(rq->app->db, rq->arena, id, &r, e);

	if (rc != E_OK)
		return rc;
	json_sink_init(&js, &text);
	if (agent) {
		sink_begin_object(&js.sink, NULL);
		sink_text(&js.sink, "job_id", id);
		rows_object(&js.sink, "job", r, 0, &hooks);
		sink_end_object(&js.sink);
	} else {
		rows_object(&js.sink, NULL, r, 0, &hooks);
	}
	*out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return E_OK;
}

static enum errc to_agent(struct req *rq, const char *id, const struct printer_facts *p,
    struct err *e)
{
	struct control_wish w = { .type = "start_print", .audit = "command.created" };
	struct control_result r;
	enum errc rc = payload(rq, id, true, &w.metadata, e);

	return rc == E_OK ? do_control(rq, p, &w, &r, e) : rc;
}

/* The caller's own token. A page has none to pass on (its cookie stays here): one is made. */
static const char *bearer_of(struct req *rq)
{
	const char *header = req_header(rq, "Authorization");
	struct token_claims claims = { .role = role_name(req_role(rq)) };

	if (header != NULL && strncasecmp(header, "Bearer ", 7) == 0)
		return header + 7;
	memcpy(claims.subject, rq->who.user, UUID_SIZE);
	memcpy(claims.session, rq->who.session, UUID_SIZE);
	memcpy(claims.organization, req_org(rq), UUID_SIZE);
	claims.expires = clock_wall() + TOKEN_LIFE;
	return token_issue(&rq->app->keys, TOKEN_ACCESS, &claims, clock_wall(), rq->arena);
}

static const char *address(struct req *rq, const char *base)
{
	const char *path = conf_text(rq->app->conf, "printer_backend.send_path");
	size_t len = strlen(base);

	while (len > 0 && base[len - 1] == '/')
		len--;
	return arena_printf(rq->arena, "%.*s%s%s", (int)len, base, *path == '/' ? "" : "/", path);
}

/* E_OK: taken; *answer is its JSON object, or NULL. */
static enum errc judge(struct req *rq, const struct http_reply *reply, const char **answer,
    struct err *e)
{
	const struct jval *v;

	*answer = NULL;
	if (reply->status < 200 || reply->status > 299) {
		err_set(e, E_IO, "Printer backend error: %d", reply->status);
		return err_kind(e, "PRINTER_ERROR");
	}
	if (!reply->cut && jval_parse(rq->arena, reply->body.bytes, reply->body.size, &v, NULL) == E_OK &&
	    jval_type(v) == JSON_OBJECT)
		*answer = jval_print(rq->arena, v);
	return E_OK;
}

/* Outside any transaction: nobody waits for a lock while the backend thinks. */
static enum errc call(struct req *rq, const char *id, const struct http_call *c,
    const char **answer, struct err *e)
{
	struct http_reply reply;
	enum errc rc = http_call(c, &reply, e);

	if (rc != E_OK) {
		log_err(e, "handing over a job");
		log_warn("the printer backend did not take job %s", id);
		err_set(e, E_IO, "Printer backend unreachable");
		return err_kind(e, "PRINTER_ERROR");
	}
	rc = judge(rq, &reply, answer, e);
	buf_fini(&reply.body);
	return rc;
}

static enum errc book_failure(struct req *rq, const char *id, const char *why, struct err *e)
{
	const struct job_news news = { "JOB_FAILED", "ERROR", why, "print:failed", why, "PRINT_FAILED",
		"Print failed", true };
	bool moved;
	enum errc rc = handover_store_failed(rq->app->db, rq->arena, id, why, &moved, e);

	return rc == E_OK && moved ? status_store_tell(rq->app->db, rq->arena, id, &news, e) : rc;
}

/* Somebody cancelled while the backend was asked: it has to hear of that. */
static enum errc book_success(struct req *rq, const char *id, const struct printer_facts *p,
    struct err *e)
{
	const char *status;
	enum errc rc = handover_store_taken(rq->app->db, rq->arena, id, &status, e);

	if (rc != E_OK || strcmp(status, "cancelled") != 0)
		return rc;
	return handover_recall(rq, p, &(struct handover_end){ id, "Job cancelled", true, NULL }, e);
}

static enum errc to_backend(struct req *rq, const char *id, const struct printer_facts *p,
    const char *url, const char **answer, struct err *e)
{
	const struct conf *c = rq->app->conf;
	const char *key = conf_text(c, "printer_backend.api_key");
	const char *lines[] = { arena_printf(rq->arena, "Idempotency-Key: %s", id),
		key == NULL ? NULL : arena_printf(rq->arena, "X-API-Key: %s", key), NULL };
	struct http_call hc = { .method = "POST", .url = address(rq, url), .header = lines,
		.allow_http = conf_bool(c, "printer_backend.allow_http"), .bearer = bearer_of(rq),
		.ca_file = conf_text(c, "printer_backend.ca_file"), .connect = CONNECT_WAIT,
		.timeout = conf_duration(c, "printer_backend.timeout"), .max_answer = MAX_ANSWER };
	struct err refused;
	enum errc sent, rc = payload(rq, id, false, &hc.body, e);

	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc != E_OK)
		return rc;
	sent = call(rq, id, &hc, answer, &refused);
	rc = req_enter(rq, e);
	if (rc == E_OK)
		rc = sent == E_OK ? book_success(rq, id, p, e) :
		                    book_failure(rq, id, refused.message, e);
	if (rc != E_OK || sent == E_OK)
		return rc;
	rc = req_commit(rq, e);
	if (rc == E_OK)
		*e = refused;
	return rc == E_OK ? sent : rc;
}

enum errc handover_send(struct req *rq, const char *id, const struct printer_facts *p,
    struct job_handed *out, struct err *e)
{
	const char *url;
	enum errc rc = handover_store_url(rq->app->db, rq->arena, &url, e);

	if (rc != E_OK)
		return rc;
	if (url == NULL || *url == '\0')
		url = conf_text(rq->app->conf, "printer_backend.url");
	out->how = url == NULL ? JOB_SENT_AGENT : JOB_SENT_BACKEND;
	return url == NULL ? to_agent(rq, id, p, e) : to_backend(rq, id, p, url, &out->answer, e);
}

enum errc handover_recall(struct req *rq, const struct printer_facts *p, struct handover_end *end,
    struct err *e)
{
	const struct control_wish w = { .type = "cancel_print", .audit = "job.cancel_requested",
		.metadata = arena_printf(rq->arena, "{\"job_id\":\"%s\"}", end->job) };
	struct control_result r;
	enum errc rc = handover_store_withdraw(rq->app->db, rq->arena, end->job, end->why, e);

	end->command = NULL;
	if (rc != E_OK || !end->known)
		return rc;
	rc = do_control(rq, p, &w, &r, e);
	end->command = r.id;
	return rc;
}
