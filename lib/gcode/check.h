/* SPDX-License-Identifier: Apache-2.0 */
/* check - what must be known of a file before it may start, and what refuses it (design.md §5).
 *
 * Refused with the number of the first offending line: a command longer than GCODE_COMMAND_MAX
 * (text of M117/M118 is cut instead), the text M110 inside another command, bytes that no printer
 * takes, coordinates beyond every machine. Limits of one printer are not known here: the highest
 * temperatures and the extents are told with the lines that ask for them.
 * Owns nothing. Units: mm, degrees Celsius. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_CHECK_H
#define PLATEN_GCODE_CHECK_H

#include "gcode/modal.h"
#include "gcode/scan.h"

#define CHECK_FARTHEST 100000.0 /* mm: no machine is larger than 100 m */

struct check {
	uint64_t refusal_line; /* 0: not refused */
	const char *refusal;   /* static text */
	uint64_t longest_line, max_hotend_line, max_bed_line, max_chamber_line;
	uint32_t longest;
	double max_hotend, max_bed, max_chamber;
	double hotend, bed;    /* first targets; 0: none */
	bool homes, heats_hotend, heats_bed; /* before the first extruding move */
	bool extrudes, uses_arcs, relative_e;
	double min[3], max[3]; /* of extruding moves */
	uint64_t min_line[3], max_line[3];
};

void check_init(struct check *k);
void check_refuse(struct check *k, uint64_t line, const char *why); /* the first one stays */
/* Text of a command that was not in plain form. */
void check_text(struct check *k, const struct scan_line *l, const char *cmd, size_t len);
void check_command(struct check *k, const struct command *c, uint64_t line);
/* A named command that heats: SET_HEATER_TEMPERATURE HEATER=... TARGET=... */
void check_named(struct check *k, const char *cmd, size_t len, uint64_t line);
void check_move(struct check *k, const struct motion *m, uint64_t line);

static inline void check_length(struct check *k, size_t len, uint64_t line)
{
	if (len > k->longest) {
		k->longest = (uint32_t)len;
		k->longest_line = line;
	}
}

#endif
