/* SPDX-License-Identifier: Apache-2.0 */
/* analysis_part - the parts of an analysis; shared by analysis and analysis_write only. */
#ifndef PLATEN_GCODE_ANALYSIS_PART_H
#define PLATEN_GCODE_ANALYSIS_PART_H

#include "gcode/analysis.h"
#include "gcode/blocks.h"
#include "gcode/estimate.h"
#include "gcode/layers.h"

struct analysis {
	struct scan scan;
	struct modal modal;
	struct check check;
	struct meta meta;
	struct layers layers;
	struct estimate estimate;
	struct blocks blocks;
	struct thumb thumb;
	double filament; /* mm pushed less pulled back */
};

#endif
