/* SPDX-License-Identifier: Apache-2.0 */
/* The pass as a whole: counts, refusals with their line, layers, the same result for pieces of any
 * size, the sidecar (R-240, R-241, R-244; S-077, S-092, S-094, S-099). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/analysis.h"
#include "gcode/estimate.h"
#include "gcode/layers.h"
#include "gcode/line.h"

static struct analysis *analyse(const char *text, size_t size, size_t piece)
{
	struct analysis *a = analysis_new(ESTIMATE_DEFAULT);
	size_t i;

	for (i = 0; i < size; i += piece)
		analysis_feed(a, text + i, size - i < piece ? size - i : piece);
	analysis_end(a);
	return a;
}

static struct analysis *of(const char *text)
{
	return analyse(text, strlen(text), 65536);
}

static void refusals(void **state)
{
	static const char x80[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				  "xxxxxxxxxxxxx";
	static const struct {
		const char *text, *word; /* word of the refusal; NULL: accepted */
		uint64_t line;
	} rows[] = {
		{ "G28\nG1 X1\n", NULL, 0 },
		{ "G28\n\nM117 M110 here\n", "M110", 3 },
		{ "G28\r\n\r\nM118 xm110x\r\n", "M110", 3 },
		{ "G1 X1 M110\n", "M110", 1 },
		{ "M110 N0\nG28\n", NULL, 0 },              /* dropped, never sent */
		{ "; about M110\nG28\n", NULL, 0 },
		{ "", "no command", 1 },
		{ "; nothing\n%\n\n", "no command", 4 },
		{ "M24\n", "no command", 2 },
		{ "G28\nG1 X1\x01 Y2\n", "binary", 2 },
		{ "G28\n;\x01\x02\xff fine in comments\n", NULL, 0 },
		{ "G28\nM118 \"a;b\"\n", "semicolon", 2 },
		{ "G28\nG1 X1e9 Y0\nG1 X200000\n", "coordinates", 3 },
		{ "G28\nG91\nG1 X-99999\nG1 X-99999\n", "coordinates", 4 },
		{ "G28\nG3 X10 Y10 I90000 J0\n", "coordinates", 2 },
	};
	char text[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct analysis *a = of(rows[i].text);
		const struct check *k = analysis_check(a);

		if (rows[i].word == NULL) {
			assert_null(k->refusal);
		} else {
			if (k->refusal == NULL || strcasestr(k->refusal, rows[i].word) == NULL)
				fail_msg("%s: %s", rows[i].text, k->refusal);
			assert_int_equal(k->refusal_line, rows[i].line);
		}
		analysis_free(a);
	}
	for (i = 79; i <= 82; i++) {
		struct analysis *a;

		snprintf(text, sizeof(text), "G28\nM23%.*s ; comment\nM1%.*s\n", (int)i, x80, (int)i - 2,
		    x80); /* the first is dropped */
		a = of(text);
		assert_int_equal(analysis_check(a)->longest, i);
		assert_int_equal(analysis_check(a)->longest_line, 3);
		assert_int_equal(analysis_check(a)->refusal != NULL, i > 81);
		assert_int_equal(analysis_check(a)->refusal_line, i > 81 ? 3 : 0);
		analysis_free(a);
	}
	snprintf(text, sizeof(text), "G28\nM117 %s%s\n", x80, x80);
	{
		struct analysis *a = of(text);

		assert_null(analysis_check(a)->refusal); /* is cut */
		assert_int_equal(analysis_check(a)->longest, 81);
		analysis_free(a);
	}
}

