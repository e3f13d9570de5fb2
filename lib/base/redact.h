/* SPDX-License-Identifier: Apache-2.0 */
/* redact - the last look at a log line: what is shaped like a secret is covered with asterisks.
 *
 * Purpose:  a net under the rule that secrets never go in: tokens (JWT, Bearer, pk_ keys),
 *           passwords in addresses, values of names such as password= or "token":"...".
 * Contract: in place, the length stays, so that JSON stays JSON.
 * Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_BASE_REDACT_H
#define PLATEN_BASE_REDACT_H

#include <stddef.h>

void redact(char *text, size_t size);

#endif
