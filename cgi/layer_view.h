/* SPDX-License-Identifier: Apache-2.0 */
/* layer_view - the command lines of one layer of an analysed G-code file (contract §5.4).
 *
 * Owns:     nothing; texts go into the sink.
 * Errors:   E_NOTFOUND, E_FORMAT for a sidecar that is not the one of the file's row, E_IO.
 * Blocking: on the disk. */
#ifndef PLATEN_CGI_LAYER_VIEW_H
#define PLATEN_CGI_LAYER_VIEW_H

#include "cgi/req.h"

struct layer_view {
	const char *path, *idx_sha256;
	int64_t layer; /* from 0; out of range: no commands */
	uint32_t count;      /* out: layers of the file */
	const char *bytes;   /* out: of the layer, in the arena */
	size_t size;
	bool is_cut; /* out: the layer is larger than what is shown */
};
enum errc layer_view_read(struct req *rq, struct layer_view *v, struct err *e) MUST_CHECK;
/* commands: [...] */
void layer_view_print(struct sink *s, const struct layer_view *v);

#endif
