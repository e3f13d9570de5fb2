/* SPDX-License-Identifier: Apache-2.0 */
/* print - the route table for people, tests and nginx. Owns nothing. Errors: false for an
 * unknown table. Blocking: on standard output. */
#ifndef PLATEN_CGI_PRINT_H
#define PLATEN_CGI_PRINT_H

#include "base/err.h"

bool print_table(const char *which);

#endif
