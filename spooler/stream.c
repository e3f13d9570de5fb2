/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/stream.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gcode/line.h"

void stream_init(struct stream *s, struct source *source, const struct stream_conf *conf)
{
	memset(s, 0, sizeof *s);
	s->source = source;
	s->conf = *conf;
	s->place.left_sec = s->place.percent = -1;
}

void stream_fini(struct stream *s)
{
	buf_fini(&s->part);
	s->source = NULL;
}

void stream_seek(struct stream *s, const struct stream_place *place)
{
	s->place = *place;
	s->part_open = false;
	buf_clear(&s->part);
}

uint32_t stream_layer(const struct stream *s)
{
	for (int d = LAYERS_CURA; d > LAYERS_Z; d--)
		if (s->place.layer[d])
			return s->place.layer[d];
	return 0;
}

static enum stream_got source_trouble(struct stream *s, enum source_state st)
{
	switch (st) {
	case SOURCE_WAIT:
		return STREAM_WAIT;
	case SOURCE_CHANGED:
		snprintf(s->text, sizeof s->text, "the file is not the one that was analysed");
		return STREAM_CHANGED;
	case SOURCE_ERROR:
		snprintf(s->text, sizeof s->text, "the file cannot be read");
		return STREAM_FAILED;
	case SOURCE_END:
	case SOURCE_READY:
		break;
	}
	return STREAM_END;
}

/* Keeps the beginning of a line that goes on in the next block; of endless comments only as much
 * as can hold a command. */
static void part_add(struct stream *s, const char *bytes, size_t size)
{
	size_t room = GCODE_LINE_MAX - s->part.size;

	buf_append(&s->part, bytes, size < room ? size : room);
}

/* One raw line: *line, *len valid until the source is asked again. */
static enum stream_got raw_line(struct stream *s, const char **line, size_t *len)
{
	const uint8_t *bytes;
	size_t size, n;
	enum source_state st;

	if (!s->part_open)
		s->part_at = s->place.at;
	for (;;) {
		st = s->source->peek(s->source, s->part_at, &bytes, &size);
		if (st == SOURCE_END && s->part_open)
			break;
		if (st != SOURCE_READY)
			return source_trouble(s, st);
		n = gcode_line_len((const char *)bytes, size);
		if (n < size && !s->part_open) {
			*line = (const char *)bytes;
			*len = n;
			s->where = s->place.at;
			s->place.at += n + 1;
			return STREAM_LINE;
		}
		part_add(s, (const char *)bytes, n);
		s->part_open = true;
		s->part_at += n + (n < size);
		if (n < size)
			break;
	}
	*line = buf_str(&s->part);
	*len = s->part.size;
	s->where = s->place.at;
	s->place.at = s->part_at;
	s->part_open = false;
	return STREAM_LINE;
}

static void comment(struct stream *s, const char *line, size_t len)
{
	const char *semi = memchr(line, ';', len);
	enum layers_dialect d;

	if (!semi)
		return;
	/* Only a line of its own marks a layer, as the analysis counts them. */
	for (const char *c = line; c < semi; c++)
		if (*c != ' ' && *c != '\t')
			return;
	semi++;
	d = layers_marker(semi, len - (size_t)(semi - line));
	if (d != LAYERS_Z) {
		s->place.layer[d]++;
		s->mark = true;
	}
}

static enum stream_got refuse(struct stream *s, const char *why)
{
	char told[48];

	snprintf(told, sizeof told, "%.40s", s->text);
	snprintf(s->text, sizeof s->text, "command %u (%s): %s", s->place.commands, told, why);
	return STREAM_FAILED;
}

/* M104, M109, M140, M190: the job's own temperature instead of the file's, and never beyond the
 * machine's limit. */
static enum stream_got heat(struct stream *s, unsigned number)
{
	bool bed = number == 140 || number == 190;
	double override = bed ? s->conf.bed_override : s->conf.hotend_override;
	double max = bed ? s->conf.max_bed : s->conf.max_hotend;
	double value, tool;
	bool cools = !gcode_param(s->text, s->len, 'S', &value);
	char t[8] = "";

