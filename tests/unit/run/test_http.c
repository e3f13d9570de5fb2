/* SPDX-License-Identifier: Apache-2.0 */
/* Outbound requests against a small server on a thread: answers, limits, time-outs, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "run/http.h"
#include "run/http_call.h"

static struct loop *loop;
static struct http *http;
static int listener, port;
static pthread_t server;
static char request[4096]; /* what the server read last */

static size_t wanted(const char *head)
{
	const char *p = strcasestr(head, "\r\ncontent-length:");

	return p == NULL ? 0 : strtoul(p + 17, NULL, 10);
}

static void serve(int fd)
{
	static const char answer[] = "HTTP/1.1 201 Created\r\nContent-Length: 11\r\n"
	    "Connection: close\r\n\r\n{\"ok\":true}";
	char *end = NULL;
	size_t size = 0;
	ssize_t n;

	memset(request, 0, sizeof request);
	while ((end == NULL || size < (size_t)(end + 4 - request) + wanted(request)) &&
	    (n = read(fd, request + size, sizeof request - 1 - size)) > 0) {
		size += (size_t)n;
		end = strstr(request, "\r\n\r\n");
	}
	if (strstr(request, "/silent") != NULL)
		while (read(fd, &(char){ 0 }, 1) > 0)
			continue;
	else
		assert_int_equal(write(fd, answer, sizeof answer - 1), sizeof answer - 1);
	close(fd);
}

static void *serve_all(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		serve(fd);
	return NULL;
}

static int up(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof at;

	(void)state;
	log_init("test", "http", LOG_ERROR_LEVEL);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&server, NULL, serve_all, NULL), 0);
	loop = loop_new();
	http = http_new(loop, 100);
	return 0;
}

static int down(void **state)
{
	(void)state;
	http_free(http);
	loop_free(loop);
	shutdown(listener, SHUT_RDWR);
	pthread_join(server, NULL);
	close(listener);
	return 0;
}

struct seen {
	enum errc rc;
	int status, calls;
	char body[200];
};

static void on_answer(void *ctx, const struct http_answer *a)
{
	struct seen *s = ctx;

	s->rc = a->rc;
	s->status = a->status;
	s->calls++;
	snprintf(s->body, sizeof s->body, "%.*s", (int)a->size, a->body);
	loop_stop(loop);
}

static struct seen ask(const char *path, int to, const char *body, usec_t timeout)
{
	struct seen s = { .rc = E_INTERNAL };
	char url[100];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", to, path);
	http_send(http, &(struct http_request){ .method = body == NULL ? "GET" : "POST", .url = url,
		.bearer = "t.o.k", .header = "X-Test: 1", .body = body, .timeout = timeout },
	    on_answer, &s);
	loop_run(loop);
	return s;
}

