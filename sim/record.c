/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fprintf(stderr, "platen-sim: transcript: %s\n", strerror(errno));
			abort();
		}
		bytes += n;
		size -= (size_t)n;
	}
}

bool record_open(struct record *r, const char *transcript, const char *state)
{
	r->fd = -1;
	r->state_path = state;
	if (!transcript)
		return true;
	r->fd = open(transcript, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (r->fd < 0)
		fprintf(stderr, "platen-sim: %s: %s\n", transcript, strerror(errno));
	return r->fd >= 0;
}

void record_close(struct record *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* Bytes that are no text appear as \xHH, so that a line of the file stays a line. */
void record_executed(struct record *r, int64_t now, int64_t number, const char *command)
{
	char line[480];
	int at;

	if (r->fd < 0)
		return;
	if (number < 0)
		at = snprintf(line, sizeof line, "%lld - ", (long long)now);
	else
		at = snprintf(line, sizeof line, "%lld %lld ", (long long)now, (long long)number);
	for (const unsigned char *p = (const unsigned char *)command; *p; p++) {
		if (at > (int)sizeof line - 8)
			break;
		if (*p >= 0x20 && *p < 0x7f)
			line[at++] = (char)*p;
		else
			at += snprintf(line + at, sizeof line - (size_t)at, "\\x%02x", *p);
	}
	line[at++] = '\n';
	write_all(r->fd, line, (size_t)at);
}

void record_note(struct record *r, int64_t now, const char *what)
{
	char line[240];
	int at;

	if (r->fd < 0)
		return;
	at = snprintf(line, sizeof line, "# %.180s %lld\n", what, (long long)now);
	write_all(r->fd, line, (size_t)at);
}

static const char *truth(bool b)
{
	return b ? "true" : "false";
}

size_t record_state_json(const struct sim *s, char out[STATE_SIZE])
{
	struct sim_state st;

	sim_state(s, &st);
	return (size_t)snprintf(
	    out, STATE_SIZE,
	    "{\"x\":%.4f,\"y\":%.4f,\"z\":%.4f,\"e\":%.5f,\"hotend\":%.2f,\"hotendTarget\":%.2f,"
	    "\"bed\":%.2f,\"bedTarget\":%.2f,\"chamberTarget\":%.2f,\"feed\":%.2f,"
	    "\"extruded\":%.5f,\"absoluteXyz\":%s,\"absoluteE\":%s,\"inches\":%s,\"homed\":%s,"
	    "\"steppersOn\":%s,\"fan\":%d,\"speedPercent\":%d,\"flowPercent\":%d,\"tool\":%d,"
	    "\"lastLine\":%lld,\"killed\":%s,\"executed\":%llu,\"starved\":%llu,"
	    "\"worstGapUsec\":%lld,\"queued\":%u,\"planned\":%u,\"plugged\":%s}",
	    st.x, st.y, st.z, st.e, st.hotend, st.hotend_target, st.bed, st.bed_target,
	    st.chamber_target, st.feed, st.extruded, truth(st.absolute_xyz), truth(st.absolute_e),
	    truth(st.inches), truth(st.homed), truth(st.steppers_on), st.fan, st.speed_percent,
	    st.flow_percent, st.tool, (long long)st.last_line, truth(st.killed),
	    (unsigned long long)st.executed, (unsigned long long)st.starved,
	    (long long)st.worst_gap_usec, st.queued, st.planned, truth(sim_plugged(s)));
}

void record_state(struct record *r, const struct sim *s)
{
	char json[STATE_SIZE], path[PATH_MAX];
	size_t size;
	int fd;

	if (!r->state_path)
		return;
	snprintf(path, sizeof path, "%s.new", r->state_path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return;
	size = record_state_json(s, json);
	json[size++] = '\n';
	write_all(fd, json, size);
	close(fd);
	rename(path, r->state_path);
}
