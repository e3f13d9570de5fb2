/* SPDX-License-Identifier: Apache-2.0 */
/* translate - a printer_commands row (contract §2.5.5) as what the bay understands.
 *
 * Owns:     texts belong to the arena.
 * Errors:   E_INVALID: the metadata does not say what is needed; E_STATE: not now.
 * Blocking: never; pure. */
#ifndef PLATEN_SPOOLER_TRANSLATE_H
#define PLATEN_SPOOLER_TRANSLATE_H

#include "base/arena.h"
#include "base/jval.h"
#include "spooler/bay.h"

enum translated {
	TRANSLATED_BAY,   /* `command` for the bay */
	TRANSLATED_STOP,  /* emergency stop */
	TRANSLATED_START, /* start job `job` */
};

struct translation {
	enum translated what;
	struct bay_command command;
	const char *job;
};

struct translate_limits {
	double hotend, min_temp; /* present temperature; extrusion below is refused */
	bool relative, e_relative; /* the printer's present modes */
};

enum errc translate(struct arena *a, const char *type, const struct jval *metadata,
    const struct translate_limits *limits, struct translation *out, struct err *e) MUST_CHECK;

#endif
