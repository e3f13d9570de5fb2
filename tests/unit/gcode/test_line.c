/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of what is sent of a line (contract §4.4), and reading of single commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gcode/command.h"
#include "gcode/line.h"
#include "gcode/number.h"

struct row {
	const char *in, *out;
};

static const struct row rows[] = {
	{ "G28", "G28" },
	{ "", "" },
	{ "   \t ", "" },
	{ "; only a comment", "" },
	{ "  ; comment after blanks", "" },
	{ "%", "" },
	{ "G1 X10 ; to the side", "G1 X10" },
	{ "G1 X10;to the side", "G1 X10" },
	{ "G1 (fast) X10 (really) Y5", "G1 X10 Y5" },
	{ "G1 X10 (never closed Y5", "G1 X10" },
	{ "(alone)", "" },
	{ "  G1   X10\t\tY5  ", "G1 X10 Y5" },
	{ "g1 x10 y5", "G1 x10 y5" },
	{ "g1x10", "G1x10" },
	{ "m117 Hello World", "M117 Hello World" },
	{ "exclude_object name=part_1", "EXCLUDE_OBJECT name=part_1" },
	{ "@pause", "@pause" },
	{ "t1", "T1" },
	{ "N12 G1 X5*71", "G1 X5" },
	{ "N12G1 X5 *71", "G1 X5" },
	{ "n7 m105", "M105" },
	{ "N5", "" },
	{ "N1 N2 G28", "G28" },
	{ "N-1 M110", "M110" },
	{ "M117 5*3", "M117 5" },
	{ "M118 \"a;b (c) * d\" ; e", "M118 \"a;b (c) * d\"" },
	{ "M118 \"two  blanks\"", "M118 \"two  blanks\"" },
	{ "M117 5\" tall ; note", "M117 5\" tall" },
	{ "\xEF\xBB\xBFG28", "G28" },
	{ "\xEF\xBB\xBF; comment", "" },
	{ "G1 X1\rG1 X2", "G1 X1 G1 X2" },
	{ "G1\x01X1", "G1 X1" },
	{ "M117 H\xC3\xA4ger", "M117 H\xC3\xA4ger" },
	{ "M", "M" },
	{ ")", ")" },
};

static void strip_table(void **state)
{
	char out[128];
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = gcode_strip(rows[i].in, strlen(rows[i].in), out, sizeof(out));
		assert_string_equal(out, rows[i].out);
		assert_int_equal(len, strlen(rows[i].out));
	}
}

static void strip_is_stable(void **state)
{
	char once[128], twice[128];
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = gcode_strip(rows[i].in, strlen(rows[i].in), once, sizeof(once));
		assert_int_equal(gcode_strip(once, len, twice, sizeof(twice)), len);
		assert_string_equal(once, twice);
	}
}

static void strip_cuts_like_snprintf(void **state)
{
	char out[8] = "xxxxxxx";

	(void)state;
	assert_int_equal(gcode_strip("G1 X100 Y100", 12, out, 5), 12);
	assert_string_equal(out, "G1 X");
	assert_int_equal(gcode_strip("G28", 3, NULL, 0), 3);
	assert_int_equal(gcode_strip("G1\0X", 4, out, sizeof(out)), 4);
	assert_string_equal(out, "G1 X");
}

static void line_ends(void **state)
{
	(void)state;
	assert_int_equal(gcode_line_len("G28\nG1", 6), 3);
	assert_int_equal(gcode_line_len("G28\r\nG1", 7), 3);
	assert_int_equal(gcode_line_len("G28\rG1\n", 7), 3);
	assert_int_equal(gcode_line_len("G28", 3), 3);
	assert_int_equal(gcode_line_len("", 0), 0);
}

