/* SPDX-License-Identifier: Apache-2.0 */
/* utf8 - what counts as text. Errors: none. Blocking: never. */
#ifndef PLATEN_BASE_UTF8_H
#define PLATEN_BASE_UTF8_H

#include "base/err.h"

/* Length in bytes (1-4) of the well-formed character at p (RFC 3629: no overlong forms, no
 * surrogates, nothing above U+10FFFF), or 0. */
size_t utf8_char(const unsigned char *p, size_t size);
bool utf8_ok(const char *text, size_t size);
/* Well formed and without control characters (C0 except tab when allowed, DEL, C1). */
bool utf8_printable(const char *text, size_t size, bool tab_allowed);

#endif
