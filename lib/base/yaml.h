/* SPDX-License-Identifier: Apache-2.0 */
/* yaml - a sink that writes block-style YAML 1.2, for people and tools that read no JSON.
 * Texts are in double quotes as JSON writes them, which YAML reads the same way.
 * Owns:     nothing; appends to *out.
 * Errors:   none. Nesting beyond YAML_MAX_DEPTH ends the process: what we write is our own.
 * Blocking: never. */
#ifndef PLATEN_BASE_YAML_H
#define PLATEN_BASE_YAML_H

#include "base/sink.h"

#define YAML_MAX_DEPTH 64

struct yaml_sink {
	struct sink sink;
	struct buf *out;
	int depth;
	struct {
		bool is_list, has_members;
	} open[YAML_MAX_DEPTH];
	bool after_dash; /* the next member stands on the line of its dash */
};
void yaml_sink_init(struct yaml_sink *ys, struct buf *out);

#endif
