/* SPDX-License-Identifier: Apache-2.0 */
/* unit_cache - the printers as last seen in the database, beside their journals, so that a spooler
 * that starts while the database is away goes on with every print at once.
 *
 * Owns:     nothing. Errors: logged; a cache that does not parse is ignored.
 * Blocking: small files in memory-backed run.dir. */
#ifndef PLATEN_SPOOLER_UNIT_CACHE_H
#define PLATEN_SPOOLER_UNIT_CACHE_H

#include "store/spool_store.h"

void unit_cache_save(const char *dir, const struct spool_printer *p);
void unit_cache_remove(const char *dir, const char *id);
void unit_cache_each(const char *dir, void (*found)(void *ctx, const struct spool_printer *p),
    void *ctx);

#endif
