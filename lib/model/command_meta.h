/* SPDX-License-Identifier: Apache-2.0 */
/* command_meta - what a command's metadata must say (contract §2.5.5).
 *
 * Purpose:  refuse a bad command when it is made, not when the printer should execute it. The
 *           spooler's translation accepts whatever passes here; a test holds both together.
 * Owns:     nothing.
 * Errors:   E_INVALID with field metadata; the sentence names the key.
 * Blocking: never. */
#ifndef PLATEN_MODEL_COMMAND_META_H
#define PLATEN_MODEL_COMMAND_META_H

#include "base/jval.h"

/* The printer's own bounds; 0: not known. */
struct command_bounds {
	double max_nozzle, max_bed;
	double volume[3]; /* mm */
};

/* Everything that matters for a printer that platen drives itself. metadata NULL: {}. */
enum errc command_meta_check(const char *type, const struct jval *metadata,
    const struct command_bounds *b, struct err *e) MUST_CHECK;
/* Only the printer's own bounds, where the usual keys are there: agents have words of their own. */
enum errc command_meta_bounds(const char *type, const struct jval *metadata,
    const struct command_bounds *b, struct err *e) MUST_CHECK;

#endif
