/* SPDX-License-Identifier: Apache-2.0 */
/* upload - the body of an upload on its way to disk.
 *
 * Owns:     upload_free() abandons what was not finished.
 * Errors:   as do_file.h. Blocking: on the client and the disk. */
#ifndef PLATEN_CGI_UPLOAD_H
#define PLATEN_CGI_UPLOAD_H

#include "base/crypto.h"
#include "cgi/req.h"
#include "model/filetype.h"
#include "store/files.h"

struct upload {
	struct file_new *file;
	struct sha256_stream *hash;
	const struct filetype *type;
	const char *filename;          /* as the client named it, without folders */
	char folder[400], name[300];   /* "" when not sent */
	bool has_folder, has_name;
	int64_t max_size, size;
	char sha256[SHA256_HEX_SIZE];
};

/* Reads the whole body; afterwards file holds all bytes, checked against its extension. */
enum errc upload_receive(struct req *rq, struct upload *u, struct err *e) MUST_CHECK;
void upload_free(struct upload *u);

#endif
