/* SPDX-License-Identifier: Apache-2.0 */
/* command - a command taken apart: letter, number, parameters.
 *
 * Two ways lead to the same struct: command_fast() reads the form slicers write straight from the
 * file's text (it is the loop analysis spends its time in), command_parse() reads anything that
 * gcode_strip() left. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_COMMAND_H
#define PLATEN_GCODE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct command {
	char letter;       /* 'G', 'M', 'T' ...; 0: a named command */
	unsigned number, sub;
	uint32_t have;     /* bit (letter - 'A') for each parameter */
	double value[26];  /* valid where `have` says so; 0 for a bare letter */
};

#define COMMAND_HAS(c, l) (((c)->have >> ((l) - 'A')) & 1u)
#define COMMAND_VALUE(c, l) ((c)->value[(l) - 'A'])

/* False: not in plain form (lower case, quotes, runs of blanks, ...), use gcode_strip(). True:
 * *sent_len is what gcode_strip() would have returned for the line. */
bool command_fast(const char *line, size_t len, struct command *c, size_t *sent_len);
void command_parse(const char *cmd, size_t len, struct command *c);

#endif
