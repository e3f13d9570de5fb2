/* SPDX-License-Identifier: Apache-2.0 */
/* pg_admin - what only administration needs from libpq: parts of connection strings, password
 * verifiers.
 *
 * Owns:     results belong to the arena.
 * Errors:   NULL where said. Blocking: never. */
#ifndef PLATEN_STORE_PG_ADMIN_H
#define PLATEN_STORE_PG_ADMIN_H

#include "base/arena.h"

/* A keyword's value ("dbname", "user", "password"); NULL: not given, or the string is invalid. */
const char *pg_admin_part(struct arena *a, const char *conninfo, const char *keyword);
/* The same connection with one value replaced; NULL for a string that is invalid. */
const char *pg_admin_with(struct arena *a, const char *conninfo, const char *keyword,
    const char *value);
/* SCRAM-SHA-256 verifier, which the server stores as it is; NULL when libpq refuses. */
const char *pg_admin_verifier(struct arena *a, const char *conninfo, const char *user,
    const char *password);

#endif
