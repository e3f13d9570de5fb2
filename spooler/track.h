/* SPDX-License-Identifier: Apache-2.0 */
/* track - what the printer's modal state is, from the lines that were sent to it.
 *
 * Purpose:  a resume must put back exactly what a pause found: place, E, modes, feed, targets.
 * Owns:     nothing; a value, copied into the journal as it is.
 * Units:    mm, mm/min, degrees, percent; positions are logical (as M114 tells them).
 * Errors:   none; what cannot be known from text (homing, levelling) is marked unknown.
 * Blocking: never. */
#ifndef PLATEN_SPOOLER_TRACK_H
#define PLATEN_SPOOLER_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACK_TOOLS 5

enum { TRACK_X, TRACK_Y, TRACK_Z, TRACK_E, TRACK_AXES };

struct track {
	double at[TRACK_AXES];
	double feed;           /* 0: never given */
	double hotend[TRACK_TOOLS], bed, chamber;
	uint8_t known;         /* bit per axis */
	uint8_t tool, fan;     /* fan 0-255 */
	bool relative, e_relative, inches;
	bool homed, chamber_used;
	bool extruded;         /* filament came out at least once */
	int16_t speed, flow;   /* M220, M221 */
};

void track_init(struct track *t);
/* A stripped command that was sent. Returns true when it is a heater's command. */
bool track_line(struct track *t, const char *cmd, size_t len);
/* The printer's own words (M114) win where we did not know or do not agree within 0.05 mm. */
void track_place(struct track *t, double x, double y, double z, double e);

#endif
