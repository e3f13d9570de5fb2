/* SPDX-License-Identifier: Apache-2.0 */
/* multipart/form-data: first line is the Content-Type, the rest the body. Cut into pieces it gives
 * the same parts as in one. */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "proto/multipart.h"
#include "tests/fuzz/fuzz.h"

static void note(const struct multipart *m, enum multipart_event ev, struct buf *out)
{
	switch (ev) {
	case MULTIPART_PART:
		buf_printf(out, "\npart %s|%s|%s\n", m->name, m->filename, m->type);
		break;
	case MULTIPART_DATA:
		assert(m->size > 0);
		buf_append(out, m->data, m->size);
		break;
	case MULTIPART_PART_END:
		buf_text(out, "\nend\n");
		break;
	case MULTIPART_END:
		buf_text(out, "\ndone\n");
		break;
	case MULTIPART_BAD:
		buf_text(out, "\nbad\n");
		break;
	case MULTIPART_MORE:
		break;
	}
}

static void parse(const char *type, const uint8_t *bytes, size_t size, size_t piece,
    struct buf *out)
{
	struct multipart m;
	enum multipart_event ev;
	size_t i, n;

	if (!multipart_init(&m, type))
		return;
	for (i = 0; i < size; i += n) {
		n = size - i < piece ? size - i : piece;
		multipart_feed(&m, bytes + i, n);
		while ((ev = multipart_next(&m)) != MULTIPART_MORE) {
			note(&m, ev, out);
			if (ev == MULTIPART_BAD || ev == MULTIPART_END)
				return;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct buf whole = BUF_INIT, cut = BUF_INIT;
	const uint8_t *lf = memchr(bytes, '\n', size);
	char type[200];
	size_t len;

	if (lf == NULL || (size_t)(lf - bytes) >= sizeof(type))
		return 0;
	len = (size_t)(lf - bytes);
	memcpy(type, bytes, len);
	type[len] = '\0';
	bytes += len + 1;
	size -= len + 1;
	parse(type, bytes, size, size + 1, &whole);
	parse(type, bytes, size, 1 + len % 7, &cut);
	assert(strcmp(buf_str(&whole), buf_str(&cut)) == 0 && whole.size == cut.size);
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
