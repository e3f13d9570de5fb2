/* SPDX-License-Identifier: Apache-2.0 */
/* reader - a job's bytes: the file as it was at the claim, read ahead in the thread pool, each
 * 64 KiB block checked against the analysis before a byte of it is given out.
 *
 * Purpose:  spool_dir/<attempt> is a hard link (else a copy) made at the claim, beside it a copy of
 *           the sidecar; so deleting or replacing the upload changes nothing, and after a restart
 *           the print goes on without the database. A block whose bytes were changed in place is
 *           never handed out: SOURCE_CHANGED.
 * Owns:     its file, three blocks of memory, the sidecar's index.
 * Units:    bytes.
 * Errors:   told to `ready` once, later as source states.
 * Blocking: never; the disk is touched by pool threads only. */
#ifndef PLATEN_SPOOLER_READER_H
#define PLATEN_SPOOLER_READER_H

#include "run/loop.h"
#include "spooler/bay.h"

struct reader;

struct reader_conf {
	const char *spool_dir, *attempt_id;
	const char *file;       /* NULL: adopt what lies in spool_dir */
	const char *idx_sha256; /* hex, with `file` */
	void *ctx;
	void (*ready)(void *ctx, const struct err *e); /* e NULL: it can be read */
	void (*more)(void *ctx);                       /* after SOURCE_WAIT: ask again */
};

struct reader *reader_new(struct loop *l, const struct reader_conf *conf);
struct source *reader_source(struct reader *r);
uint64_t reader_size(const struct reader *r); /* after ready */
/* No callback comes afterwards. remove: the files in spool_dir go too. */
void reader_free(struct reader *r, bool remove);

#endif
