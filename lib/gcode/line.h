/* SPDX-License-Identifier: Apache-2.0 */
/* line - the one place that says what of a G-code file's text is a command, and in what form it
 * goes to a printer (contract §4.4). The analysis counts by it, the spooler sends by it: both must
 * agree on every byte, or line numbers of a running print would not name lines of the file.
 *
 * Lines end at LF or CR (a CRLF gives an empty line more, which is no command). A line of the file
 * counts as a command when gcode_strip() leaves something and gcode_dropped() does not drop it.
 * Owns:     nothing. Units: bytes. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_LINE_H
#define PLATEN_GCODE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* 95 bytes Marlin takes, less `N`, 8 digits, blank, `*` and 3 digits (design.md §5). */
#define GCODE_COMMAND_MAX 81u
/* Longest line of a file whose end is still looked at; an analysed file has no command beyond, so
 * a reader may skip the rest of a longer line. */
#define GCODE_LINE_MAX 65536u

/* Bytes before the first LF or CR, or len when there is none. */
size_t gcode_line_len(const char *text, size_t len);

/* What is sent of one line: without comments (`;` outside a quoted string, `( ... )`), the file's
 * own `N...` and `*...`, a byte-order mark and `%`; trimmed; runs of blanks and control characters
 * outside quotes are one blank; the command word in capitals (`@words` stay as they are).
 * Returns the length, 0 for "nothing to send". Like snprintf: at most cap - 1 bytes and a NUL are
 * written, the result may be larger than that. A line end inside `in` counts as a blank. */
size_t gcode_strip(const char *in, size_t len, char *out, size_t cap);

/* Stripped commands that never leave for a printer: M110, SD card M20-M30 (except M25, a pause),
 * M928, M999. */
bool gcode_dropped(const char *cmd, size_t len);

/* Length to which a stripped command is cut before sending: the text of M117 and M118 is cut to
 * fit GCODE_COMMAND_MAX at a character's border; everything else is never cut. */
size_t gcode_fit(const char *cmd, size_t len);

/* Letter and number of a stripped command: "G1 X3" -> 'G', 1; "M 104S2" -> 'M', 104. A subcode
 * (G92.1) goes to *sub (may be NULL, 0 when none). False: a named command. */
bool gcode_word(const char *cmd, size_t len, char *letter, unsigned *number, unsigned *sub);

/* Value of a parameter of a stripped command, `S210`, `s 210`, `S2.1e2`: found outside quotes,
 * letter in any case. `present` only: value may be NULL. False: absent. For text commands (M117)
 * the answer has no meaning. */
bool gcode_param(const char *cmd, size_t len, char letter, double *value);

#endif
