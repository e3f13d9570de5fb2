/* SPDX-License-Identifier: Apache-2.0 */
/* rules - what request headers mean: origins, cookies, lists of tokens. Pure.
 * Owns: rules_cookie() returns heap memory of the caller. Errors: none. Blocking: never. */
#ifndef PLATEN_LIVE_RULES_H
#define PLATEN_LIVE_RULES_H

#include "base/buf.h"

/* Same origin as the host the request came to, or one of the comma separated lists (NULL: none).
 * A list entry is scheme://host[:port]. */
bool rules_origin_ok(const char *origin, const char *host, const char *const *lists, size_t len);
/* Value of a cookie, or NULL. */
char *rules_cookie(const char *header, const char *name);
/* A header that lists tokens ("keep-alive, Upgrade") names this one, in any case. */
bool rules_has_token(const char *header, const char *token);
/* "Bearer <token>": the token, or NULL. */
const char *rules_bearer(const char *header);
/* Sec-WebSocket-Accept of RFC 6455 §4.2.2. */
void rules_accept(const char *key, struct buf *out);
/* "127.0.0.1:8082", "[::1]:8082" into host and port; false: not that. */
bool rules_listen(const char *text, char host[64], char port[8]);

#endif
