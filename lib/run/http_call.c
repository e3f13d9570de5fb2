/* SPDX-License-Identifier: Apache-2.0 */
#include "run/http_call.h"

#include <curl/curl.h>
#include <stdlib.h>

struct taking {
	struct http_reply *out;
	size_t max;
};

static size_t take_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct taking *t = ctx;
	size_t room = t->max - t->out->body.size;

	size *= count;
	if (size > room)
		t->out->cut = true;
	buf_append(&t->out->body, bytes, size > room ? room : size);
	return size; /* to the end all the same: the status counts, and a short count is an error */
}

static void add(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer == NULL)
		abort();
	*list = longer;
}

static struct curl_slist *headers_of(const struct http_call *c)
{
	struct curl_slist *list = NULL;
	struct buf line = BUF_INIT;

	add(&list, "Accept: application/json");
	add(&list, "Expect:");
	if (c->body != NULL)
		add(&list, "Content-Type: application/json");
	for (const char *const *h = c->header; h != NULL && *h != NULL; h++)
		add(&list, *h);
	if (c->bearer != NULL) {
		buf_printf(&line, "Authorization: Bearer %s", c->bearer);
		add(&list, buf_str(&line));
	}
	buf_fini(&line);
	return list;
}

static void set_options(CURL *easy, const struct http_call *c, struct taking *t)
{
	curl_easy_setopt(easy, CURLOPT_URL, c->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, c->allow_http ? "http,https" : "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->connect / USEC_PER_MSEC));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(c->timeout / USEC_PER_MSEC));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	if (c->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, c->ca_file);
	if (c->body != NULL)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, c->body);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, c->method);
}

static enum errc judge(CURLcode got, const char *words, struct err *e)
{
	enum errc rc = got == CURLE_OPERATION_TIMEDOUT ? E_TIMEOUT : E_UNAVAILABLE;

	if (got == CURLE_OK)
		return E_OK;
	return err_set(e, rc, "%s", *words != '\0' ? words : curl_easy_strerror(got));
}

enum errc http_call(const struct http_call *c, struct http_reply *out, struct err *e)
{
	char words[CURL_ERROR_SIZE] = "";
	struct taking t = { out, c->max_answer };
	struct curl_slist *headers;
	long status = 0;
	CURLcode got;
	CURL *easy;

	*out = (struct http_reply){ .body = BUF_INIT };
	easy = curl_easy_init(); /* the first one prepares the library */
	if (easy == NULL)
		abort();
	headers = headers_of(c);
	set_options(easy, c, &t);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words);
	got = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	out->status = (int)status;
	curl_easy_cleanup(easy);
	curl_slist_free_all(headers);
	if (got != CURLE_OK)
		buf_fini(&out->body);
	return judge(got, words, e);
}
