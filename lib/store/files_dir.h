/* SPDX-License-Identifier: Apache-2.0 */
/* files_dir - directories below the storage root, walked without following a link; naming and
 * copying by descriptor. Beneath files.c.
 *
 * Owns:     descriptors returned are the caller's.
 * Errors:   -1 or false with errno, or enum errc where said.
 * Blocking: on the disk. */
#ifndef PLATEN_STORE_FILES_DIR_H
#define PLATEN_STORE_FILES_DIR_H

#include "base/err.h"

#define FILES_NAME_SIZE 200

/* The directory `name` below `parent`, made when missing. */
int files_dir_make(int parent, const char *name);
/* The directory that holds `path`; `make`: its parents are made and synced. */
int files_dir_open(int root, const char *path, bool make);
/* Last component of a path of ours plus suffix; E_INVALID for anything that could lead astray. */
enum errc files_dir_name(const char *path, const char *suffix, char out[FILES_NAME_SIZE],
    struct err *e) MUST_CHECK;
/* Gives an open file a (further) name; replaces nothing. */
bool files_dir_link_fd(int fd, int dir, const char *name);
/* A durable copy that appears whole or not at all; E_CONFLICT when the name is taken. */
enum errc files_dir_copy(int from, int dir, const char *name, struct err *e) MUST_CHECK;

#endif
