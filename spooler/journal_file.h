/* SPDX-License-Identifier: Apache-2.0 */
/* journal_file - where a journal's memory lies: a locked mapping of run.dir/journal/<printer>, and
 * once a second a copy on the disk for the case that the whole host goes down.
 *
 * Owns:     the mapping. Errors: E_IO; a memory that cannot be locked is a warning.
 * Blocking: journal_file_map at start; journal_file_save is for pool threads. */
#ifndef PLATEN_SPOOLER_JOURNAL_FILE_H
#define PLATEN_SPOOLER_JOURNAL_FILE_H

#include "base/err.h"

/* dir: run.dir/journal. copies: folder of the copies; one is taken over when dir has none. */
enum errc journal_file_map(const char *dir, const char *copies, const char *id, void **memory,
    struct err *e) MUST_CHECK;
void journal_file_unmap(void *memory); /* accepts NULL */
enum errc journal_file_save(const char *copies, const char *id, const void *bytes,
    struct err *e) MUST_CHECK;
void journal_file_remove(const char *dir, const char *id);

#endif