static void a_post_and_its_answer(void **state)
{
	struct seen s = ask("/x?y=1", port, "{\"a\":1}", 5 * USEC_PER_SEC);

	(void)state;
	assert_int_equal(s.rc, E_OK);
	assert_int_equal(s.status, 201);
	assert_string_equal(s.body, "{\"ok\":true}");
	assert_non_null(strstr(request, "POST /x?y=1 HTTP/1.1\r\n"));
	assert_non_null(strstr(request, "Authorization: Bearer t.o.k\r\n"));
	assert_non_null(strstr(request, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(request, "X-Test: 1\r\n"));
	assert_null(strstr(request, "Expect"));
	assert_non_null(strstr(request, "\r\n\r\n{\"a\":1}"));
}

static void nobody_there(void **state)
{
	struct seen s = ask("/", 1, NULL, 5 * USEC_PER_SEC);

	(void)state;
	assert_int_equal(s.rc, E_UNAVAILABLE);
	assert_int_equal(s.calls, 1);
}

static void silence_is_a_time_out(void **state)
{
	struct seen s = ask("/silent", port, "{}", USEC_PER_SEC / 5);

	(void)state;
	assert_int_equal(s.rc, E_TIMEOUT);
}

static void other_schemes_are_refused(void **state)
{
	struct seen s = { .rc = E_OK };

	(void)state;
	http_send(http, &(struct http_request){ .method = "GET", .url = "file:///etc/passwd",
		.timeout = USEC_PER_SEC }, on_answer, &s);
	loop_run(loop);
	assert_int_equal(s.rc, E_UNAVAILABLE);
}

static void answers_are_bounded(void **state)
{
	struct http *small = http_new(loop, 5), *kept = http;
	struct seen s;

	(void)state;
	http = small;
	s = ask("/x", port, "{}", 5 * USEC_PER_SEC);
	http = kept;
	http_free(small);
	assert_int_equal(s.rc, E_LIMIT);
}

static void freeing_answers_what_is_under_way(void **state)
{
	struct http *other = http_new(loop, 100);
	struct seen s = { .rc = E_OK };
	char url[100];

	(void)state;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/silent", port);
	http_send(other, &(struct http_request){ .method = "GET", .url = url,
		.timeout = 10 * USEC_PER_SEC }, on_answer, &s);
	http_free(other);
	assert_int_equal(s.rc, E_UNAVAILABLE);
	assert_int_equal(s.calls, 1);
}

/* ---- the same, waiting ---- */

static enum errc call(const char *path, const struct http_call *more, struct http_reply *out)
{
	static const char *const lines[] = { "X-Test: 1", "X-More: 2", NULL };
	struct http_call c = *more;
	char url[100];

	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
	c.method = "POST";
	c.url = url;
	c.bearer = "t.o.k";
	c.header = lines;
	c.body = "{\"a\":1}";
	if (c.timeout == 0)
		c.timeout = 5 * USEC_PER_SEC;
	c.connect = USEC_PER_SEC;
	return http_call(&c, out, NULL);
}

static void a_call_waits_for_its_answer(void **state)
{
	struct http_reply r;

	(void)state;
	assert_int_equal(call("/x", &(struct http_call){ .allow_http = true, .max_answer = 100 }, &r),
	    E_OK);
	assert_int_equal(r.status, 201);
	assert_string_equal(buf_str(&r.body), "{\"ok\":true}");
	assert_false(r.cut);
	buf_fini(&r.body);
	assert_non_null(strstr(request, "POST /x HTTP/1.1\r\n"));
	assert_non_null(strstr(request, "Authorization: Bearer t.o.k\r\n"));
	assert_non_null(strstr(request, "X-Test: 1\r\n"));
	assert_non_null(strstr(request, "X-More: 2\r\n"));
	assert_non_null(strstr(request, "\r\n\r\n{\"a\":1}"));
}

static void a_long_answer_is_cut_and_its_status_counts(void **state)
{
	struct http_reply r;

	(void)state;
	assert_int_equal(call("/x", &(struct http_call){ .allow_http = true, .max_answer = 4 }, &r),
	    E_OK);
	assert_int_equal(r.status, 201);
	assert_string_equal(buf_str(&r.body), "{\"ok");
	assert_true(r.cut);
	buf_fini(&r.body);
}

static void a_call_without_tls_must_be_wanted(void **state)
{
	struct http_reply r;

	(void)state;
	request[0] = '\0';
	assert_int_equal(call("/x", &(struct http_call){ .max_answer = 100 }, &r), E_UNAVAILABLE);
	assert_string_equal(request, "");
}

static void a_call_does_not_wait_for_ever(void **state)
{
	struct http_reply r;

	(void)state;
	assert_int_equal(call("/silent", &(struct http_call){ .allow_http = true,
		.timeout = USEC_PER_SEC / 5 }, &r), E_TIMEOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_post_and_its_answer),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(silence_is_a_time_out),
		cmocka_unit_test(other_schemes_are_refused),
		cmocka_unit_test(answers_are_bounded),
		cmocka_unit_test(freeing_answers_what_is_under_way),
		cmocka_unit_test(a_call_waits_for_its_answer),
		cmocka_unit_test(a_long_answer_is_cut_and_its_status_counts),
		cmocka_unit_test(a_call_without_tls_must_be_wanted),
		cmocka_unit_test(a_call_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests(tests, up, down);
}
