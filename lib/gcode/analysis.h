/* SPDX-License-Identifier: Apache-2.0 */
/* analysis - everything platen wants to know of a G-code file, in one pass over pieces of any
 * size and in constant memory (contract §5; design.md §5 "Before a start").
 *
 * Owns:     all parts until analysis_free(); pointers handed out live as long.
 * Units:    seconds, mm, degrees Celsius; lines count from 1.
 * Errors:   none: a file that must not be printed is a result (refused), not a failure.
 * Blocking: never. */
#ifndef PLATEN_GCODE_ANALYSIS_H
#define PLATEN_GCODE_ANALYSIS_H

#include "base/sink.h"
#include "gcode/check.h"
#include "gcode/index.h"
#include "gcode/meta.h"
#include "gcode/thumb.h"

#define ANALYSIS_VERSION 1 /* of the members of files.analysis */

struct analysis;

/* acceleration: ESTIMATE_DEFAULT, or 0 for the seed's time formula. */
struct analysis *analysis_new(double acceleration);
void analysis_free(struct analysis *a); /* accepts NULL */
void analysis_feed(struct analysis *a, const void *bytes, size_t size);
void analysis_end(struct analysis *a); /* once; figures below are final after it */

const struct check *analysis_check(const struct analysis *a);
const struct meta *analysis_meta(const struct analysis *a);
const struct thumb *analysis_thumb(const struct analysis *a);
void analysis_index(const struct analysis *a, struct index *out);
uint64_t analysis_commands(const struct analysis *a);
uint32_t analysis_layers(const struct analysis *a);       /* markers, §5.3 */
uint32_t analysis_shown_layers(const struct analysis *a); /* or what the slicer declares */
double analysis_estimate(const struct analysis *a);       /* from moves only */
double analysis_seconds(const struct analysis *a);        /* slicer's, else the estimate */

/* Members of files.metadata (contract §5.1), written into an object that is open. */
void analysis_write_metadata(const struct analysis *a, struct sink *s);
/* Members of files.analysis (architecture.md §3.3). */
void analysis_write(const struct analysis *a, struct sink *s);

#endif
