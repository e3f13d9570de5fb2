/* SPDX-License-Identifier: Apache-2.0 */
#include "run/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

struct call {
	struct http *http;
	struct call *next, *prev;
	CURL *easy;
	struct curl_slist *headers;
	struct buf body;
	bool too_large;
	char error[CURL_ERROR_SIZE];
	void (*done)(void *ctx, const struct http_answer *a);
	void *ctx;
};

struct sock {
	struct http *http;
	curl_socket_t fd;
	struct loop_watch *watch;
};

struct http {
	struct loop *loop;
	struct loop_timer *timer;
	CURLM *multi;
	size_t max_answer;
	struct call *calls;
};

static void *must(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

static void finish(struct call *c, enum errc rc, int status)
{
	struct http_answer a = { .rc = rc, .status = status, .body = buf_str(&c->body),
		.size = c->body.size };
	struct http *h = c->http;

	curl_multi_remove_handle(h->multi, c->easy);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		h->calls = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	c->done(c->ctx, &a);
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
	buf_fini(&c->body);
	free(c);
}

static void collect(struct http *h)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		CURLcode result = m->data.result;
		struct call *c;
		long status = 0;
		char *owner;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &owner);
		c = (struct call *)(void *)owner;
		curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
		if (result == CURLE_OK) {
			finish(c, E_OK, (int)status);
		} else if (c->too_large) {
			finish(c, E_LIMIT, 0);
		} else {
			log_warn("outbound request failed: %s",
			    c->error[0] != '\0' ? c->error : curl_easy_strerror(result));
			finish(c, result == CURLE_OPERATION_TIMEDOUT ? E_TIMEOUT : E_UNAVAILABLE, 0);
		}
	}
}

static void on_socket(void *ctx, unsigned events)
{
	struct sock *s = ctx;
	struct http *h = s->http;
	int mask = 0, running;

	if (events & (LOOP_READ | LOOP_HANGUP))
		mask |= CURL_CSELECT_IN;
	if (events & LOOP_WRITE)
		mask |= CURL_CSELECT_OUT;
	curl_multi_socket_action(h->multi, s->fd, mask, &running);
	collect(h);
}

static void on_timer(void *ctx)
{
	struct http *h = ctx;
	int running;

	curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	collect(h);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *sock)
{
	struct http *h = ctx;
	struct sock *s = sock;
	unsigned events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (s != NULL)
			loop_watch_free(s->watch);
		free(s);
		curl_multi_assign(h->multi, fd, NULL);
		return 0;
	}
	if (what & CURL_POLL_IN)
		events |= LOOP_READ;
	if (what & CURL_POLL_OUT)
		events |= LOOP_WRITE;
	if (s == NULL) {
		s = must(calloc(1, sizeof *s));
		s->http = h;
		s->fd = fd;
		s->watch = loop_watch_new(h->loop, fd, events, on_socket, s);
		curl_multi_assign(h->multi, fd, s);
	} else {
		loop_watch_set(s->watch, events);
	}
	return 0;
}

static int want_timer(CURLM *multi, long msec, void *ctx)
{
	struct http *h = ctx;

	(void)multi;
	loop_timer_at(h->timer,
	    msec < 0 ? USEC_NEVER : loop_now(h->loop) + msec * USEC_PER_MSEC);
	return 0;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct call *c = ctx;

	size *= count;
	if (c->body.size + size > c->http->max_answer) {
		c->too_large = true;
		return 0;
	}
	buf_append(&c->body, bytes, size);
	return size;
}

struct http *http_new(struct loop *l, size_t max_answer)
{
	struct http *h = must(calloc(1, sizeof *h));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	h->loop = l;
	h->max_answer = max_answer;
	h->timer = loop_timer_new(l, on_timer, h);
	h->multi = must(curl_multi_init());
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 32L);
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 8L);
	return h;
}

void http_free(struct http *h)
{
	if (h == NULL)
		return;
	while (h->calls != NULL)
		finish(h->calls, E_UNAVAILABLE, 0);
	curl_multi_cleanup(h->multi);
	loop_timer_free(h->timer);
	free(h);
	curl_global_cleanup();
}

static void add_header(struct call *c, const char *text)
{
	c->headers = must(curl_slist_append(c->headers, text));
}

static void set_headers(struct call *c, const struct http_request *rq)
{
	struct buf line = BUF_INIT;

	add_header(c, "Accept: application/json");
	add_header(c, "Expect:");
	if (rq->body != NULL)
		add_header(c, "Content-Type: application/json");
	if (rq->header != NULL)
		add_header(c, rq->header);
	if (rq->bearer != NULL) {
		buf_printf(&line, "Authorization: Bearer %s", rq->bearer);
		add_header(c, buf_str(&line));
	}
	buf_fini(&line);
	curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
}

void http_send(struct http *h, const struct http_request *rq,
    void (*done)(void *ctx, const struct http_answer *a), void *ctx)
{
	struct call *c = must(calloc(1, sizeof *c));

	c->http = h;
	c->done = done;
	c->ctx = ctx;
	c->easy = must(curl_easy_init());
	c->next = h->calls;
	if (c->next != NULL)
		c->next->prev = c;
	h->calls = c;
	curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(c->easy, CURLOPT_URL, rq->url);
	curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->easy, CURLOPT_TIMEOUT_MS, (long)(rq->timeout / USEC_PER_MSEC));
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	set_headers(c, rq);
	if (rq->body != NULL)
		curl_easy_setopt(c->easy, CURLOPT_COPYPOSTFIELDS, rq->body);
	curl_easy_setopt(c->easy, CURLOPT_CUSTOMREQUEST, rq->method);
	curl_multi_add_handle(h->multi, c->easy);
}
