/* SPDX-License-Identifier: Apache-2.0 */
/* modal - what a file's commands mean: units, relative and absolute axes, G92, feed, tool, arcs.
 *
 * A move is worked out in machine coordinates (G92 moves the origin, not the head).
 * E is relative after M83 and, as in Marlin and the slicers, also while G91 is in force.
 * Units:    mm, mm/min, mm/s2. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_MODAL_H
#define PLATEN_GCODE_MODAL_H

#include "gcode/command.h"

enum { AXIS_X, AXIS_Y, AXIS_Z, AXIS_E, AXES };

struct modal {
	double pos[AXES];   /* machine */
	double shift[AXES]; /* machine = programmed + shift */
	double unit;        /* mm for one programmed unit */
	double feed;        /* mm/min; starts at 1000 as in the seed */
	double accel_print, accel_travel; /* M204; 0: not set by the file */
	bool relative, e_relative, volumetric;
	unsigned plane;     /* axis that stands on the plane of arcs */
	unsigned tool;
};

struct motion {
	double from[AXES], to[AXES];
	double low[3], high[3]; /* box around the path */
	double length;          /* of the path in space */
	double e;               /* filament pushed, mm */
	double feed;
	double enter[3], leave[3]; /* directions at the ends; not unit vectors */
	bool arc;
};

void modal_init(struct modal *m);
/* True for a move (G0-G3): *out is filled. Everything else steps the state only. */
bool modal_step(struct modal *m, const struct command *c, struct motion *out);

#endif
