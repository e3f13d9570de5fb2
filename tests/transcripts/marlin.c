/* SPDX-License-Identifier: Apache-2.0 */
/* marlin - conversations of the wire machine with a printer, line by line.
 *
 *   marlin [--print] [FILE.t ...]        without files: all of tests/transcripts/marlin
 *
 * A file is a header line (model, firmware, date, why) and lines of `+msec sign text`:
 *   <  the printer says       =  the caller does (base N, send CMD, query CMD, settle, ask,
 *   >  the machine sends         count N, urgent CMD, learn WORDS, drop)
 *   !  an event comes out
 * Instants count from the beginning. What is sent and what comes out must be all there, in order,
 * at its instant. --print shows what the machine does with the < and = lines of a file. */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/marlin.h"

#define LINES_MAX 400

struct entry {
	long at;
	char sign;
	char text[600];
};

struct script {
	struct entry in[LINES_MAX], out[LINES_MAX];
	unsigned in_len, out_len, want_len;
	struct entry want[LINES_MAX];
	struct marlin *m;
	char header[300];
};

static void out(struct script *s, long at, char sign, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void out(struct script *s, long at, char sign, const char *fmt, ...)
{
	struct entry *e = &s->out[s->out_len];
	va_list ap;

	if (s->out_len == LINES_MAX)
		return;
	s->out_len++;
	e->at = at;
	e->sign = sign;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
}

static void show_event(struct script *s, long at, const struct marlin_event *ev)
{
	static const char *const names[] = { "ACKED", "SETTLED", "COUNT", "ANSWER", "TEMPS", "POSITION",
		"FIRMWARE", "CAP", "ACTION", "BUSY", "ERROR", "RESET", "LOST", "FATAL", "STORM", "HEALED",
		"WIRE" };
	const char *name = names[ev->kind];

	switch (ev->kind) {
	case MARLIN_ACKED:
		if (!ev->numbered) {
			out(s, at, '!', "%s", name);
			break;
		}
		/* fallthrough */
	case MARLIN_SETTLED:
	case MARLIN_COUNT:
	case MARLIN_LOST:
		out(s, at, '!', "%s %u", name, ev->number);
		break;
	case MARLIN_TEMPS:
		out(s, at, '!', "%s T=%.1f/%.1f B=%.1f/%.1f", name, ev->temps.hotend,
		    ev->temps.hotend_target, ev->temps.bed, ev->temps.bed_target);
		break;
	case MARLIN_POSITION:
		out(s, at, '!', "%s %.2f %.2f %.2f %.2f", name, ev->position.x, ev->position.y,
		    ev->position.z, ev->position.e);
		break;
	case MARLIN_FATAL:
		out(s, at, '!', "%s %s", name, marlin_fatal_category(ev->fatal));
		break;
	default:
		out(s, at, '!', *ev->text ? "%s %s" : "%s", name, ev->text);
		break;
	}
}

static void drain(struct script *s, long at)
{
	const struct marlin_event *ev;
	char bytes[1024], *line = bytes, *end;
	size_t n;

	n = marlin_pull(s->m, at * USEC_PER_MSEC, (uint8_t *)bytes, sizeof bytes - 1);
	bytes[n] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (*line)
			out(s, at, '>', "%s", line);
	}
	while ((ev = marlin_next(s->m)))
		show_event(s, at, ev);
}

static void until(struct script *s, long at)
{
	usec_t due;

	while ((due = marlin_deadline(s->m)) < at * USEC_PER_MSEC) {
		marlin_tick(s->m, due);
		drain(s, (long)(due / USEC_PER_MSEC));
	}
}

static bool does(const char *text, const char *verb, const char **rest)
{
	size_t len = strlen(verb);

	if (strncmp(text, verb, len) != 0 || (text[len] && text[len] != ' '))
		return false;
	*rest = text[len] ? text + len + 1 : "";
	return true;
}

static bool caller(struct script *s, const struct entry *e)
{
	usec_t now = e->at * USEC_PER_MSEC;
	const char *rest;

	if (does(e->text, "base", &rest))
		marlin_base(s->m, now, (uint32_t)strtoul(rest, NULL, 10));
	else if (does(e->text, "send", &rest))
		marlin_send(s->m, now, rest, strlen(rest), MARLIN_NUMBERED | MARLIN_COLLECT);
	else if (does(e->text, "query", &rest))
		marlin_send(s->m, now, rest, strlen(rest), MARLIN_COLLECT);
	else if (does(e->text, "settle", &rest))
		marlin_settle(s->m, now);
	else if (does(e->text, "ask", &rest))
		marlin_ask(s->m, now);
	else if (does(e->text, "count", &rest))
		marlin_count(s->m, (uint32_t)strtoul(rest, NULL, 10));
	else if (does(e->text, "urgent", &rest))
		marlin_urgent(s->m, now, rest);
	else if (does(e->text, "drop", &rest))
		marlin_drop(s->m);
	else if (does(e->text, "learn", &rest))
		marlin_learn(s->m, (struct marlin_dialect){ .ok_numbered = strstr(rest, "numbered"),
		    .ok_temps = strstr(rest, "temps"), .asked = strstr(rest, "answers"),
		    .answers = strstr(rest, "answers") });
	else if (!does(e->text, "end", &rest))
		return false;
	return true;
}

