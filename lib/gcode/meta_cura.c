/* SPDX-License-Identifier: Apache-2.0 */
/* Cura's comments, with its UltiGCode and Griffin headers (which give temperatures and times). */
#include "gcode/meta.h"

const struct meta_key meta_cura[] = {
	{ "flavor", META_FLAVOR, READ_TEXT, 2 },
	{ "time", META_TIME, READ_SECONDS, 3 },
	{ "print.time", META_TIME, READ_SECONDS, 3 },
	{ "filament used", META_LENGTH, READ_METRES, 3 },
	{ "layer height", META_LAYER_HEIGHT, READ_NUMBER, 3 },
	{ "layer_count", META_LAYERS, READ_ADD, 3 }, /* again per object when one at a time */
	{ "target_machine.name", META_PRINTER, READ_TEXT, 3 },
	{ "minx", META_MIN_X, READ_NUMBER, 3 },
	{ "miny", META_MIN_Y, READ_NUMBER, 3 },
	{ "minz", META_MIN_Z, READ_NUMBER, 3 },
	{ "maxx", META_MAX_X, READ_NUMBER, 3 },
	{ "maxy", META_MAX_Y, READ_NUMBER, 3 },
	{ "maxz", META_MAX_Z, READ_NUMBER, 3 },
	{ "print.size.min.x", META_MIN_X, READ_NUMBER, 2 },
	{ "print.size.min.y", META_MIN_Y, READ_NUMBER, 2 },
	{ "print.size.min.z", META_MIN_Z, READ_NUMBER, 2 },
	{ "print.size.max.x", META_MAX_X, READ_NUMBER, 2 },
	{ "print.size.max.y", META_MAX_Y, READ_NUMBER, 2 },
	{ "print.size.max.z", META_MAX_Z, READ_NUMBER, 2 },
	{ "material", META_VOLUME_MM3, READ_NUMBER, 2 },
	{ "extruder_train.0.material.volume_used", META_VOLUME_MM3, READ_NUMBER, 2 },
	{ "extruder_train.0.initial_temperature", META_HOTEND, READ_NUMBER, 2 },
	{ "extruder_train.0.nozzle.diameter", META_NOZZLE, READ_NUMBER, 2 },
	{ "build_plate.initial_temperature", META_BED, READ_NUMBER, 2 },
	{ "nozzle diameter", META_NOZZLE, READ_NUMBER, 3 },
	{ "nozzle_diameter", META_NOZZLE, READ_NUMBER, 2 },
	{ "filament type", META_MATERIAL, READ_TEXT, 3 },
	{ "filament weight", META_WEIGHT, READ_SUM, 3 },
	{ .key = 0 },
};
