/* SPDX-License-Identifier: Apache-2.0 */
/* password - bcrypt through libcrypt, and which passwords are accepted (contract §9.5).
 *
 * Owns:     hashes live in the arena given.
 * Units:    passwords are counted in bytes, 8 to 72 (bcrypt would cut the rest silently).
 * Errors:   E_INVALID for a refused password.
 * Blocking: hash and check burn a quarter of a second at cost 12, on purpose. */
#ifndef PLATEN_AUTH_PASSWORD_H
#define PLATEN_AUTH_PASSWORD_H

#include "base/arena.h"

#define PASSWORD_MIN 8
#define PASSWORD_MAX 72

/* Length, and not one of the passwords everybody tries first. */
enum errc password_accept(const char *password, struct err *e) MUST_CHECK;
const char *password_hash(const char *password, int rounds, struct arena *a);
/* hash NULL (no such user): takes as long as a real check at `rounds` and is false. */
bool password_check(const char *password, const char *hash, int rounds);
/* The hash is weaker than wanted and should be made again at this login. */
bool password_outdated(const char *hash, int rounds);

#endif