static void endless_lines(void **state)
{
	static char text[200000];
	struct analysis *a;

	(void)state;
	memset(text, 'A', sizeof(text));
	a = analyse(text, sizeof(text), 7000);
	assert_non_null(analysis_check(a)->refusal);
	assert_int_equal(analysis_check(a)->refusal_line, 1);
	analysis_free(a);
	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 1] = 'M';
	a = analyse(text, sizeof(text), sizeof(text));
	assert_string_equal(analysis_check(a)->refusal, "The line is longer than 64 KiB");
	analysis_free(a);
	/* a comment may be as long as it likes, and what stands around it is found */
	memset(text, 'x', sizeof(text));
	memcpy(text, ";TIME:77\r\n;", 11);
	memcpy(text + 150000, "\r\nG28\r\n; layer_height = 0.15\r\n;", 32);
	a = analyse(text, sizeof(text), 1000);
	assert_null(analysis_check(a)->refusal);
	assert_int_equal(analysis_commands(a), 1);
	assert_true(analysis_meta(a)->number[META_TIME] == 77);
	assert_true(analysis_meta(a)->number[META_LAYER_HEIGHT] == 0.15);
	analysis_free(a);
}

static void binary_gcode(void **state)
{
	struct analysis *a = analyse("GCDE\x01\0\0\0\x01\0\n\0\0", 13, 13);

	(void)state;
	assert_string_equal(analysis_check(a)->refusal, "The file is binary G-code");
	analysis_free(a);
}

