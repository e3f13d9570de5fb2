/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/scan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/line.h"

void scan_init(struct scan *s, void (*line)(void *ctx, const struct scan_line *l), void *ctx)
{
	memset(s, 0, sizeof(*s));
	s->line = line;
	s->ctx = ctx;
	s->number = 1;
	s->kept = malloc(GCODE_LINE_MAX);
	assert(s->kept != NULL);
}

void scan_fini(struct scan *s)
{
	free(s->kept);
	s->kept = NULL;
}

static void keep(struct scan *s, const char *bytes, size_t size)
{
	size_t room = GCODE_LINE_MAX - s->kept_len;

	if (size > room) {
		s->cut = true;
		size = room;
	}
	memcpy(s->kept + s->kept_len, bytes, size);
	s->kept_len += size;
	s->pending = true;
}

/* A whole line: `bytes` is what the present piece holds of it. */
static void finish(struct scan *s, const char *bytes, size_t size, size_t ending)
{
	struct scan_line l = { .offset = s->offset, .number = s->number };

	if (s->pending) {
		keep(s, bytes, size);
		l.text = s->kept;
		l.len = s->kept_len;
		l.cut = s->cut;
	} else {
		l.text = bytes;
		l.len = size > GCODE_LINE_MAX ? GCODE_LINE_MAX : size;
		l.cut = size > GCODE_LINE_MAX;
	}
	s->line(s->ctx, &l);
	s->position += size + ending;
	s->offset = s->position;
	s->number++;
	s->kept_len = 0;
	s->pending = s->cut = false;
}

void scan_feed(struct scan *s, const char *bytes, size_t size)
{
	/* Few files have CR at all: one look at the piece instead of one at each line. */
	bool cr = size > 0 && memchr(bytes, '\r', size) != NULL;
	const char *p = bytes, *end = bytes + size, *eol, *lf;

	while (p < end) {
		if (s->after_cr && *p == '\n') {
			p++;
			s->position++;
			s->offset++;
		}
		s->after_cr = false;
		if (p == end)
			break;
		lf = memchr(p, '\n', (size_t)(end - p));
		eol = cr ? memchr(p, '\r', (size_t)((lf != NULL ? lf : end) - p)) : NULL;
		s->after_cr = eol != NULL;
		if (eol == NULL)
			eol = lf;
		if (eol == NULL) {
			keep(s, p, (size_t)(end - p));
			s->position += (uint64_t)(end - p);
			break;
		}
		finish(s, p, (size_t)(eol - p), 1);
		p = eol + 1;
	}
}

void scan_end(struct scan *s)
{
	if (s->pending)
		finish(s, "", 0, 0);
}
