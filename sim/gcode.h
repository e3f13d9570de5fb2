/* SPDX-License-Identifier: Apache-2.0 */
/* gcode - one command as Marlin's parser takes it apart: letter, number, parameters.
 *
 * Purpose:  a queued line (N and checksum still on it) becomes fields; case-sensitive, as
 *           Marlin is by default.
 * Owns:     its copy of the text.
 * Errors:   none: what is no command has letter '?'. Blocking: never. */
#ifndef PLATEN_SIM_GCODE_H
#define PLATEN_SIM_GCODE_H

#include <stdbool.h>
#include <stdint.h>

#define GCODE_TEXT 96

struct gcode {
	char text[GCODE_TEXT]; /* from the command letter, without checksum */
	const char *rest;      /* behind the command's number, blanks skipped; inside text */
	char letter;	       /* G M T or '?' */
	int number;
	uint32_t seen, valued; /* bit per parameter letter A..Z */
	double value[26];
};

void gcode_parse(struct gcode *g, const char *line);
bool gcode_seen(const struct gcode *g, char letter);
bool gcode_valued(const struct gcode *g, char letter);
double gcode_value(const struct gcode *g, char letter, double fallback);

#endif
