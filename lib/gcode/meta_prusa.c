/* SPDX-License-Identifier: Apache-2.0 */
/* PrusaSlicer and SuperSlicer: figures in the footer, settings in the configuration block. */
#include "gcode/meta.h"

const struct meta_key meta_prusa[] = {
	{ "gcode_flavor", META_FLAVOR, READ_TEXT, 3 },
	{ "estimated printing time (normal mode)", META_TIME, READ_DURATION, 3 },
	{ "estimated printing time", META_TIME, READ_DURATION, 2 },
	{ "estimated printing time (silent mode)", META_TIME, READ_DURATION, 1 },
	{ "filament used [mm]", META_LENGTH, READ_SUM, 3 },
	{ "filament used [cm3]", META_VOLUME, READ_SUM, 3 },
	{ "filament used [g]", META_WEIGHT, READ_SUM, 3 },
	{ "total filament used [g]", META_WEIGHT, READ_NUMBER, 2 },
	{ "filament cost", META_COST, READ_SUM, 2 },
	{ "total filament cost", META_COST, READ_NUMBER, 3 },
	{ "layer_height", META_LAYER_HEIGHT, READ_NUMBER, 3 },
	{ "filament_type", META_MATERIAL, READ_TEXT, 3 },
	{ "filament_diameter", META_DIAMETER, READ_NUMBER, 3 },
	{ "filament_density", META_DENSITY, READ_NUMBER, 3 },
	{ "nozzle_diameter", META_NOZZLE, READ_NUMBER, 3 },
	{ "temperature", META_HOTEND, READ_NUMBER, 3 },
	{ "first_layer_temperature", META_HOTEND, READ_NUMBER, 2 },
	{ "bed_temperature", META_BED, READ_NUMBER, 3 },
	{ "first_layer_bed_temperature", META_BED, READ_NUMBER, 2 },
	{ "printer_model", META_PRINTER, READ_TEXT, 3 },
	{ "printer_settings_id", META_PRINTER, READ_TEXT, 1 },
	{ .key = 0 },
};
