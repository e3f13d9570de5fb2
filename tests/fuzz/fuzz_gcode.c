/* SPDX-License-Identifier: Apache-2.0 */
/* G-code: the analysis gives the same for pieces of any size; its index reads back and counts what
 * a reader of the file counts; stripping is stable. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/analysis.h"
#include "gcode/estimate.h"
#include "gcode/layers.h"
#include "gcode/line.h"
#include "tests/fuzz/fuzz.h"

static struct analysis *analyse(const uint8_t *bytes, size_t size, size_t piece)
{
	struct analysis *a = analysis_new(ESTIMATE_DEFAULT);
	size_t i;

	for (i = 0; i < size; i += piece)
		analysis_feed(a, bytes + i, size - i < piece ? size - i : piece);
	analysis_end(a);
	return a;
}

static void print(const struct analysis *a, struct buf *json, struct buf *index)
{
	struct json_sink js;
	struct index ix;

	json_sink_init(&js, json);
	sink_begin_object(&js.sink, NULL);
	analysis_write_metadata(a, &js.sink);
	analysis_write(a, &js.sink);
	sink_end_object(&js.sink);
	analysis_index(a, &ix);
	index_print(&ix, index);
}

static uint64_t count(const char *text, size_t size)
{
	char once[256], twice[256];
	uint64_t commands = 0;
	size_t at = 0, line, len;

	while (at < size) {
		line = gcode_line_len(text + at, size - at);
		len = gcode_strip(text + at, line, once, sizeof(once));
		if (len > 0 && len < sizeof(once)) {
			assert(gcode_fit(once, len) <= len);
			assert(gcode_strip(once, len, twice, sizeof(twice)) <= len);
		}
		if (len >= sizeof(once))
			len = sizeof(once) - 1;
		commands += len > 0 && !gcode_dropped(once, len);
		at += line + 1;
	}
	return commands;
}

static void ignore(void *ctx, const char *cmd, size_t len)
{
	(void)cmd;
	*(size_t *)ctx += len;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf json[2] = { BUF_INIT, BUF_INIT }, index[2] = { BUF_INIT, BUF_INIT }, png = BUF_INIT;
	struct analysis *a;
	struct index ix;
	size_t total = 0;
	struct err e;
	int i;

	for (i = 0; i < 2; i++) {
		a = analyse(bytes, size, i == 0 ? size + 1 : 1 + (size > 0 ? bytes[0] % 40u : 0u));
		print(a, &json[i], &index[i]);
		if (size < GCODE_LINE_MAX)
			assert(analysis_commands(a) == count((const char *)bytes, size));
		if (i == 0 && thumb_png(analysis_thumb(a), &png, &e) == E_OK)
			assert(png.size > 8);
		analysis_free(a);
	}
	assert(json[0].size == json[1].size && memcmp(json[0].bytes, json[1].bytes, json[0].size) == 0);
	assert(index[0].size == index[1].size &&
	    memcmp(index[0].bytes, index[1].bytes, index[0].size) == 0);
	assert(index_parse(arena, index[0].bytes, index[0].size, &ix, &e) == E_OK);
	(void)!index_parse(arena, bytes, size, &ix, &e);
	layers_commands((const char *)bytes, size, ignore, &total);
	for (i = 0; i < 2; i++) {
		buf_fini(&json[i]);
		buf_fini(&index[i]);
	}
	buf_fini(&png);
	arena_free(arena);
	return 0;
}
