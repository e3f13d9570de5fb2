/* SPDX-License-Identifier: Apache-2.0 */
/* scan - cuts a file that arrives in pieces of any size into lines.
 *
 * Lines end at LF, CR or CRLF. Only the first GCODE_LINE_MAX bytes of a line are kept; `cut` says
 * that there was more. A line inside one piece is handed on without a copy.
 * Owns:     64 KiB for a line that crosses pieces, until scan_fini().
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_GCODE_SCAN_H
#define PLATEN_GCODE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan_line {
	const char *text; /* valid during the call only */
	size_t len;
	uint64_t offset;  /* of its first byte in the file */
	uint64_t number;  /* 1 is the first line */
	bool cut;
};

struct scan {
	void (*line)(void *ctx, const struct scan_line *l);
	void *ctx;
	char *kept;
	size_t kept_len;
	uint64_t offset, number; /* of the line being read */
	uint64_t position;       /* bytes seen */
	bool pending, cut, after_cr;
};

void scan_init(struct scan *s, void (*line)(void *ctx, const struct scan_line *l), void *ctx);
void scan_fini(struct scan *s);
void scan_feed(struct scan *s, const char *bytes, size_t size);
void scan_end(struct scan *s); /* the last line may lack its end */

#endif
