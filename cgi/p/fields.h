/* SPDX-License-Identifier: Apache-2.0 */
/* fields - what family P's inputs have in common (contract §2.2): the organisation each call is
 * about, and the window of lists. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_CGI_P_FIELDS_H
#define PLATEN_CGI_P_FIELDS_H

#include <stddef.h>

#include "cgi/input.h"

/* A member `organization` of the input. */
#define ORG(in) { .name = "organizationId", .type = F_ID, .flags = FIELD_REQUIRED, \
	.offset = offsetof(in, organization) }

/* Members `limit` and `offset`; `most` rows, in text, when no limit is given. */
#define WINDOW(in, most) \
	{ .name = "limit", .type = F_INT, .min = 1, .fallback = most, \
	    .offset = offsetof(in, limit) }, \
	{ .name = "offset", .type = F_INT, .min = 0, .max = 1e9, .fallback = "0", \
	    .offset = offsetof(in, offset) }

#endif
