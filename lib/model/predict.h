/* SPDX-License-Identifier: Apache-2.0 */
/* predict - how long a print will take, what it will use and whether it will succeed (L-34).
 *
 * Purpose:  the rule of contract §2.6.6 on facts that somebody else has found.
 * Units:    seconds, grams, mm, mm/s, mm² and mm³, infill in percent, density in g/cm³. A figure
 *           that is not known is 0: no print takes nothing.
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_MODEL_PREDICT_H
#define PLATEN_MODEL_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

struct predict_facts {
	double slice_time, slice_grams;            /* ready slice of this file and profile */
	double file_time, file_grams;              /* what the G-code says of itself */
	double volume, surface;                    /* of the model */
	double layer_height, print_speed, infill;  /* of the profile */
	double density, nozzle;                    /* 0: by material, 0.4 mm */
	const char *material;                      /* "PLA", or NULL */
	double correction;                         /* median of actual/estimated; 1: none known */
	int64_t finished, completed, failed;       /* jobs like this one; finished 0: too few */
};

enum predict_source { PREDICT_NONE, PREDICT_SLICE, PREDICT_GCODE, PREDICT_VOLUME };

struct prediction {
	enum predict_source source;
	double time;        /* 0: not known */
	double grams;       /* 0: not known */
	double correction;  /* as applied */
	double probability; /* 0-1 */
};

void predict(const struct predict_facts *f, struct prediction *out);
const char *predict_source_name(enum predict_source s); /* "slice" */
double predict_density(const char *material);           /* g/cm³; PLA's when not known */

#endif
