/* SPDX-License-Identifier: Apache-2.0 */
/* arc - length, box and end directions of a G2/G3 (centre by I J K or radius by R, helix, whole
 * turns by P). An arc that cannot exist is taken as the straight line to its end.
 * Units: mm. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_ARC_H
#define PLATEN_GCODE_ARC_H

#include "gcode/modal.h"

/* `out` has from, to and the box of its ends; plane is the axis standing on the arc. */
void arc_measure(const struct command *c, double unit, unsigned plane, struct motion *out);

#endif
