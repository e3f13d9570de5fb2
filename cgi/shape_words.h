/* SPDX-License-Identifier: Apache-2.0 */
/* shape_words - the words a column of a view may hold, where they are a closed list of ours.
 * Owns nothing; text lives in the arena given. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_SHAPE_WORDS_H
#define PLATEN_CGI_SHAPE_WORDS_H

#include "base/arena.h"

const char *shape_words(struct arena *a, const char *view, const char *column); /* "a|b", NULL */

#endif
