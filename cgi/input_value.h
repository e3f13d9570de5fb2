/* SPDX-License-Identifier: Apache-2.0 */
/* input_value - one value of one field: its type, its bounds, its place in the struct.
 * Owns nothing; text lives in the arena. Errors: issues. Blocking: never. */
#ifndef PLATEN_CGI_INPUT_VALUE_H
#define PLATEN_CGI_INPUT_VALUE_H

#include "cgi/input.h"

/* A value as it arrived: JSON, or text of a query or form. */
struct raw_value {
	const struct jval *json; /* NULL: text */
	const char *text;
};

struct value_job {
	struct arena *arena;
	const struct field *field;
	struct issues *issues;
	char *out; /* the schema's struct */
};

void input_value(const struct value_job *job, const struct raw_value *raw);
/* An issue with further JSON members. */
void issue_more(struct arena *a, struct issues *issues, const struct issue *issue);

#endif
