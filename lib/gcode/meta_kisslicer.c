/* SPDX-License-Identifier: Apache-2.0 */
/* KISSlicer. `; Calculated-during-export Build Time: 12.3 minutes` has one long key. */
#include "gcode/meta.h"

const struct meta_key meta_kisslicer[] = {
	{ "calculated-during-export build time", META_TIME, READ_DURATION, 2 },
	{ "estimated build time", META_TIME, READ_DURATION, 1 },
	{ "ext #1", META_LENGTH, READ_ADD, 2 },
	{ "max_layer_thickness_mm", META_LAYER_HEIGHT, READ_NUMBER, 2 },
	{ "fiber_dia_mm", META_DIAMETER, READ_NUMBER, 2 },
	{ "first_layer_c", META_HOTEND, READ_NUMBER, 2 },
	{ "bed_c", META_BED, READ_NUMBER, 2 },
	{ "begin_layer_object z", META_LAYERS, READ_COUNT, 1 },
	{ .key = 0 },
};
