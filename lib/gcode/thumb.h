/* SPDX-License-Identifier: Apache-2.0 */
/* thumb - pictures that slicers embed as base64 in comments; the only user of libpng.
 *
 * `; thumbnail begin WxH n` ... base64 ... `; thumbnail end`, also thumbnail_PNG, _JPG and _QOI.
 * All are listed; the largest PNG within the limits is kept. thumb_png() decodes it under caps
 * (header first, so a bomb costs nothing) and writes a fresh picture without foreign chunks.
 * Owns:     the kept picture and the one being read until thumb_fini().
 * Units:    pixels, bytes.
 * Errors:   thumb_png(): E_NOTFOUND without a picture, E_FORMAT for one that does not decode,
 *           E_LIMIT for one too large. Blocking: never. */
#ifndef PLATEN_GCODE_THUMB_H
#define PLATEN_GCODE_THUMB_H

#include "base/buf.h"

#define THUMB_MAX_SIDE  2048u
#define THUMB_MAX_TEXT  (4u << 20) /* base64 characters */
#define THUMB_MAX_SHOWN 512u       /* larger ones are scaled down to this */
#define THUMB_LISTED    16

enum thumb_format { THUMB_PNG, THUMB_JPG, THUMB_QOI };

struct thumb_entry {
	unsigned width, height;
	enum thumb_format format;
};

struct thumb {
	struct thumb_entry list[THUMB_LISTED];
	int list_len;
	struct thumb_entry now;
	bool open;      /* between begin and end */
	bool wanted;    /* and worth keeping */
	struct buf text; /* base64 of the picture being read */
	struct buf best; /* bytes of the best PNG so far */
	struct thumb_entry best_entry;
};

void thumb_init(struct thumb *t);
void thumb_fini(struct thumb *t);
/* A comment line's text behind `;`. True: it belongs to a picture. */
bool thumb_comment(struct thumb *t, const char *text, size_t len);
const char *thumb_format_name(enum thumb_format f); /* "PNG" */
enum errc thumb_png(const struct thumb *t, struct buf *out, struct err *e) MUST_CHECK;
/* The same for bytes from anywhere. */
enum errc thumb_clean_png(const void *bytes, size_t size, struct buf *out, struct err *e) MUST_CHECK;

#endif
