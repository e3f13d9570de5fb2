/* SPDX-License-Identifier: Apache-2.0 */
/* files - uploads on disk: written without a name, kept whole or not at all.
 *
 * Purpose:  create, write, finish; open, link and remove what the database knows by its storage
 *           path `<yyyy>/<mm>/<ms>-<16 hex><ext>` below the root (contract §7.1).
 * Owns:     struct files: the root's descriptor. struct file_new: an unnamed file that vanishes
 *           with files_abandon() or the process. Descriptors from files_open() are the caller's.
 * Units:    bytes. Files 0640, directories 0750.
 * Errors:   E_UNAVAILABLE when the disk is full or would be left with less than min_free;
 *           E_NOTFOUND; E_INVALID for a path that is not one of ours (.., links, absolute); E_IO.
 * Blocking: on the disk. */
#ifndef PLATEN_STORE_FILES_H
#define PLATEN_STORE_FILES_H

#include <stdint.h>

#include "base/err.h"

#define FILES_PATH_SIZE 64 /* a storage path with its NUL; extensions are at most 16 bytes */

struct files;
struct file_new;

/* Makes the root when its parent exists. */
enum errc files_open_root(const char *dir, int64_t min_free, struct files **out, struct err *e)
    MUST_CHECK;
void files_free(struct files *f); /* accepts NULL */
int64_t files_free_space(const struct files *f); /* bytes for us; -1: unknown */

/* expected: size announced by the caller, 0 when unknown; for the free-space check. */
enum errc files_create(struct files *f, int64_t expected, struct file_new **out, struct err *e)
    MUST_CHECK;
/* After an error the file can only be abandoned. Checks the free space now and then. */
enum errc files_write(struct file_new *n, const void *bytes, size_t size, struct err *e)
    MUST_CHECK;
int64_t files_size(const struct file_new *n); /* written so far */
int files_fd(const struct file_new *n);       /* to read back what was written (sniffing) */
/* fsync, name, fsync of the directory. `extension` is ".gcode" or ""; the path is made from the
 * wall clock and chance. Frees n on success and on failure. */
enum errc files_finish(struct file_new *n, const char *extension, char path[FILES_PATH_SIZE],
    struct err *e) MUST_CHECK;
/* The same under a known name beside an existing file: `path` + suffix (".idx"); replaces. */
enum errc files_finish_beside(struct file_new *n, const char *path, const char *suffix,
    struct err *e) MUST_CHECK;
void files_abandon(struct file_new *n); /* accepts NULL */

/* Read only, no symbolic link on the way below the root. */
enum errc files_open(struct files *f, const char *path, const char *suffix, int *fd,
    struct err *e) MUST_CHECK;
enum errc files_remove(struct files *f, const char *path, const char *suffix, struct err *e)
    MUST_CHECK; /* a missing file is E_OK */
/* Hard link (else a copy) named dir/name, replacing nothing: E_CONFLICT when it is there. */
enum errc files_link(struct files *f, const char *path, const char *suffix, const char *dir,
    const char *name, struct err *e) MUST_CHECK;

#endif
