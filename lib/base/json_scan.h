/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan - checks a text against RFC 8259 and our limits before json-c sees it, because
 * json-c 0.16 accepts duplicate keys, comments, single quotes and saturating numbers.
 * Owns nothing beyond the call. Errors: E_INVALID with the byte offset. Blocking: never. */
#ifndef PLATEN_BASE_JSON_SCAN_H
#define PLATEN_BASE_JSON_SCAN_H

#include "base/err.h"

enum errc json_scan(const char *text, size_t size, int max_depth, struct err *e) MUST_CHECK;

#endif
