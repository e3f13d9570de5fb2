/* SPDX-License-Identifier: Apache-2.0 */
/* Simplify3D 4 and 5: `;   key: value` figures in the footer, `;   key,value` settings on top. */
#include "gcode/meta.h"

const struct meta_key meta_simplify3d[] = {
	{ "build time", META_TIME, READ_DURATION, 2 },
	{ "filament length", META_LENGTH, READ_NUMBER, 2 },
	{ "material length", META_LENGTH, READ_NUMBER, 2 },
	{ "plastic volume", META_VOLUME_MM3, READ_NUMBER, 1 },
	{ "material volume", META_VOLUME_MM3, READ_NUMBER, 1 },
	{ "plastic weight", META_WEIGHT, READ_NUMBER, 2 },
	{ "material weight", META_WEIGHT, READ_NUMBER, 2 },
	{ "material cost", META_COST, READ_NUMBER, 2 },
	{ "layerheight", META_LAYER_HEIGHT, READ_NUMBER, 2 },
	{ "extruderdiameter", META_NOZZLE, READ_NUMBER, 2 },
	{ "nozzlediameter", META_NOZZLE, READ_NUMBER, 2 },
	{ "printmaterial", META_MATERIAL, READ_TEXT, 2 },
	{ "makerbotmodelmaterial", META_MATERIAL, READ_TEXT, 1 },
	{ "filamentdiameters", META_DIAMETER, READ_NUMBER, 2 },
	{ "filamentdensities", META_DENSITY, READ_NUMBER, 2 },
	{ "profilename", META_PRINTER, READ_TEXT, 2 },
	{ .key = 0 },
};
