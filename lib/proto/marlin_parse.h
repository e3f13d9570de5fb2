/* SPDX-License-Identifier: Apache-2.0 */
/* marlin_parse - what one line from a Marlin-like printer means.
 *
 * Purpose:  classification without state; a line can mean several things (`ok T:...`).
 * Owns:     nothing; `text` points into the caller's line.
 * Units:    degrees, mm.
 * Errors:   none; a damaged line has fewer meanings, a damaged report none at all.
 * Blocking: never. */
#ifndef PLATEN_PROTO_MARLIN_PARSE_H
#define PLATEN_PROTO_MARLIN_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum marlin_meaning {
	MARLIN_IS_OK = 1 << 0,
	MARLIN_IS_RESEND = 1 << 1,   /* Resend: n, rs n */
	MARLIN_IS_LAST = 1 << 2,     /* ... Last Line: n */
	MARLIN_IS_ERROR = 1 << 3,    /* Error:... */
	MARLIN_IS_BUSY = 1 << 4,
	MARLIN_IS_START = 1 << 5,    /* the board begins anew */
	MARLIN_IS_WAIT = 1 << 6,     /* Repetier's idle word */
	MARLIN_IS_TEMPS = 1 << 7,
	MARLIN_IS_POSITION = 1 << 8,
	MARLIN_IS_CAP = 1 << 9,      /* Cap:NAME:1; text = "NAME:1" */
	MARLIN_IS_FIRMWARE = 1 << 10, /* FIRMWARE_NAME:...; text = what follows */
	MARLIN_IS_ACTION = 1 << 11,  /* //action:word text; text = "word text" */
	MARLIN_IS_FATAL = 1 << 12,   /* the printer has stopped for good */
	MARLIN_IS_BANNER = 1 << 13,  /* further line of a boot banner */
};

/* Why a printer stopped; contract §4.10 names. */
enum marlin_fatal {
	MARLIN_FATAL_NONE,
	MARLIN_FATAL_RUNAWAY,
	MARLIN_FATAL_HEATING,
	MARLIN_FATAL_SENSOR,
	MARLIN_FATAL_POSITION,
	MARLIN_FATAL_STOP,  /* M112, at the panel or from us */
	MARLIN_FATAL_OTHER, /* kill() without a reason */
};
const char *marlin_fatal_category(enum marlin_fatal f);

struct marlin_temps { /* NAN: not reported */
	double hotend, hotend_target, bed, bed_target, chamber, chamber_target;
	bool waiting; /* W: - the report of a waiting M109, M190 */
};

struct marlin_position {
	double x, y, z, e;
};

struct marlin_reply {
	unsigned meaning;
	bool numbered;      /* ok N<number> */
	uint32_t number;
	int64_t resend, last; /* < 0: damaged or impossible */
	struct marlin_temps temps;
	struct marlin_position position;
	enum marlin_fatal fatal;
	const char *text;
};

/* line: NUL-terminated, without the line end. */
void marlin_parse(const char *line, struct marlin_reply *out);

#endif