static void dropped(void **state)
{
	static const char *const yes[] = { "M110", "M110 N5", "M 110 N5", "M20", "M21", "M23 a.gco",
		"M24", "M26 S1", "M27", "M28 x", "M29", "M30 x", "M928 log", "M999" };
	static const char *const no[] = { "M25", "M19", "M31", "M1100", "M11", "G20", "G28", "M0",
		"M1", "M600", "M112", "M117 M110", "T20", "M200" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(gcode_dropped(yes[i], strlen(yes[i])));
	for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(gcode_dropped(no[i], strlen(no[i])));
}

static void only_display_text_is_cut(void **state)
{
	char cmd[200];

	(void)state;
	memset(cmd, 'x', sizeof(cmd));
	memcpy(cmd, "M117 ", 5);
	assert_int_equal(gcode_fit(cmd, 81), 81);
	assert_int_equal(gcode_fit(cmd, 120), 81);
	memcpy(cmd, "M118 ", 5);
	assert_int_equal(gcode_fit(cmd, 82), 81);
	memcpy(cmd, "M23 x", 5);
	assert_int_equal(gcode_fit(cmd, 120), 120);
	memcpy(cmd, "M117 ", 5);
	memcpy(cmd + 80, "\xC3\xA4", 2); /* would be split */
	assert_int_equal(gcode_fit(cmd, 120), 80);
	cmd[79] = ' ';
	assert_int_equal(gcode_fit(cmd, 120), 79);
}

static void words(void **state)
{
	unsigned n, sub;
	char letter;

	(void)state;
	assert_true(gcode_word("G92.1", 5, &letter, &n, &sub));
	assert_int_equal(letter, 'G');
	assert_int_equal(n, 92);
	assert_int_equal(sub, 1);
	assert_true(gcode_word("m 104S2", 7, &letter, &n, &sub));
	assert_int_equal(letter, 'M');
	assert_int_equal(n, 104);
	assert_false(gcode_word("EXCLUDE_OBJECT", 14, &letter, &n, &sub));
	assert_false(gcode_word("@pause", 6, &letter, &n, &sub));
	assert_false(gcode_word("", 0, &letter, &n, &sub));
	assert_false(gcode_word("G", 1, &letter, &n, &sub));
}

static void parameters(void **state)
{
	static const char cmd[] = "M104 s 2.1e2 T1 \"S9\"";
	double v = 0;

	(void)state;
	assert_true(gcode_param(cmd, strlen(cmd), 'S', &v));
	assert_true(v == 210);
	assert_true(gcode_param(cmd, strlen(cmd), 'T', &v));
	assert_true(v == 1);
	assert_false(gcode_param(cmd, strlen(cmd), 'R', &v));
	assert_true(gcode_param("G28 X", 5, 'X', &v));
	assert_true(v == 0);
	assert_false(gcode_param("", 0, 'X', &v));
}

/* What command_fast() takes it must understand exactly as the slow way does. */
static void fast_is_the_slow_way(void **state)
{
	static const char *const lines[] = { "G1 X10.5 Y-3 E.02345 F1800", "G1 X10E5", "G0X1Y2Z3",
		"G28", "G28 X Y", "G1 X1 ", "G1 X1 ;c", "G1 X1;c", "M104 S210", "M73 P5 R10",
		"G2 X1 Y2 I3 J4", "G1 X1  Y2", "G1 X1  ;c", "g1 X1", "M117 hi", "M104 S2E2", "G92.1",
		"G1 X1(c)Y2", "G1 X1*5", "M84 X Y E", "G1 X- Y.", "G1 X1 M110", "G10 P0 S2E2",
		"G1 X12345678901234567890 Y0.00000000000000000001", "M\xC3\xA4", "G1 X1\tY2", "G1X",
		"M140 S60 ; bed", "G4 P500", "M82", "T0", "M600 X10 Y20" };
	struct command fast, slow;
	size_t i, len, want;
	char cmd[128];
	int l;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!command_fast(lines[i], strlen(lines[i]), &fast, &len))
			continue;
		want = gcode_strip(lines[i], strlen(lines[i]), cmd, sizeof(cmd));
		assert_int_equal(len, want);
		assert_memory_equal(cmd, lines[i], len);
		command_parse(cmd, want, &slow);
		assert_int_equal(fast.letter, slow.letter);
		assert_int_equal(fast.number, slow.number);
		assert_int_equal(fast.have, slow.have);
		for (l = 0; l < 26; l++)
			if (fast.have >> l & 1)
				assert_true(fast.value[l] == slow.value[l]);
	}
	assert_true(command_fast("G1 X10.5 Y-3 E.02345 F1800", 26, &fast, &len));
	assert_true(command_fast("M104 S210", 9, &fast, &len));
	assert_false(command_fast("M104 S2E2", 9, &fast, &len));
	assert_false(command_fast("G1 X1 M110", 10, &fast, &len));
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		double value;
		size_t used;
	} known[] = { { "0.1", 0.1, 3 }, { "-12.345", -12.345, 7 }, { ".5", 0.5, 2 }, { "5.", 5, 2 },
		{ "+3", 3, 2 }, { "10E5", 10, 2 }, { "1677.87m", 1677.87, 7 }, { "-", 0, 0 },
		{ ".", 0, 0 }, { "x", 0, 0 }, { "1.2.3", 1.2, 3 }, { "123456789.123456", 123456789.123456, 16 } };
	static const char small[] = "2.5e-1x", huge[] = "1e999";
	const char *p;
	size_t i;
	double v;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		v = 0;
		p = number_plain(known[i].text, known[i].text + strlen(known[i].text), &v);
		assert_int_equal(p - known[i].text, known[i].used);
		assert_true(v == known[i].value);
	}
	assert_ptr_equal(number_wide(small, small + 7, &v), small + 6);
	assert_true(v == 0.25);
	assert_ptr_equal(number_wide(huge, huge + 5, &v), huge + 5);
	assert_true(v > 1e308);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strip_table),
		cmocka_unit_test(strip_is_stable),
		cmocka_unit_test(strip_cuts_like_snprintf),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(dropped),
		cmocka_unit_test(only_display_text_is_cut),
		cmocka_unit_test(words),
		cmocka_unit_test(parameters),
		cmocka_unit_test(fast_is_the_slow_way),
		cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
