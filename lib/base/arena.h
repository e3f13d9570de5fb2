/* SPDX-License-Identifier: Apache-2.0 */
/* arena - memory that lives exactly as long as one request, task or event turn.
 *
 * Purpose:  allocate without freeing; adopt foreign objects with their release function.
 * Owns:     every byte from arena_alloc() and every object given to arena_adopt().
 * Units:    sizes in bytes.
 * Errors:   none; exhaustion of the machine ends the process. Past the soft cap the arena is
 *           marked (arena_over_cap) and the dispatcher refuses once, at the end.
 * Blocking: never. Not shared between threads. */
#ifndef PLATEN_BASE_ARENA_H
#define PLATEN_BASE_ARENA_H

#include "base/err.h"

struct arena;

struct arena *arena_new(size_t soft_cap_size);
void arena_free(struct arena *a);  /* accepts NULL */
void arena_reset(struct arena *a); /* releases adopted objects, newest first; keeps one block */
void *arena_alloc(struct arena *a, size_t size); /* never NULL, zeroed, aligned for any type */
void *arena_copy(struct arena *a, const void *bytes, size_t size);
char *arena_str(struct arena *a, const char *text);              /* NULL in, NULL out */
char *arena_strn(struct arena *a, const char *text, size_t len); /* adds the NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
void arena_adopt(struct arena *a, void *object, void (*release)(void *));
size_t arena_used(const struct arena *a);
bool arena_over_cap(const struct arena *a);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (n)))

#endif