/* S-094: in any form. */
static void temperatures(void **state)
{
	static const struct {
		const char *text;
		double hotend, bed, chamber;
	} rows[] = {
		{ "M104 S210\n", 210, 0, 0 },
		{ "m104 s 2.1e2\n", 210, 0, 0 },
		{ "M104 S2E2\n", 200, 0, 0 },
		{ "M109 R305\n", 305, 0, 0 },
		{ "M109 S200 B290 F1\n", 290, 0, 0 },
		{ "M 109 S250\n", 250, 0, 0 },
		{ "M104S260T1\n", 260, 0, 0 },
		{ "N3 M104 S270*33\n", 270, 0, 0 },
		{ "G10 P0 S280 R120\n", 280, 0, 0 },
		{ "M140 S110\nM190 R115\n", 0, 115, 0 },
		{ "M141 S65\nM191 S60\n", 0, 0, 65 },
		{ "M303 E0 S240 C8\nM303 E-1 S90\n", 240, 90, 0 },
		{ "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=275\n", 275, 0, 0 },
		{ "set_heater_temperature heater=heater_bed target=105\n", 0, 105, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct analysis *a = of(rows[i].text);
		const struct check *k = analysis_check(a);

		if (k->max_hotend != rows[i].hotend || k->max_bed != rows[i].bed ||
		    k->max_chamber != rows[i].chamber)
			fail_msg("%s: %g %g %g", rows[i].text, k->max_hotend, k->max_bed,
			    k->max_chamber);
		analysis_free(a);
	}
}

static void before_the_first_extrusion(void **state)
{
	struct analysis *a = of("M104 S0\nM140 S60\nG1 X5 F600\nG1 X9 E1\nG28\nM104 S200\nM84\n");
	const struct check *k = analysis_check(a);

	(void)state;
	assert_false(k->homes);
	assert_false(k->heats_hotend);
	assert_true(k->heats_bed);
	assert_true(k->hotend == 200 && k->bed == 60);
	assert_int_equal(k->max_hotend_line, 6);
	analysis_free(a);
	a = of("G28\nM109 S200\nM190 S60\nG92 E0\nM83\nG1 E2 F300\nG1 X20 Y10 Z.2 E1\n");
	k = analysis_check(a);
	assert_true(k->homes && k->heats_hotend && k->heats_bed && k->relative_e);
	assert_true(k->min[0] == 0 && k->max[0] == 20 && k->max[1] == 10);
	assert_int_equal(k->max_line[0], 7);
	analysis_free(a);
}

static void counts(void **state)
{
	struct analysis *a = of("; c\nG28\n\nM110 N0\nM21\nG1 X1 ; m\n(c)\n%\n  M25\nN7 G1 X2*9\nN8\n");

	(void)state;
	assert_int_equal(analysis_commands(a), 4); /* G28, G1 X1, M25, G1 X2 */
	analysis_free(a);
}

static char *sample(size_t *size)
{
	char *text = malloc(400000);
	int layer, i;

	*size = (size_t)sprintf(text, "; generated by PrusaSlicer 2.8.1 on x\r\nG28\r\nM83\r\n");
	for (layer = 0; layer < 30; layer++) {
		*size += (size_t)sprintf(text + *size, ";LAYER_CHANGE\r\n;Z:%.1f\r\nG1 Z%.1f F600\n",
		    layer * .2 + .2, layer * .2 + .2);
		for (i = 0; i < 300; i++)
			*size += (size_t)sprintf(text + *size, "G1 X%d.%d Y%d E0.05%s\n", i, layer, 300 - i,
			    i % 50 == 0 ? " ; (c) \"q\"" : "");
	}
	*size += (size_t)sprintf(text + *size, "M84\n; filament used [mm] = 450.0");
	return text;
}

static void as_json(const struct analysis *a, struct buf *out)
{
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	analysis_write_metadata(a, &js.sink);
	analysis_write(a, &js.sink);
	sink_end_object(&js.sink);
}

static void pieces_do_not_matter(void **state)
{
	static const size_t piece[] = { 400000, 65536, 4096, 100, 7, 1 };
	struct buf first = BUF_INIT, first_index = BUF_INIT, next = BUF_INIT;
	size_t size, i;
	char *text = sample(&size);

	(void)state;
	for (i = 0; i < sizeof(piece) / sizeof(piece[0]); i++) {
		struct analysis *a = analyse(text, size, piece[i]);
		struct buf *json = i == 0 ? &first : &next, index = BUF_INIT;
		struct index ix;

		analysis_index(a, &ix);
		index_print(&ix, &index);
		buf_clear(json);
		as_json(a, json);
		if (i == 0) {
			first_index = index;
		} else {
			assert_string_equal(buf_str(&first), buf_str(&next));
			assert_int_equal(index.size, first_index.size);
			assert_memory_equal(index.bytes, first_index.bytes, index.size);
			buf_fini(&index);
		}
		analysis_free(a);
	}
	buf_fini(&first);
	buf_fini(&first_index);
	buf_fini(&next);
	free(text);
}

/* The spooler counts lines its own way, block by block; the index must say the same. */
static void index_is_what_a_reader_counts(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf bytes = BUF_INIT;
	struct index ix, back;
	size_t size, at = 0, len;
	uint64_t commands = 0;
	uint32_t block = 0;
	char *text = sample(&size), cmd[100];
	struct analysis *a = analyse(text, size, 5000);
	struct err e;

	(void)state;
	analysis_index(a, &ix);
	index_print(&ix, &bytes);
	assert_int_equal(index_parse(arena, bytes.bytes, bytes.size, &back, &e), E_OK);
	assert_int_equal(back.file_size, size);
	assert_int_equal(back.layers_len, 30);
	assert_int_equal(back.layers[1].z_um, 400);
	while (at < size) {
		while (at >= (size_t)(block + 1) * INDEX_BLOCK_SIZE)
			assert_int_equal(back.blocks[block++].commands, commands);
		len = gcode_line_len(text + at, size - at);
		if (gcode_strip(text + at, len, cmd, sizeof(cmd)) > 0 &&
		    !gcode_dropped(cmd, strlen(cmd)))
			commands++;
		at += len + 1;
	}
	assert_int_equal(back.commands, commands);
	assert_int_equal(back.blocks[back.blocks_len - 1].commands, commands);
	for (block = 0; block < back.blocks_len; block++) {
		uint8_t hash[SHA256_SIZE];
		size_t from = (size_t)block * INDEX_BLOCK_SIZE;

		sha256(text + from, size - from < INDEX_BLOCK_SIZE ? size - from : INDEX_BLOCK_SIZE,
		    hash);
		assert_memory_equal(hash, back.blocks[block].sha256, SHA256_SIZE);
	}
	analysis_free(a);
	buf_fini(&bytes);
	free(text);
	arena_free(arena);
}

static void damaged_index(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct buf bytes = BUF_INIT;
	struct index ix, back;
	size_t size, i;
	char *text = sample(&size);
	struct analysis *a = analyse(text, size, 5000);
	struct err e;

	(void)state;
	analysis_index(a, &ix);
	index_print(&ix, &bytes);
	for (i = 0; i < bytes.size; i += 1 + i / 20)
		assert_int_equal(index_parse(arena, bytes.bytes, i, &back, &e), E_FORMAT);
	for (i = 0; i < 32; i++) {
		if (i >= 8 && i <= 10)
			continue; /* a size in the same block: the hash in the row tells */
		bytes.bytes[i] ^= 0x41;
		assert_int_equal(index_parse(arena, bytes.bytes, bytes.size, &back, &e), E_FORMAT);
		bytes.bytes[i] ^= 0x41;
	}
	bytes.bytes[32 + 32 + 3] ^= 0x40; /* more commands in the first block than in all */
	assert_int_equal(index_parse(arena, bytes.bytes, bytes.size, &back, &e), E_FORMAT);
	analysis_free(a);
	buf_fini(&bytes);
	free(text);
	arena_free(arena);
}

static void join(void *ctx, const char *cmd, size_t len)
{
	buf_append(ctx, cmd, len);
	buf_char(ctx, '|');
}

static void layer_commands(void **state)
{
	static const char text[] = "G28\n;LAYER:0\nG1 X1 ; one\n; c\n\ng1 X2\n;LAYER:1\n;LAYER:2\r\n"
				   "G1 X3\nM84";
	static const char *const want[] = { "G1 X1|G1 X2|", "", "G1 X3|M84|" };
	struct analysis *a = of(text);
	struct buf out = BUF_INIT;
	uint64_t from, to;
	struct index ix;
	uint32_t i;

	(void)state;
	analysis_index(a, &ix);
	assert_int_equal(analysis_layers(a), 3);
	for (i = 0; i < 3; i++) {
		buf_clear(&out);
		assert_true(layers_range(&ix, i, &from, &to));
		layers_commands(text + from, to - from, join, &out);
		assert_string_equal(buf_str(&out), want[i]);
	}
	assert_false(layers_range(&ix, 3, &from, &to));
	assert_int_equal(ix.layers[2].command, 3);
	buf_fini(&out);
	analysis_free(a);
}

static void layer_dialects(void **state)
{
	static const struct {
		const char *text;
		unsigned layers, shown;
	} rows[] = {
		{ "; layer_height = 0.2\n;LAYER_COUNT:42\n; layer num/total_layer_count: 1/63\nG28\n", 0, 42 },
		{ ";LAYER:-2\nG1 X1\n;LAYER:-1\n;LAYER:0\n;LAYER_COUNT:9\n", 3, 3 },
		{ "; layer 1, Z = 0.2\nG1 X1\n; layer 2, Z = 0.4\n;LAYER_CHANGE\n", 1, 1 },
		{ ";LAYER_CHANGE\n;LAYER_CHANGE\n; layer 3\nG28\n", 2, 2 },
		{ "; CHANGE_LAYER\nG28\n; CHANGE_LAYER\n;LAYER:0\n", 1, 1 },
		{ "M83\nG1 Z.2\nG1 X1 E1\nG1 X2 E1\nG1 Z5\nG1 Z.4\nG1 X1 E1\nG1 Z.2\nG1 X9 E1\n", 2, 2 },
		{ "G1 X1\nG1 Z9\n", 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct analysis *a = of(rows[i].text);

		if (analysis_layers(a) != rows[i].layers || analysis_shown_layers(a) != rows[i].shown)
			fail_msg("%s: %u, %u", rows[i].text, analysis_layers(a),
			    analysis_shown_layers(a));
		analysis_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals),
		cmocka_unit_test(endless_lines),
		cmocka_unit_test(binary_gcode),
		cmocka_unit_test(temperatures),
		cmocka_unit_test(before_the_first_extrusion),
		cmocka_unit_test(counts),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(index_is_what_a_reader_counts),
		cmocka_unit_test(damaged_index),
		cmocka_unit_test(layer_commands),
		cmocka_unit_test(layer_dialects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
