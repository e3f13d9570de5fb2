/* SPDX-License-Identifier: Apache-2.0 */
/* uuid - identifiers as 36-character lower-case text (the form of the wire and of PostgreSQL).
 * Errors: none. Blocking: never (getrandom after boot does not wait). */
#ifndef PLATEN_BASE_UUID_H
#define PLATEN_BASE_UUID_H

#include "base/err.h"

#define UUID_SIZE 37 /* with the NUL */

bool uuid_ok(const char *text);                         /* 8-4-4-4-12 hex, any case */
bool uuid_canon(const char *text, char out[UUID_SIZE]); /* checked and lower-cased */
void uuid_new(char out[UUID_SIZE]);                     /* version 4, random */

#endif
