/* SPDX-License-Identifier: Apache-2.0 */
/* JSON input: what is accepted prints to text that reads back as the same. */
#include <assert.h>
#include <string.h>

#include "base/jval.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *a = arena_new(1 << 20);
	const struct jval *v, *again;
	const char *text, *twice;
	struct err e;

	if (jval_parse(a, (const char *)bytes, size, &v, &e) == E_OK) {
		text = jval_print(a, v);
		assert(jval_parse(a, text, strlen(text), &again, &e) == E_OK);
		twice = jval_print(a, again);
		assert(strcmp(text, twice) == 0);
		assert(jval_type(v) == jval_type(again) && jval_len(v) == jval_len(again));
	}
	arena_free(a);
	return 0;
}