static void play(struct script *s)
{
	char line[602];
	long last = 0;

	s->m = marlin_new(0);
	for (unsigned i = 0; i < s->in_len; i++) {
		const struct entry *e = &s->in[i];

		until(s, e->at);
		if (e->sign == '=') {
			if (!caller(s, e))
				out(s, e->at, '?', "unknown verb: %s", e->text);
		} else {
			snprintf(line, sizeof line, "%s\n", e->text);
			marlin_feed(s->m, e->at * USEC_PER_MSEC, (const uint8_t *)line, strlen(line));
		}
		drain(s, e->at);
		last = e->at;
	}
	until(s, last + 1);
	drain(s, last + 1);
	marlin_free(s->m);
}

static bool load(struct script *s, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[800];

	if (!f)
		return false;
	while (fgets(line, sizeof line, f)) {
		struct entry e = { 0 };
		int used = 0;

		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '#' && !*s->header)
			snprintf(s->header, sizeof s->header, "%.299s", line);
		if (sscanf(line, "+%ld %c %n", &e.at, &e.sign, &used) < 2)
			continue;
		snprintf(e.text, sizeof e.text, "%.599s", line + used);
		if (strchr("<=", e.sign) && s->in_len < LINES_MAX)
			s->in[s->in_len++] = e;
		else if (strchr(">!", e.sign) && s->want_len < LINES_MAX)
			s->want[s->want_len++] = e;
	}
	fclose(f);
	return true;
}

static void print(const struct script *s)
{
	unsigned o = 0;

	printf("%s\n", s->header);
	for (unsigned i = 0; i <= s->in_len; i++) {
		for (; o < s->out_len && (i == s->in_len || s->out[o].at < s->in[i].at); o++)
			printf("+%-6ld %c %s\n", s->out[o].at, s->out[o].sign, s->out[o].text);
		if (i < s->in_len)
			printf("+%-6ld %c %s\n", s->in[i].at, s->in[i].sign, s->in[i].text);
		/* What this line caused stands behind the last line of the same instant. */
		if (i < s->in_len && (i + 1 == s->in_len || s->in[i + 1].at != s->in[i].at))
			for (; o < s->out_len && s->out[o].at == s->in[i].at; o++)
				printf("+%-6ld %c %s\n", s->out[o].at, s->out[o].sign, s->out[o].text);
	}
}

static bool judge(const struct script *s, const char *path)
{
	unsigned n = s->out_len > s->want_len ? s->out_len : s->want_len;

	for (unsigned i = 0; i < n; i++) {
		const struct entry *a = i < s->want_len ? &s->want[i] : NULL;
		const struct entry *b = i < s->out_len ? &s->out[i] : NULL;

		if (a && b && a->at == b->at && a->sign == b->sign && strcmp(a->text, b->text) == 0)
			continue;
		printf("%s: expected `%c %s` at %ld, got `%c %s` at %ld\n", path, a ? a->sign : '-',
		    a ? a->text : "nothing", a ? a->at : -1L, b ? b->sign : '-',
		    b ? b->text : "nothing", b ? b->at : -1L);
		return false;
	}
	return true;
}

static bool run(const char *path, bool show)
{
	static struct script s;
	bool good;

	memset(&s, 0, sizeof s);
	if (!load(&s, path) || !s.in_len) {
		printf("%s: cannot be read\n", path);
		return false;
	}
	play(&s);
	if (show)
		print(&s);
	good = show || judge(&s, path);
	return good;
}

int main(int argc, char **argv)
{
	unsigned passed = 0, failed = 0;
	bool show = argc > 1 && strcmp(argv[1], "--print") == 0;
	struct dirent **names;
	char path[1200];
	int n;

	for (int i = 1 + show; i < argc; i++)
		*(run(argv[i], show) ? &passed : &failed) += 1;
	if (argc == 1) {
		n = scandir(SRCDIR "/tests/transcripts/marlin", &names, NULL, alphasort);
		for (int i = 0; i < n; i++) {
			size_t len = strlen(names[i]->d_name);

			if (len > 2 && strcmp(names[i]->d_name + len - 2, ".t") == 0) {
				snprintf(path, sizeof path, SRCDIR "/tests/transcripts/marlin/%s",
				    names[i]->d_name);
				*(run(path, false) ? &passed : &failed) += 1;
			}
			free(names[i]);
		}
		if (n >= 0)
			free(names);
	}
	if (!show)
		printf("%u passed, %u failed\n", passed, failed);
	return failed != 0 || (!show && !passed);
}
