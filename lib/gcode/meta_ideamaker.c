/* SPDX-License-Identifier: Apache-2.0 */
/* ideaMaker. Its layer height stands only at each layer (`;HEIGHT:`), which others use too. */
#include "gcode/meta.h"

const struct meta_key meta_ideamaker[] = {
	{ "print time", META_TIME, READ_SECONDS, 2 },
	{ "material#1 used", META_LENGTH, READ_ADD, 2 },
	{ "filament density #1", META_DENSITY, READ_NUMBER, 2 },
	{ "filament diameter #1", META_DIAMETER, READ_NUMBER, 2 },
	{ "filament type #1", META_MATERIAL, READ_TEXT, 2 },
	{ "bounding box", META_MIN_X, READ_BOX, 2 },
	{ .key = 0 },
};
