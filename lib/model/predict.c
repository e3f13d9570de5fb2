/* SPDX-License-Identifier: Apache-2.0 */
#include "model/predict.h"

#include <math.h>
#include <stddef.h>
#include <strings.h>

#define WALLS       2     /* lines of the outer shell */
#define LINE_FACTOR 1.125 /* line width of a nozzle */

double predict_density(const char *material)
{
	static const struct { const char *name; double density; } known[] = {
		{ "PLA", 1.24 }, { "PETG", 1.27 }, { "ABS", 1.04 }, { "ASA", 1.07 },
		{ "TPU", 1.21 }, { "PC", 1.20 }, { "PA", 1.14 },
	};

	for (size_t i = 0; material != NULL && i < sizeof known / sizeof *known; i++)
		if (strcasecmp(known[i].name, material) == 0)
			return known[i].density;
	return known[0].density;
}

const char *predict_source_name(enum predict_source s)
{
	switch (s) {
	case PREDICT_NONE:
		break;
	case PREDICT_SLICE:
		return "slice";
	case PREDICT_GCODE:
		return "gcode";
	case PREDICT_VOLUME:
		return "volume";
	}
	return "none";
}

/* Share of the solid that is plastic: the walls whole, what they enclose by its infill. */
static double fill_share(const struct predict_facts *f, double line)
{
	/* Of all bodies the cube is the plain guess where the surface was not measured. */
	double surface = f->surface > 0 ? f->surface : 6 * pow(f->volume, 2.0 / 3.0);
	double shell = fmin(1, surface * WALLS * line / f->volume);

	return shell + (1 - shell) * fmin(fmax(f->infill, 0), 100) / 100;
}

static void from_volume(const struct predict_facts *f, struct prediction *out)
{
	double line = (f->nozzle > 0 ? f->nozzle : 0.4) * LINE_FACTOR;
	double plastic = f->volume * fill_share(f, line); /* mm³ */
	double density = f->density > 0 ? f->density : predict_density(f->material);

	if (out->grams <= 0)
		out->grams = plastic / 1000 * density;
	if (out->time <= 0 && f->layer_height > 0 && f->print_speed > 0)
		out->time = plastic / (f->layer_height * line * f->print_speed) * 1.25;
}

static double probability(const struct predict_facts *f)
{
	if (f->finished <= 0)
		return 0.9;
	return ((double)f->completed + 4.5) / ((double)(f->completed + f->failed) + 5);
}

void predict(const struct predict_facts *f, struct prediction *out)
{
	*out = (struct prediction){ .source = PREDICT_NONE, .probability = probability(f) };
	out->correction = fmin(fmax(f->correction, 0.5), 2);
	if (f->slice_time > 0 || f->slice_grams > 0) {
		out->source = PREDICT_SLICE;
		out->time = f->slice_time;
		out->grams = f->slice_grams;
	} else if (f->file_time > 0 || f->file_grams > 0) {
		out->source = PREDICT_GCODE;
		out->time = f->file_time;
		out->grams = f->file_grams;
	}
	if (f->volume > 0) {
		if (out->source == PREDICT_NONE)
			out->source = PREDICT_VOLUME;
		from_volume(f, out);
	}
	out->time *= out->correction;
}
