/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/report.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/jval.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/sink.h"
#include "model/settings.h"
#include "run/http_call.h"

#define PACE      USEC_PER_SEC
#define PATIENCE  (5 * USEC_PER_SEC)
#define LINE_SIZE 8192

static const struct metric reports = { "platen_error_reports_total",
	"Errors told to Sentry, by outcome", METRIC_COUNTER, NULL };

/* https://key[:secret]@host[:port]/[path/]project; settings_dsn_ok() has seen its form. */
enum errc report_target(struct arena *a, const char *dsn, struct report_target *out, struct err *e)
{
	const char *key = strstr(dsn, "://"), *at = strchr(dsn, '@'), *slash, *colon;

	if (key == NULL || at == NULL || at < key || (slash = strrchr(at, '/')) == NULL)
		return err_field(e, E_INVALID, "sentry.dsn", "sentry.dsn is not a DSN");
	key += 3;
	colon = memchr(key, ':', (size_t)(at - key));
	out->url = arena_printf(a, "%.*s%.*s/api%s/envelope/", (int)(key - dsn), dsn,
	    (int)(slash - at - 1), at + 1, slash);
	out->auth = arena_printf(a, "X-Sentry-Auth: Sentry sentry_version=7, "
	    "sentry_client=platen/" PLATEN_VERSION ", sentry_key=%.*s",
	    (int)((colon == NULL ? at : colon) - key), key);
	return E_OK;
}

static void copy_text(struct sink *s, const char *name, const struct jval *line, const char *from)
{
	const char *text = jval_text(jval_get(line, from), NULL);

	if (text != NULL)
		sink_text(s, name, text);
}

static void write_event(struct sink *s, const struct jval *line, const char *id)
{
	char host[256] = "";

	if (gethostname(host, sizeof host - 1) != 0)
		host[0] = '\0';
	sink_begin_object(s, NULL);
	sink_text(s, "event_id", id);
	copy_text(s, "timestamp", line, "timestamp");
	sink_text(s, "platform", "other");
	copy_text(s, "level", line, "level");
	copy_text(s, "logger", line, "component");
	sink_text(s, "release", "platen@" PLATEN_VERSION);
	sink_text(s, "environment", "production");
	sink_text(s, "server_name", host);
	sink_begin_object(s, "logentry");
	copy_text(s, "formatted", line, "message");
	sink_end_object(s);
	sink_begin_object(s, "tags");
	copy_text(s, "service", line, "service");
	copy_text(s, "request_id", line, "requestId");
	copy_text(s, "code", line, "code");
	sink_end_object(s);
	sink_end_object(s);
}

enum errc report_envelope(struct arena *a, const char *line, size_t size, struct buf *out,
    struct err *e)
{
	const struct jval *v;
	struct buf event = BUF_INIT;
	struct json_sink js;
	uint8_t bytes[16];
	char id[33];
	enum errc rc = jval_parse(a, line, size, &v, e);

	if (rc != E_OK || jval_text(jval_get(v, "message"), NULL) == NULL)
		return err_set(e, E_FORMAT, "not a line of the log");
	crypto_random(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, id);
	json_sink_init(&js, &event);
	write_event(&js.sink, v, id);
	buf_printf(out, "{\"event_id\":\"%s\"}\n{\"type\":\"event\",\"length\":%zu}\n", id, event.size);
	buf_append(out, event.bytes, event.size);
	buf_char(out, '\n');
	buf_fini(&event);
	return E_OK;
}

static void count(const char *outcome)
{
	struct buf labels = BUF_INIT;

	metrics_label(&labels, "outcome", outcome);
	metrics_add(&reports, buf_str(&labels), 1);
	buf_fini(&labels);
}

/* A refusal is no error of the log, or it would tell of itself for ever. */
static void send_line(struct arena *a, const struct report_target *t, const char *line, size_t size)
{
	struct http_call call = { .method = "POST", .url = t->url, .allow_http = true,
		.header = (const char *const[]){ t->auth, NULL }, .connect = PATIENCE,
		.timeout = PATIENCE, .max_answer = 4096 };
	struct http_reply reply = { .status = 0 };
	struct buf body = BUF_INIT;
	struct err e;

	if (report_envelope(a, line, size, &body, &e) != E_OK) {
		count("malformed");
		return;
	}
	call.body = buf_str(&body);
	if (http_call(&call, &reply, &e) != E_OK) {
		count("failed");
		log_warn("an error could not be told to Sentry: %s", e.message);
	} else {
		count(reply.status < 300 ? "sent" : "refused");
		if (reply.status >= 300)
			log_warn("Sentry answered %d", reply.status);
		buf_fini(&reply.body);
	}
	buf_fini(&body);
}

static int open_socket(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof at.sun_path) {
		log_warn("errors are not told: %s", fd < 0 ? strerror(errno) : "run.dir is too long");
		exit(EXIT_FAILURE);
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	unlink(path); /* of a worker that is gone */
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || chmod(path, 0660) != 0) {
		log_warn("errors are not told: %s: %s", path, strerror(errno));
		exit(EXIT_FAILURE);
	}
	return fd;
}

/* Waits for the next moment an event may go; lines that come meanwhile wait in the socket. */
static void wait_until(usec_t when)
{
	usec_t left;

	while ((left = when - clock_mono()) > 0)
		poll(NULL, 0, (int)(left / USEC_PER_MSEC) + 1);
}

void report_run(const struct conf *conf)
{
	struct arena *a = arena_new(64 << 10), *fixed = arena_new(4096);
	static char line[LINE_SIZE];
	struct report_target target;
	usec_t sent = -PACE;
	struct err e;
	int fd;

	if (report_target(fixed, conf_text(conf, "sentry.dsn"), &target, &e) != E_OK) {
		log_warn("errors are not told: %s", e.message);
		exit(EXIT_FAILURE);
	}
	fd = open_socket(settings_run_path(conf, fixed, SETTINGS_TAP));
	for (;;) {
		ssize_t n = recv(fd, line, sizeof line, 0);

		if (n <= 0)
			continue; /* a signal, or an empty line */
		wait_until(sent + PACE);
		sent = clock_mono();
		send_line(a, &target, line, (size_t)n);
		arena_reset(a);
	}
}
