/* SPDX-License-Identifier: Apache-2.0 */
/* docs_words - shapes and examples in words and lines for the API's page.
 * Owns: nothing; text lives in the arena given. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_WEB_DOCS_WORDS_H
#define PLATEN_CGI_WEB_DOCS_WORDS_H

#include "cgi/shape.h"

const char *docs_kind(struct arena *a, const struct shape *s);   /* "whole number" */
const char *docs_limits(struct arena *a, const struct shape *s); /* "0 to 16"; "" when none */
/* JSON with a line for every member. */
const char *docs_json(struct arena *a, const char *compact);

#endif
