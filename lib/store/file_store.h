/* SPDX-License-Identifier: Apache-2.0 */
/* file_store - rows of uploaded files; the bytes are store/files.
 * Contract: inside the caller's transaction. Owns: results belong to the arena.
 * Errors: as pg_exec(); E_NOTFOUND "File not found". Blocking: one round trip each. */
#ifndef PLATEN_STORE_FILE_STORE_H
#define PLATEN_STORE_FILE_STORE_H

#include "store/list.h"

struct file_filter {
	const char *folder, *type, *search; /* NULL: any; search: words as a person typed them */
	const char *sort;                   /* "date desc", "name asc", ... */
	int64_t limit, offset;
};
enum errc file_store_list(struct pg *db, struct arena *a, const struct file_filter *f,
    struct list *out, struct err *e) MUST_CHECK;
enum errc file_store_show(struct pg *db, struct arena *a, const char *id, struct pg_result **out,
    struct err *e) MUST_CHECK;
enum errc file_store_slices(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;

struct file_row {
	const char *original_name, *path, *folder, *type, *mime, *sha256;
	int64_t size;
};
enum errc file_store_insert(struct pg *db, struct arena *a, const struct file_row *f,
    const char **id, struct err *e) MUST_CHECK;
/* Queues the analysis, tells the owner, writes the audit. event_json: the File object. */
enum errc file_store_uploaded(struct pg *db, struct arena *a, const char *id,
    const char *event_json, struct err *e) MUST_CHECK;

struct file_facts {
	const char *id, *owner, *original_name, *path, *type, *mime, *thumbnail;
	bool is_analysed, in_use, has_history;
};
/* Holds the row until the transaction ends. */
enum errc file_store_facts(struct pg *db, struct arena *a, const char *id, struct file_facts *out,
    struct err *e) MUST_CHECK;
/* slice NULL: the file itself. Columns original_name, mime_type, file_path. */
enum errc file_store_path(struct pg *db, struct arena *a, const char *id, const char *slice,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc file_store_slice_paths(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e) MUST_CHECK;
enum errc file_store_forget(struct pg *db, struct arena *a, const char *id, bool keep_row,
    struct err *e) MUST_CHECK;

#endif
