/* SPDX-License-Identifier: Apache-2.0 */
/* number - decimal numbers of G-code and slicers' comments, without locale.
 *
 * strtod() is five times slower and takes its decimal point from the locale.
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_NUMBER_H
#define PLATEN_GCODE_NUMBER_H

#include <stdbool.h>

/* Sign, digits, dot, digits: what a parameter of a move looks like. `X10E5` is two parameters, so
 * an exponent ends the number. Returns the end of the number, or p when there is none (*out is not
 * touched then). */
const char *number_plain(const char *p, const char *end, double *out);
/* With an exponent as well: what a lenient firmware may read. */
const char *number_wide(const char *p, const char *end, double *out);

#endif
