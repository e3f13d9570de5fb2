/* SPDX-License-Identifier: Apache-2.0 */
/* Slic3r, the ancestor (`; filament used = 1234.5mm (2.9cm3)`; the key is Cura's too and is told
 * apart by its unit), and IceSL. */
#include "gcode/meta.h"

const struct meta_key meta_slic3r[] = {
	{ "filament_length_m", META_LENGTH, READ_METRES, 1 },
	{ "filament mass_g", META_WEIGHT, READ_NUMBER, 1 },
	{ "z_layer_height_mm", META_LAYER_HEIGHT, READ_NUMBER, 1 },
	{ "extruder_temp_degree_c_0", META_HOTEND, READ_NUMBER, 1 },
	{ "bed_temp_degree_c", META_BED, READ_NUMBER, 1 },
	{ .key = 0 },
};
