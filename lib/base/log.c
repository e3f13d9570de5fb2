/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_file.h"
#include "base/redact.h"
#include "base/sink.h"

static struct {
	const char *service, *component, *tap;
	enum log_level threshold;
	enum log_format format;
	char request_id[72];
	int out_fd;  /* standard error, or a description of our own that does not block */
	bool socket;
	int64_t lost; /* lines since the last one that could be written */
	int tap_fd;
} logger = { .service = "platen", .component = "?", .threshold = LOG_INFO_LEVEL,
	.out_fd = STDERR_FILENO, .tap_fd = -1 };

static const char *const level_names[] = { "error", "warn", "info", "http", "debug" };

/* Others write to the same pipe and may rely on its blocking; a description of our own leaves theirs
 * as it is. Where it cannot be opened (a pipe another user made), ours blocks too. */
static void find_out_fd(void)
{
	struct stat st;
	int fd = -1;

	if (logger.out_fd != STDERR_FILENO)
		close(logger.out_fd);
	logger.out_fd = STDERR_FILENO;
	logger.socket = false;
	if (fstat(STDERR_FILENO, &st) != 0)
		return;
	logger.socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode))
		fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		logger.out_fd = fd;
}

void log_init(const char *service, const char *component, enum log_level threshold)
{
	find_out_fd();
	logger.service = service;
	logger.component = component;
	logger.threshold = threshold;
}

bool log_level_parse(const char *text, enum log_level *out)
{
	for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++)
		if (strcmp(text, level_names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

void log_set_level(enum log_level threshold)
{
	logger.threshold = threshold;
}

void log_set_format(enum log_format format)
{
	logger.format = format;
}

void log_tap(const char *path)
{
	logger.tap = path;
}

void log_request_id(const char *id)
{
	snprintf(logger.request_id, sizeof logger.request_id, "%s", id == NULL ? "" : id);
}

/* An error's line goes to the sender of reports as well; nobody there: nothing is lost but that. */
static void tell_tap(const struct buf *line)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (logger.tap == NULL || strlen(logger.tap) >= sizeof at.sun_path)
		return;
	if (logger.tap_fd < 0)
		logger.tap_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	memcpy(at.sun_path, logger.tap, strlen(logger.tap) + 1);
	if (logger.tap_fd >= 0)
		(void)sendto(logger.tap_fd, line->bytes, line->size - 1, MSG_NOSIGNAL,
		    (const struct sockaddr *)&at, sizeof at);
}

/* For people: time, level in colour, component, message, the rest as JSON. */
static void text_line(struct buf *out, enum log_level level, const char *stamp,
    const char *message, const char *members)
{
	static const char *const colours[] = { "31", "33", "32", "36", "2" };

	buf_printf(out, "%.8s \033[%sm%-5s\033[0m %s: ", stamp + 11, colours[level],
	    level_names[level], logger.component);
	for (const unsigned char *p = (const unsigned char *)message; *p != '\0'; p++) {
		bool wide = *p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0; /* U+0080 to U+009F */

		buf_char(out, *p < ' ' || *p == 127 || wide ? ' ' : (char)*p);
		p += wide;
	}
	if (members != NULL && members[0] != '\0')
		buf_printf(out, " {%s}", members);
	if (logger.request_id[0] != '\0')
		buf_printf(out, " [%s]", logger.request_id);
	redact(out->bytes, out->size);
	buf_char(out, '\n');
}

static void json_line(struct buf *out, enum log_level level, const char *stamp,
    const char *message, const char *members)
{
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "timestamp", stamp);
	sink_text(&js.sink, "level", level_names[level]);
	sink_text(&js.sink, "message", message);
	sink_text(&js.sink, "service", logger.service);
	sink_text(&js.sink, "component", logger.component);
	sink_int(&js.sink, "pid", getpid());
	if (logger.request_id[0] != '\0')
		sink_text(&js.sink, "requestId", logger.request_id);
	if (logger.lost > 0)
		sink_int(&js.sink, "lost", logger.lost);
	if (members != NULL && members[0] != '\0') {
		buf_char(out, ',');
		buf_text(out, members);
	}
	sink_end_object(&js.sink);
	redact(out->bytes, out->size);
	buf_char(out, '\n');
}

static bool wants_text(void)
{
	if (logger.format == LOG_FORMAT_AUTO)
		logger.format = isatty(STDERR_FILENO) ? LOG_FORMAT_TEXT : LOG_FORMAT_JSON;
	return logger.format == LOG_FORMAT_TEXT;
}

static void write_line(const struct buf *line)
{
	ssize_t n;

	if (logger.socket)
		n = send(logger.out_fd, line->bytes, line->size, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		n = write(logger.out_fd, line->bytes, line->size);
	/* A log that cannot be written has nobody left to tell. */
	logger.lost = n < 0 ? logger.lost + 1 : 0;
}

void log_members(enum log_level level, const char *message, const char *members)
{
	struct buf line = BUF_INIT, people = BUF_INIT;
	const struct buf *shown = &line;
	char stamp[CLOCK_ISO_SIZE];

	if (level > logger.threshold)
		return;
	clock_iso(clock_wall(), stamp);
	json_line(&line, level, stamp, message, members);
	if (wants_text()) {
		text_line(&people, level, stamp, message, members);
		shown = &people;
	}
	write_line(shown);
	log_file_write(stamp, level == LOG_ERROR_LEVEL, line.bytes, line.size);
	if (level == LOG_ERROR_LEVEL)
		tell_tap(&line);
	buf_fini(&line);
	buf_fini(&people);
}

static void log_v(enum log_level level, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static void log_v(enum log_level level, const char *fmt, va_list ap)
{
	char message[1024];

	if (level > logger.threshold)
		return;
	vsnprintf(message, sizeof message, fmt, ap);
	log_members(level, message, NULL);
}

#define LOG_AT(name, level)                 \
	void name(const char *fmt, ...)     \
	{                                   \
		va_list ap;                 \
		va_start(ap, fmt);          \
		log_v((level), fmt, ap);    \
		va_end(ap);                 \
	}

LOG_AT(log_error, LOG_ERROR_LEVEL)
LOG_AT(log_warn, LOG_WARN_LEVEL)
LOG_AT(log_info, LOG_INFO_LEVEL)
LOG_AT(log_debug, LOG_DEBUG_LEVEL)

void log_err(const struct err *e, const char *doing)
{
	struct buf members = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, &members);
	sink_text(&js.sink, "code", errc_name(e->code));
	sink_text(&js.sink, "error", e->message);
	if (e->detail[0] != '\0')
		sink_text(&js.sink, "cause", e->detail);
	log_members(LOG_ERROR_LEVEL, doing, buf_str(&members));
	buf_fini(&members);
}
