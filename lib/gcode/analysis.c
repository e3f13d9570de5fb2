/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/analysis_part.h"
#include "gcode/line.h"

#define HOMING_SECONDS 15.0

static void on_line(void *ctx, const struct scan_line *l);

struct analysis *analysis_new(double acceleration)
{
	struct analysis *a = calloc(1, sizeof(*a));

	assert(a != NULL);
	scan_init(&a->scan, on_line, a);
	modal_init(&a->modal);
	check_init(&a->check);
	meta_init(&a->meta);
	layers_init(&a->layers);
	estimate_init(&a->estimate, acceleration);
	blocks_init(&a->blocks);
	thumb_init(&a->thumb);
	return a;
}

void analysis_free(struct analysis *a)
{
	if (a == NULL)
		return;
	scan_fini(&a->scan);
	layers_fini(&a->layers);
	blocks_fini(&a->blocks);
	thumb_fini(&a->thumb);
	free(a);
}

void analysis_feed(struct analysis *a, const void *bytes, size_t size)
{
	if (a->blocks.size == 0 && size >= 4 && memcmp(bytes, "GCDE", 4) == 0)
		check_refuse(&a->check, 1, "The file is binary G-code");
	blocks_bytes(&a->blocks, bytes, size);
	scan_feed(&a->scan, bytes, size);
}

void analysis_end(struct analysis *a)
{
	scan_end(&a->scan);
	blocks_end(&a->blocks);
	meta_finish(&a->meta, a->filament, layers_height(&a->layers));
	(void)estimate_end(&a->estimate);
	if (a->blocks.commands == 0)
		check_refuse(&a->check, a->scan.number, "The file holds no command");
}

static void comment(struct analysis *a, const struct scan_line *l, const char *text, size_t len)
{
	if (thumb_comment(&a->thumb, text, len))
		return;
	layers_comment(&a->layers, text, len, l->offset, (uint32_t)a->blocks.commands);
	meta_comment(&a->meta, text, len);
}

static void travel(struct analysis *a, const struct motion *m, const struct scan_line *l,
    uint32_t ordinal)
{
	const struct modal *modal = &a->modal;

	check_move(&a->check, m, l->number);
	if (m->e > 0 && m->length > 0) {
		a->check.relative_e |= modal->e_relative || modal->relative;
		layers_extrude(&a->layers, m->to[AXIS_Z], l->offset, ordinal);
	}
	if (!modal->volumetric)
		a->filament += m->e;
	estimate_move(&a->estimate, m, m->e > 0 ? modal->accel_print : modal->accel_travel);
}

/* Commands at which the head stands still. */
static void stand(struct analysis *a, const struct command *c)
{
	if (c->letter == 'G' && c->number == 4)
		estimate_stop(&a->estimate, COMMAND_HAS(c, 'S') ? COMMAND_VALUE(c, 'S') :
		    COMMAND_HAS(c, 'P') ? COMMAND_VALUE(c, 'P') / 1000.0 : 0.0);
	else if (c->letter == 'G' && c->number == 28)
		estimate_stop(&a->estimate, HOMING_SECONDS);
	else if (c->letter == 'M' && (c->number == 109 || c->number == 190 || c->number == 400))
		estimate_stop(&a->estimate, 0.0);
}

/* One command that will be sent, `len` bytes long. */
static void command(struct analysis *a, const struct command *c, const struct scan_line *l,
    size_t len)
{
	uint32_t ordinal = blocks_command(&a->blocks, l->offset);
	struct motion m;

	check_length(&a->check, len, l->number);
	if (len > GCODE_COMMAND_MAX)
		check_refuse(&a->check, l->number, "The command is longer than 81 bytes");
	if (modal_step(&a->modal, c, &m)) {
		travel(a, &m, l, ordinal);
		return;
	}
	check_command(&a->check, c, l->number);
	stand(a, c);
}

/* Anything that is not in plain form: by the book. */
static void slow_line(struct analysis *a, const struct scan_line *l)
{
	char cmd[1024];
	size_t len = gcode_strip(l->text, l->len, cmd, sizeof(cmd)), seen;
	const char *semicolon;
	struct command c;

	if (len == 0) {
		semicolon = memchr(l->text, ';', l->len);
		if (semicolon != NULL)
			comment(a, l, semicolon + 1,
			    (size_t)(l->text + l->len - semicolon) - 1);
		else if (l->cut)
			check_text(&a->check, l, "", 0);
		return;
	}
	seen = len < sizeof(cmd) ? len : sizeof(cmd) - 1;
	if (gcode_dropped(cmd, seen))
		return;
	check_text(&a->check, l, cmd, seen);
	command_parse(cmd, seen, &c);
	if (c.letter == 0)
		check_named(&a->check, cmd, seen, l->number);
	command(a, &c, l, gcode_fit(cmd, len));
}

static void on_line(void *ctx, const struct scan_line *l)
{
	struct analysis *a = ctx;
	struct command c;
	size_t len;

	if (l->len == 0)
		return;
	if (l->text[0] == ';') {
		comment(a, l, l->text + 1, l->len - 1);
	} else if (!l->cut && command_fast(l->text, l->len, &c, &len)) {
		if (c.letter == 'G')
			command(a, &c, l, len);
		else if (!gcode_dropped(l->text, len))
			command(a, &c, l, gcode_fit(l->text, len));
	} else {
		slow_line(a, l);
	}
}
