/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sink.h"

static struct {
	const char *service, *component, *dir;
	enum log_level threshold;
	char request_id[72];
	char day[11];
	int day_fd;
	int out_fd;  /* standard error, or a description of our own that does not block */
	bool socket;
	int64_t lost; /* lines since the last one that could be written */
} logger = { .service = "platen", .component = "?", .threshold = LOG_INFO_LEVEL, .day_fd = -1,
	.out_fd = STDERR_FILENO };

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

void log_dir(const char *dir)
{
	logger.dir = dir;
}

void log_request_id(const char *id)
{
	snprintf(logger.request_id, sizeof logger.request_id, "%s", id == NULL ? "" : id);
}

static int day_file(const char *stamp)
{
	char path[512];

	if (logger.dir == NULL)
		return -1;
	if (logger.day_fd >= 0 && strncmp(logger.day, stamp, 10) == 0)
		return logger.day_fd;
	if (logger.day_fd >= 0)
		close(logger.day_fd);
	snprintf(logger.day, sizeof logger.day, "%.10s", stamp);
	snprintf(path, sizeof path, "%s/application-%s.log", logger.dir, logger.day);
	logger.day_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	return logger.day_fd;
}

static void write_line(const struct buf *line, const char *stamp)
{
	int fd = day_file(stamp);
	ssize_t n;

	if (logger.socket)
		n = send(logger.out_fd, line->bytes, line->size, MSG_DONTWAIT | MSG_NOSIGNAL);
	else
		n = write(logger.out_fd, line->bytes, line->size);
	logger.lost = n < 0 ? logger.lost + 1 : 0;
	/* A log that cannot be written has nobody left to tell. */
	if (fd >= 0 && write(fd, line->bytes, line->size) < 0)
		return;
}

void log_members(enum log_level level, const char *message, const char *members)
{
	struct buf line = BUF_INIT;
	struct json_sink js;
	char stamp[CLOCK_ISO_SIZE];

	if (level > logger.threshold)
		return;
	clock_iso(clock_wall(), stamp);
	json_sink_init(&js, &line);
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
		buf_char(&line, ',');
		buf_text(&line, members);
	}
	sink_end_object(&js.sink);
	buf_char(&line, '\n');
	write_line(&line, stamp);
	buf_fini(&line);
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