	if (cools && !gcode_param(s->text, s->len, 'R', &value))
		return STREAM_LINE;
	if (override > 0 && value > 0) {
		if (gcode_param(s->text, s->len, 'T', &tool) && tool >= 0 && tool < 100)
			snprintf(t, sizeof t, " T%u", (unsigned)tool);
		s->len = (size_t)snprintf(s->text, sizeof s->text, "M%u%s %c%.6g", number, t,
		    cools ? 'R' : 'S', override);
		value = override;
	}
	if (max > 0 && value > max)
		return refuse(s, "beyond the machine's temperature limit");
	return STREAM_LINE;
}

/* Text that would read like the firmware's own words is marked as an echo. */
static void say(struct stream *s)
{
	static const char *const words[] = { "ok", "start", "resend", "rs ", "error", "wait", "busy",
		"//", "echo:busy", "T:", "X:", "marlin", "!!", "cap:", "firmware_name" };
	const char *p = s->text + 4;
	char told[sizeof s->text];
	bool action = false;

	while (*p == ' ')
		p++;
	while ((p[0] == 'A' || p[0] == 'E' || p[0] == 'P') && p[1] >= '0' && p[1] <= '9' &&
	    (p[2] == ' ' || !p[2])) {
		action |= p[0] == 'A' && p[1] == '1';
		for (p += 2; *p == ' '; p++)
			;
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncasecmp(p, words[i], strlen(words[i])) == 0)
			action = true;
	if (!action)
		return;
	snprintf(told, sizeof told, "M118 E1 %s", p);
	memcpy(s->text, told, sizeof told);
	s->len = strlen(s->text);
}

static void progress(struct stream *s)
{
	double v;

	if (gcode_param(s->text, s->len, 'P', &v) && v >= 0 && v <= 100)
		s->place.percent = (int32_t)v;
	if (gcode_param(s->text, s->len, 'R', &v) && v >= 0 && v < 1e6)
		s->place.left_sec = (int32_t)(v * 60);
	s->mark = true;
}

/* What becomes of an M command; STREAM_WAIT: it is not sent. */
static enum stream_got step_m(struct stream *s, unsigned number)
{
	switch (number) {
	case 0:
	case 1:
	case 25:
		return STREAM_PAUSE;
	case 600:
		return s->conf.use_m600 ? STREAM_LINE : STREAM_PAUSE;
	case 112:
		return STREAM_STOP;
	case 73:
		progress(s);
		return s->conf.forward_m73 ? STREAM_LINE : STREAM_WAIT;
	case 104:
	case 109:
	case 140:
	case 190:
		return heat(s, number);
	case 117:
		snprintf(s->display, sizeof s->display, "%s", s->len > 5 ? s->text + 5 : "");
		s->mark = true;
		return STREAM_LINE;
	case 118:
		say(s);
		return STREAM_LINE;
	}
	return STREAM_LINE;
}

/* The stripped line in s->text. STREAM_WAIT: nothing to send. */
static enum stream_got filter(struct stream *s)
{
	enum stream_got got = STREAM_LINE;
	unsigned number;
	char letter;

	if (s->text[0] == '@')
		return strncasecmp(s->text, "@pause", 6) == 0 ? STREAM_PAUSE : STREAM_WAIT;
	if (gcode_word(s->text, s->len, &letter, &number, NULL) && letter == 'M')
		got = step_m(s, number);
	if (got != STREAM_LINE)
		return got;
	s->len = gcode_fit(s->text, s->len);
	s->text[s->len] = '\0';
	if (s->len > GCODE_COMMAND_MAX)
		return refuse(s, "longer than the printer takes");
	if (strstr(s->text, "M110"))
		return refuse(s, "M110 in a line would reset the printer's count");
	return STREAM_LINE;
}

enum stream_got stream_next(struct stream *s)
{
	const char *line;
	enum stream_got got;
	size_t len;

	s->mark = false;
	for (;;) {
		got = raw_line(s, &line, &len);
		if (got != STREAM_LINE)
			return got;
		comment(s, line, len);
		s->len = gcode_strip(line, len, s->text, sizeof s->text);
		buf_clear(&s->part);
		if (!s->len || gcode_dropped(s->text, s->len < sizeof s->text ? s->len :
		    sizeof s->text - 1))
			continue;
		s->place.commands++;
		if (s->len >= sizeof s->text) {
			s->len = sizeof s->text - 1;
			if (gcode_fit(s->text, s->len) == s->len)
				return refuse(s, "longer than the printer takes");
		}
		got = filter(s);
		if (got != STREAM_WAIT)
			return got;
	}
}
