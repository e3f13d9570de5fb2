/* SPDX-License-Identifier: Apache-2.0 */
/* multipart - multipart/form-data (RFC 7578) as a machine without I/O: bytes in, events out.
 *
 * Purpose:  parts of any size pass through without being collected; the boundary is found at any
 *           split of the input. Only `name`, `filename` and the part's Content-Type are read;
 *           filename* and everything else are ignored.
 * Owns:     nothing; names live in the struct until the next part, data points into the input (or
 *           into the struct, for bytes held back at a split).
 * Errors:   MULTIPART_BAD with `why`; the machine stays there.
 * Blocking: never. */
#ifndef PLATEN_PROTO_MULTIPART_H
#define PLATEN_PROTO_MULTIPART_H

#include "base/err.h"

#define MULTIPART_MAX_BOUNDARY 70
#define MULTIPART_MAX_HEADER   4096 /* bytes of one part's header */
#define MULTIPART_MAX_PARTS    32

enum multipart_event {
	MULTIPART_MORE,     /* input is used up */
	MULTIPART_PART,     /* a part begins: name, filename, type */
	MULTIPART_DATA,     /* data, size */
	MULTIPART_PART_END, /* the part is complete */
	MULTIPART_END,      /* closing boundary seen; what follows is ignored */
	MULTIPART_BAD,
};

enum multipart_state {
	MULTIPART_S_FIRST, /* before the first boundary */
	MULTIPART_S_AFTER, /* behind a boundary: CRLF or -- */
	MULTIPART_S_HEADER,
	MULTIPART_S_BODY,
	MULTIPART_S_DONE,
	MULTIPART_S_BAD,
};

struct multipart {
	enum multipart_state state;
	const char *in, *end;
	char delimiter[MULTIPART_MAX_BOUNDARY + 5]; /* CRLF -- boundary */
	size_t delimiter_len, matched;
	char after[2];
	size_t after_len;
	char header[MULTIPART_MAX_HEADER];
	size_t header_len;
	int parts;
	char name[128], filename[1024], type[128];
	bool has_filename;
	const char *data;
	size_t size;
	const char *why;
};

/* content_type is the request's header; false: no usable boundary in it. */
bool multipart_init(struct multipart *m, const char *content_type);
/* Call after MULTIPART_MORE (or init); the bytes must stay until the next MULTIPART_MORE. */
void multipart_feed(struct multipart *m, const void *bytes, size_t size);
enum multipart_event multipart_next(struct multipart *m);
bool multipart_is_done(const struct multipart *m); /* the closing boundary was seen */

#endif
