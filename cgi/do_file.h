/* SPDX-License-Identifier: Apache-2.0 */
/* do_file - taking files in and throwing them away, for every door.
 *
 * Purpose:  do_upload() streams a multipart body to disk in constant memory, hashed and checked;
 *           no transaction is open while the client sends. A failed upload leaves nothing.
 * Owns:     nothing; texts live in the request's arena.
 * Errors:   E_INVALID with kind NO_FILE, INVALID_FILE_TYPE, INVALID_FILE_CONTENT or a field;
 *           E_LIMIT with kind FILE_TOO_LARGE; E_FORMAT with kind UNSUPPORTED_MEDIA_TYPE;
 *           E_UNAVAILABLE when the disk is full; E_CONFLICT for a file in use; E_DENIED.
 * Blocking: on the client and the disk. */
#ifndef PLATEN_CGI_DO_FILE_H
#define PLATEN_CGI_DO_FILE_H

#include "cgi/req.h"

/* The transaction is committed; *row is the new row of l_file. */
enum errc do_upload(struct req *rq, struct pg_result **row, struct err *e) MUST_CHECK;
/* Commits before the bytes go. */
enum errc do_file_delete(struct req *rq, const char *id, struct err *e) MUST_CHECK;

#endif
