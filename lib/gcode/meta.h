/* SPDX-License-Identifier: Apache-2.0 */
/* meta - what slicers write about a file in its comments (contract §5.1, §5.2).
 *
 * Each slicer has a table of keys (meta_<slicer>.c). Keys are compared whole, without regard to
 * case and to blanks around the separator. Where two keys give one figure the higher rank counts,
 * at equal rank the first.
 * Owns:     nothing. Units: seconds, mm, cm3, g, degrees Celsius.
 * Errors:   none; what cannot be read is left out. Blocking: never. */
#ifndef PLATEN_GCODE_META_H
#define PLATEN_GCODE_META_H

#include <stdbool.h>
#include <stddef.h>

enum meta_field {
	META_FLAVOR, META_MATERIAL, META_PRINTER, META_BED_TYPE, META_TEXTS,
	META_TIME = META_TEXTS, META_LENGTH, META_VOLUME, META_VOLUME_MM3, META_WEIGHT, META_COST,
	META_LAYER_HEIGHT, META_LAYERS, META_DIAMETER, META_DENSITY, META_NOZZLE, META_HOTEND,
	META_BED, META_BED_COOL, META_BED_ENGINEERING, META_BED_HOT, META_BED_TEXTURED,
	META_MIN_X, META_MIN_Y, META_MIN_Z, META_MAX_X, META_MAX_Y, META_MAX_Z,
	META_FIELDS
};

enum meta_read {
	READ_TEXT,     /* the value; of a list the first */
	READ_NUMBER,   /* first number */
	READ_SUM,      /* list of numbers, added up */
	READ_ADD,      /* first number, added to what earlier lines gave */
	READ_LARGEST,  /* first number; the largest of all lines */
	READ_METRES,   /* Cura: "1.2m, 0.5m" in mm; "12mm3" is a volume */
	READ_DURATION, /* "1d 2h 3m 4s" */
	READ_TOTAL,    /* Bambu: duration behind "total estimated time:" */
	READ_SECONDS,  /* bare number above 0; the largest of all lines */
	READ_BOX,      /* ideaMaker: xmin xmax ymin ymax zmin zmax */
	READ_COUNT,    /* every line adds one */
};

struct meta_key {
	const char *key; /* lower case; digits behind '#' are written as 1; NULL ends a table */
	enum meta_field field;
	enum meta_read read;
	int rank;
};

extern const struct meta_key meta_cura[], meta_prusa[], meta_orca[], meta_simplify3d[],
    meta_ideamaker[], meta_kisslicer[], meta_slic3r[];

#define META_TEXT_SIZE 120

struct meta {
	char slicer[48], version[64];
	char text[META_TEXTS][META_TEXT_SIZE];
	double number[META_FIELDS];
	signed char rank[META_FIELDS]; /* 0: not seen */
};

void meta_init(struct meta *m);
/* A comment line's text behind its `;`. */
void meta_comment(struct meta *m, const char *text, size_t len);
bool meta_has(const struct meta *m, enum meta_field f);
/* Contract §5.2; false: not a duration. */
bool meta_duration(const char *text, size_t len, double *seconds);
/* Derives what is missing once all comments are in: volume from the mm3 quirk, volume and weight
 * from length, bed temperature from the plate; length and layer height from what the moves showed
 * (0: unknown). */
void meta_finish(struct meta *m, double pushed, double layer_height);
double meta_density(const char *material); /* g/cm3; NULL or unknown: PLA's */

#endif
