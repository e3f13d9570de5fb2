/* SPDX-License-Identifier: Apache-2.0 */
/* filetype - which uploads are accepted and whether content and extension agree (contract §7.1).
 * Owns nothing. Errors: NULL or false. Blocking: never. */
#ifndef PLATEN_MODEL_FILETYPE_H
#define PLATEN_MODEL_FILETYPE_H

#include <stdint.h>

#include "base/err.h"

enum filetype_kind { FILETYPE_STL, FILETYPE_GCODE, FILETYPE_OBJ, FILETYPE_3MF };

struct filetype {
	enum filetype_kind kind;
	const char *word; /* of the database and of family L */
	const char *extension, *mime;
};

#define FILETYPE_HEAD_SIZE 65536 /* bytes filetype_fits() wants to see, if there are so many */

/* By the name's extension, in any case; NULL: not accepted. */
const struct filetype *filetype_of_name(const char *name);
const struct filetype *filetype_of_word(const char *word); /* "GCODE", any case, also "3MF" */
bool filetype_fits(const struct filetype *t, const void *head, size_t head_size, int64_t size);
/* The name's extension with its dot, or "". */
const char *filetype_extension(const char *name);

/* Display names: 1 to 255 bytes of printable text without separators. */
bool filetype_name_ok(const char *name);
/* Folder labels: 1-5 segments of 1-64 harmless characters, none of them "." or "..". */
bool filetype_folder_ok(const char *folder);

#endif
