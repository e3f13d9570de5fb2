/* SPDX-License-Identifier: Apache-2.0 */
/* spool_file - an attempt's own files: spool_dir/<attempt> and its sidecar <attempt>.idx.
 *
 * Owns:     nothing; *fd is the caller's.
 * Errors:   E_NOTFOUND, E_FORMAT (does not fit the analysis), E_IO, E_UNAVAILABLE (disk full).
 * Blocking: yes; for pool threads. */
#ifndef PLATEN_SPOOLER_SPOOL_FILE_H
#define PLATEN_SPOOLER_SPOOL_FILE_H

#include "base/arena.h"
#include "base/uuid.h"
#include "gcode/index.h"

struct spool_file {
	const char *dir, *attempt_id;
};

/* Links (else copies) `file` and copies `file`.idx, whose SHA-256 must be idx_sha256. */
enum errc spool_file_take(const struct spool_file *f, const char *file, const char *idx_sha256,
    struct err *e) MUST_CHECK;
enum errc spool_file_open(const struct spool_file *f, struct arena *a, struct index *index, int *fd,
    struct err *e) MUST_CHECK;
void spool_file_remove(const struct spool_file *f);
/* Removes what other attempts left behind (a spooler that died as one ended) and that lies there
 * for age_sec: an attempt that is just beginning is in nobody's list yet. */
void spool_file_sweep(const char *dir, const char (*keep)[UUID_SIZE], size_t keep_len,
    int age_sec);

#endif
