/* SPDX-License-Identifier: Apache-2.0 */
/* gcode-gen - writes G-code files of our own: the demo's example and the long files of the tests.
 *
 *   gcode-gen [--style prusa|orca|cura|plain] [--lines N] [--layers N] [--radius MM]
 *             [--layer-height MM] [--segments N] [--arcs] [--absolute-e] [--crlf] [--no-m73]
 *             [--inline-comments] [--hotend C] [--bed C] [--speed MM/S] [--thumbnail FILE.png]
 *
 * The object is a twisted vase of two walls on a solid floor (with --arcs a round one). The same
 * options give the same bytes. Comments are written as the slicer of that style writes them. */
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"

#define CENTRE   110.0
#define WALLS    2
#define WIDTH    0.45
#define FILAMENT 1.75

enum style { STYLE_PRUSA, STYLE_ORCA, STYLE_CURA, STYLE_PLAIN };

struct gen {
	enum style style;
	bool arcs, absolute, crlf, m73, inline_comments, dry;
	int lines, layers, segments;
	double radius, height, speed, hotend, bed;
	const char *thumbnail;
	/* while writing */
	double x, y, e, filament, seconds, total_filament, total_seconds;
	int moves, percent;
};

static void line(const struct gen *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void line(const struct gen *g, const char *fmt, ...)
{
	va_list ap;

	if (g->dry)
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fputs(g->crlf ? "\r\n" : "\n", stdout);
}

static const char *note(const struct gen *g, const char *text)
{
	return g->inline_comments ? text : "";
}

static double push(struct gen *g, double mm)
{
	g->filament += mm;
	if (!g->absolute)
		return mm;
	g->e += mm;
	return g->e;
}

static double extrusion(const struct gen *g, double length)
{
	return length * WIDTH * g->height / (M_PI / 4 * FILAMENT * FILAMENT);
}

static void progress(struct gen *g)
{
	int percent;

	if (g->dry || !g->m73 || g->total_seconds <= 0)
		return;
	percent = (int)(100 * g->seconds / g->total_seconds);
	if (percent == g->percent)
		return;
	g->percent = percent;
	line(g, "M73 P%d R%d", percent, (int)ceil((g->total_seconds - g->seconds) / 60));
}

static void travel(struct gen *g, double x, double y)
{
	g->seconds += hypot(x - g->x, y - g->y) / 150;
	g->x = x;
	g->y = y;
	line(g, "%s X%.3f Y%.3f F9000%s", g->style == STYLE_CURA ? "G0" : "G1", x, y,
	    note(g, " ; travel"));
}

static void extrude(struct gen *g, double x, double y)
{
	double length = hypot(x - g->x, y - g->y);

	g->seconds += length / g->speed;
	g->x = x;
	g->y = y;
	g->moves++;
	line(g, "G1 X%.3f Y%.3f E%.5f%s", x, y, push(g, extrusion(g, length)),
	    g->moves % 7 == 0 ? note(g, " ; wall (a part)") : "");
}

static void quarter(struct gen *g, double radius, int i)
{
	double to = (i + 1) * M_PI / 2, length = radius * M_PI / 2;
	double x = CENTRE + radius * cos(to), y = CENTRE + radius * sin(to);

	g->seconds += length / g->speed;
	line(g, "G3 X%.3f Y%.3f I%.3f J%.3f E%.5f", x, y, CENTRE - g->x, CENTRE - g->y,
	    push(g, extrusion(g, length)));
	g->x = x;
	g->y = y;
}

/* Six soft ribs that turn a third of a circle on the way up; a belly and a lip. */
static double vase(const struct gen *g, double up, double angle)
{
	double belly = 0.74 + 0.26 * sin(M_PI * (0.12 + 1.25 * up));

	if (g->arcs)
		return g->radius * belly;
	return g->radius * belly * (1 + 0.07 * cos(6 * angle + 4.2 * up));
}

static void ring(struct gen *g, double up, double inset)
{
	double angle, r = vase(g, up, 0) - inset;
	int i;

	travel(g, CENTRE + r, CENTRE);
	line(g, "G1 F%.0f", g->speed * 60);
	if (g->arcs) {
		for (i = 0; i < 4; i++)
			quarter(g, r, i);
		return;
	}
	for (i = 1; i <= g->segments; i++) {
		angle = 2 * M_PI * i / g->segments;
		r = vase(g, up, angle) - inset;
		extrude(g, CENTRE + r * cos(angle), CENTRE + r * sin(angle));
	}
}

static void retract(struct gen *g, double mm)
{
	line(g, "G1 E%.5f F2400%s", push(g, mm), note(g, mm < 0 ? " ; retract" : " ; unretract"));
	g->seconds += 0.02;
}

static void layer_mark(const struct gen *g, int layer, double z)
{
	switch (g->style) {
	case STYLE_PRUSA:
	case STYLE_ORCA:
		line(g, ";LAYER_CHANGE");
		line(g, ";Z:%.2f", z);
		line(g, ";HEIGHT:%.2f", g->height);
		break;
	case STYLE_CURA:
		line(g, ";LAYER:%d", layer);
		break;
	case STYLE_PLAIN:
		break;
	}
}

static void wall_mark(const struct gen *g, int wall)
{
	static const char *const words[3][2] = { { "Perimeter", "External perimeter" },
		{ "Inner wall", "Outer wall" }, { "WALL-INNER", "WALL-OUTER" } };

	if (g->style != STYLE_PLAIN)
		line(g, ";TYPE:%s", words[g->style][wall == 0]);
}

static void layer(struct gen *g, int number)
{
	double z = g->height * (number + 1), up = (double)number / g->layers, inset;
	int wall;

	layer_mark(g, number, z);
	retract(g, -0.8);
	line(g, "G1 Z%.3f F720", z);
	progress(g);
	if (number == 1)
		line(g, "M106 S255");
	wall_mark(g, WALLS - 1);
	for (wall = WALLS - 1; wall >= 0; wall--) {
		wall_mark(g, wall);
		if (wall == WALLS - 1) {
			travel(g, CENTRE + vase(g, up, 0) - wall * WIDTH, CENTRE);
			retract(g, 0.8);
		}
		ring(g, up, wall * WIDTH);
	}
	if (number < 2)
		for (inset = WALLS * WIDTH; inset < vase(g, up, 0.5) * 0.9; inset += 2 * WIDTH)
			ring(g, up, inset);
	if (g->style == STYLE_CURA)
		line(g, ";TIME_ELAPSED:%.6f", g->seconds);
	if (g->absolute) {
		line(g, "G92 E0");
		g->e = 0;
	}
}

static void body(struct gen *g)
{
	int i;

	g->filament = g->seconds = g->e = 0;
	g->x = g->y = 0;
	g->moves = 0;
	g->percent = -1;
	for (i = 0; i < g->layers; i++)
		layer(g, i);
	g->total_filament = g->filament;
	g->total_seconds = g->seconds;
}

static void thumbnail(const struct gen *g)
{
	struct buf picture = BUF_INIT, text = BUF_INIT;
	unsigned char header[24];
	FILE *f = fopen(g->thumbnail, "rb");
	size_t i, n;
	char piece[4096];

	if (f == NULL || fread(header, 1, sizeof(header), f) != sizeof(header)) {
		perror(g->thumbnail);
		exit(1);
	}
	rewind(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_append(&picture, piece, n);
	fclose(f);
	base64_encode(&text, picture.bytes, picture.size);
	line(g, "; thumbnail begin %ux%u %zu", header[18] * 256u + header[19],
	    header[22] * 256u + header[23], text.size);
	for (i = 0; i < text.size; i += 78)
		line(g, "; %.78s", text.bytes + i);
	line(g, "; thumbnail end");
	buf_fini(&picture);
	buf_fini(&text);
}

static void duration(double seconds, char out[40])
{
	int s = (int)lround(seconds);

	if (s >= 3600)
		snprintf(out, 40, "%dh %dm %ds", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(out, 40, "%dm %ds", s / 60, s % 60);
}

static void top(const struct gen *g)
{
	double r = g->radius * 1.07;

	switch (g->style) {
	case STYLE_ORCA:
		line(g, "; HEADER_BLOCK_START");
		line(g, "; generated by gcode-gen 1.0");
		line(g, "; total layer number: %d", g->layers);
		line(g, "; filament_density: 1.24");
		line(g, "; filament_diameter: 1.75");
		line(g, "; max_z_height: %.2f", g->layers * g->height);
		line(g, "; HEADER_BLOCK_END");
		break;
	case STYLE_PRUSA:
		line(g, "; generated by gcode-gen 1.0");
		line(g, "%s", "");
		break;
	case STYLE_CURA:
		line(g, ";FLAVOR:Marlin");
		line(g, ";TIME:%.0f", g->total_seconds);
		line(g, ";Filament used: %.5fm", g->total_filament / 1000);
		line(g, ";Layer height: %g", g->height);
		line(g, ";MINX:%.3f", CENTRE - r);
		line(g, ";MINY:%.3f", CENTRE - r);
		line(g, ";MINZ:%g", g->height);
		line(g, ";MAXX:%.3f", CENTRE + r);
		line(g, ";MAXY:%.3f", CENTRE + r);
		line(g, ";MAXZ:%g", g->height * g->layers);
		line(g, ";Generated with gcode-gen 1.0");
		line(g, ";LAYER_COUNT:%d", g->layers);
		break;
	case STYLE_PLAIN:
		break;
	}
	if (g->thumbnail != NULL)
		thumbnail(g);
}

static void start(const struct gen *g)
{
	line(g, "G21%s", note(g, " ; millimetres"));
	line(g, "G90");
	line(g, g->absolute ? "M82" : "M83");
	if (g->m73)
		line(g, "M73 P0 R%d", (int)ceil(g->total_seconds / 60));
	line(g, "M140 S%g", g->bed);
	line(g, "M104 S%g%s", g->hotend, note(g, " ; nozzle (no wait)"));
	line(g, "G28");
	line(g, "M190 S%g", g->bed);
	line(g, "M109 S%g", g->hotend);
	line(g, "G92 E0");
	line(g, "M117 Printing");
	line(g, "M107");
	line(g, "G1 Z%.3f F720", g->height);
	line(g, "G1 E%.5f F300", 2.0);
	line(g, "G92 E0");
}

static void finish(const struct gen *g)
{
	line(g, "G91");
	line(g, "G1 Z5 F600%s", note(g, " ; away from the print"));
	line(g, "G90");
	line(g, "M104 S0");
	line(g, "M140 S0");
	line(g, "M107");
	line(g, "G1 X10 Y200 F6000");
	line(g, "M84");
	if (g->m73)
		line(g, "M73 P100 R0");
}

static void bottom(const struct gen *g)
{
	double cm3 = M_PI / 4 * FILAMENT * FILAMENT * g->total_filament / 1000;
	char time[40];

	duration(g->total_seconds, time);
	if (g->style == STYLE_CURA) {
		line(g, ";End of Gcode");
		return;
	}
	if (g->style == STYLE_PLAIN)
		return;
	line(g, "; filament used [mm] = %.2f", g->total_filament);
	line(g, "; filament used [cm3] = %.2f", cm3);
	line(g, "; filament used [g] = %.2f", cm3 * 1.24);
	line(g, "; estimated printing time (normal mode) = %s", time);
	if (g->style == STYLE_ORCA)
		line(g, "; CONFIG_BLOCK_START");
	else
		line(g, "; prusaslicer_config = begin");
	line(g, "; layer_height = %g", g->height);
	line(g, "; nozzle_diameter = 0.4");
	line(g, "; filament_type = PLA");
	line(g, "; filament_diameter = 1.75");
	line(g, "; filament_density = 1.24");
	line(g, "; gcode_flavor = marlin");
	line(g, "; printer_model = Marlin i3");
	line(g, g->style == STYLE_ORCA ? "; nozzle_temperature = %g" : "; temperature = %g", g->hotend);
	if (g->style == STYLE_ORCA)
		line(g, "; hot_plate_temp = %g", g->bed);
	else
		line(g, "; bed_temperature = %g", g->bed);
	line(g, "%s", g->style == STYLE_ORCA ? "; CONFIG_BLOCK_END" : "; prusaslicer_config = end");
}

static enum style style_of(const char *name)
{
	static const char *const names[] = { "prusa", "orca", "cura", "plain" };
	int i;

	for (i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0)
			return (enum style)i;
	fprintf(stderr, "gcode-gen: unknown style %s\n", name);
	exit(2);
}

/* Enough layers, then enough segments, for that many lines. */
static void fit_lines(struct gen *g)
{
	int per_layer = WALLS * ((g->arcs ? 4 : g->segments) + 3) + 6;

	if (g->lines <= 0)
		return;
	g->layers = g->lines / per_layer + 1;
	if (g->layers * g->height > 200 && !g->arcs) {
		g->layers = (int)(200 / g->height);
		g->segments = g->lines / g->layers / WALLS + 1;
	}
}

static void options(struct gen *g, int argc, char **argv)
{
	static const struct option known[] = { { "style", 1, NULL, 's' }, { "lines", 1, NULL, 'n' },
		{ "layers", 1, NULL, 'l' }, { "radius", 1, NULL, 'r' },
		{ "layer-height", 1, NULL, 'h' }, { "segments", 1, NULL, 'g' },
		{ "arcs", 0, NULL, 'a' }, { "absolute-e", 0, NULL, 'e' }, { "crlf", 0, NULL, 'c' },
		{ "no-m73", 0, NULL, 'm' }, { "inline-comments", 0, NULL, 'i' },
		{ "hotend", 1, NULL, 't' }, { "bed", 1, NULL, 'b' }, { "speed", 1, NULL, 'v' },
		{ "thumbnail", 1, NULL, 'p' }, { NULL, 0, NULL, 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (c) {
		case 's': g->style = style_of(optarg); break;
		case 'n': g->lines = (int)strtol(optarg, NULL, 10); break;
		case 'l': g->layers = (int)strtol(optarg, NULL, 10); break;
		case 'r': g->radius = strtod(optarg, NULL); break;
		case 'h': g->height = strtod(optarg, NULL); break;
		case 'g': g->segments = (int)strtol(optarg, NULL, 10); break;
		case 'a': g->arcs = true; break;
		case 'e': g->absolute = true; break;
		case 'c': g->crlf = true; break;
		case 'm': g->m73 = false; break;
		case 'i': g->inline_comments = true; break;
		case 't': g->hotend = strtod(optarg, NULL); break;
		case 'b': g->bed = strtod(optarg, NULL); break;
		case 'v': g->speed = strtod(optarg, NULL); break;
		case 'p': g->thumbnail = optarg; break;
		default: exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	struct gen g = { .style = STYLE_PRUSA, .m73 = true, .layers = 80, .segments = 60,
		.radius = 15, .height = 0.3, .speed = 55, .hotend = 210, .bed = 60 };

	options(&g, argc, argv);
	if (g.style == STYLE_CURA) { /* as Cura writes by default */
		g.absolute = true;
		g.m73 = false;
	}
	fit_lines(&g);
	g.dry = true;
	body(&g);
	g.dry = false;
	top(&g);
	start(&g);
	body(&g);
	finish(&g);
	bottom(&g);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
