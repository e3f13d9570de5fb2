/* SPDX-License-Identifier: Apache-2.0 */
/* OrcaSlicer and BambuStudio, beside the keys they share with PrusaSlicer. Bambu's
 * "total filament volume [cm^3]" holds mm3 in spite of its unit. */
#include "gcode/meta.h"

const struct meta_key meta_orca[] = {
	{ "model printing time", META_TIME, READ_TOTAL, 4 },
	{ "total estimated time", META_TIME, READ_DURATION, 3 },
	{ "total filament length [mm]", META_LENGTH, READ_SUM, 2 },
	{ "total filament volume [cm^3]", META_VOLUME_MM3, READ_SUM, 2 },
	{ "total filament weight [g]", META_WEIGHT, READ_SUM, 2 },
	{ "total layer number", META_LAYERS, READ_NUMBER, 3 },
	{ "total layers count", META_LAYERS, READ_NUMBER, 2 },
	{ "max_z_height", META_MAX_Z, READ_NUMBER, 1 },
	{ "nozzle_temperature", META_HOTEND, READ_NUMBER, 3 },
	{ "nozzle_temperature_initial_layer", META_HOTEND, READ_NUMBER, 2 },
	{ "curr_bed_type", META_BED_TYPE, READ_TEXT, 1 },
	{ "cool_plate_temp", META_BED_COOL, READ_NUMBER, 1 },
	{ "eng_plate_temp", META_BED_ENGINEERING, READ_NUMBER, 1 },
	{ "hot_plate_temp", META_BED_HOT, READ_NUMBER, 1 },
	{ "textured_plate_temp", META_BED_TEXTURED, READ_NUMBER, 1 },
	{ .key = 0 },
};
