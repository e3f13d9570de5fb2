/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs for virtual prints. Every command carries a Q word of its own, which firmware ignores, so
 * that a line of the file can be told from the spooler's own and from any other line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/virtual.h"

uint64_t draw(struct draw *d)
{
	uint64_t z = d->s += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

unsigned draw_below(struct draw *d, unsigned n)
{
	return (unsigned)(draw(d) % n);
}

bool draw_chance(struct draw *d, unsigned percent)
{
	return draw_below(d, 100) < percent;
}

struct maker {
	struct job_text *t;
	struct draw *d;
	size_t cap;
	double e;
	bool relative_e, inches;
};

static void raw(struct maker *m, const char *text)
{
	size_t len = strlen(text);

	if (m->t->size + len + 1 > m->cap) {
		m->cap = m->cap * 2 + len + 4096;
		m->t->bytes = realloc(m->t->bytes, m->cap);
		if (!m->t->bytes)
			abort();
	}
	memcpy(m->t->bytes + m->t->size, text, len);
	m->t->size += len;
}

static void command(struct maker *m, const char *text)
{
	char *kept;

	m->t->commands = realloc(m->t->commands, (m->t->len + 1) * sizeof m->t->commands[0]);
	if (!m->t->commands)
		abort();
	kept = m->t->commands[m->t->len];
	snprintf(kept, sizeof m->t->commands[0], "%s Q%u", text, m->t->len);
	m->t->len++;
	if (draw_chance(m->d, 5))
		raw(m, "  ");
	raw(m, kept);
	if (draw_chance(m->d, 10))
		raw(m, " ; a comment (with more) M112");
	raw(m, draw_chance(m->d, 3) ? "\r\n" : "\n");
	if (draw_chance(m->d, 3))
		raw(m, "; only a comment G28\n\n");
}

static double coordinate(struct maker *m)
{
	double mm = 20 + draw_below(m->d, 160000) / 1000.0;

	return m->inches ? mm / 25.4 : mm;
}

static void move(struct maker *m)
{
	double step = (1 + draw_below(m->d, 400)) / (m->inches ? 25400.0 : 1000.0);
	char text[80];
	int n;

	if (draw_chance(m->d, 20)) {
		snprintf(text, sizeof text, "G0 X%.3f Y%.3f", coordinate(m), coordinate(m));
		command(m, text);
		return;
	}
	m->e += step;
	n = snprintf(text, sizeof text, "G1 X%.3f Y%.3f E%.5f", coordinate(m), coordinate(m),
	    m->relative_e ? step : m->e);
	if (draw_chance(m->d, 15))
		snprintf(text + n, sizeof text - (size_t)n, " F%u",
		    m->inches ? 100 + draw_below(m->d, 300) : 3000 + draw_below(m->d, 6000));
	command(m, text);
}

static void other(struct maker *m, unsigned layer)
{
	char text[80];

	switch (draw_below(m->d, 7)) {
	case 0:
		snprintf(text, sizeof text, "M106 S%u", draw_below(m->d, 256));
		break;
	case 1:
		snprintf(text, sizeof text, "M117 layer %u of many", layer);
		break;
	case 2:
		m->e = 0;
		snprintf(text, sizeof text, "G92 E0");
		break;
	case 3:
		m->relative_e = !m->relative_e;
		snprintf(text, sizeof text, m->relative_e ? "M83" : "M82");
		if (!m->relative_e) {
			command(m, text);
			m->e = 0;
			snprintf(text, sizeof text, "G92 E0");
		}
		break;
	case 4:
		snprintf(text, sizeof text, "M104 S%u", 200 + draw_below(m->d, 8));
		break;
	case 5:
		snprintf(text, sizeof text, "M220 S%u", 90 + draw_below(m->d, 20));
		break;
	default:
		snprintf(text, sizeof text, "M221 S%u", 95 + draw_below(m->d, 10));
		break;
	}
	command(m, text);
}

void job_text_make(struct job_text *t, struct draw *d, bool inches, bool pauses)
{
	struct maker m = { .t = t, .d = d };
	unsigned layers = 3 + draw_below(d, 5), lines = 20 + draw_below(d, 40);
	char text[80];

	memset(t, 0, sizeof *t);
	t->homes = draw_chance(d, 60);
	t->heats = draw_chance(d, 60);
	raw(&m, "; made for a virtual print\n");
	if (t->heats) {
		command(&m, "M140 S55");
		command(&m, "M104 S205");
		command(&m, "M190 S55");
		command(&m, "M109 S205");
	}
	if (t->homes)
		command(&m, "G28");
	command(&m, "G90");
	command(&m, "M82");
	command(&m, "G92 E0");
	command(&m, "G1 Z0.2 F600");
	command(&m, "G1 X30 Y30 F6000");
	if (inches) {
		m.inches = true;
		command(&m, "G20");
		command(&m, "G1 F240");
	}
	for (unsigned l = 0; l < layers; l++) {
		raw(&m, ";LAYER_CHANGE\n");
		snprintf(text, sizeof text, "G1 Z%.3f", (0.2 + 0.2 * l) / (inches ? 25.4 : 1));
		command(&m, text);
		if (pauses && l == 1)
			raw(&m, "M0 change the colour\n");
		if (pauses && l == 2)
			raw(&m, draw_chance(d, 50) ? "@pause\n" : "M600\n");
		for (unsigned i = 0; i < lines; i++) {
			if (draw_chance(d, 8))
				other(&m, l);
			else
				move(&m);
		}
	}
	if (m.inches) {
		command(&m, "G21");
		m.inches = false;
	}
	command(&m, "M400");
}

void job_text_free(struct job_text *t)
{
	free(t->bytes);
	free(t->commands);
	memset(t, 0, sizeof *t);
}
