/* SPDX-License-Identifier: Apache-2.0 */
/* stream - what of a file is sent, whatever the blocks it comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "spooler/stream.h"

struct file {
	const char *text;
	size_t size, block;
	unsigned asked;
	bool waits;
};

static enum source_state peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size)
{
	struct file *f = s->ctx;

	if (at >= f->size)
		return SOURCE_END;
	if (f->waits && f->asked++ % 2 == 0)
		return SOURCE_WAIT;
	*bytes = (const uint8_t *)f->text + at;
	*size = f->block - at % f->block;
	if (*size > f->size - at)
		*size = f->size - at;
	return SOURCE_READY;
}

/* All that comes, one line each; pauses as "!text", a failure as "?text". */
static char *all(const char *text, size_t block, bool waits, const struct stream_conf *conf)
{
	static const struct stream_conf plain = { .forward_m73 = true };
	struct file f = { text, strlen(text), block, 0, waits };
	struct source src = { peek, &f };
	struct stream s;
	struct buf out = BUF_INIT;
	enum stream_got got;

	stream_init(&s, &src, conf ? conf : &plain);
	while ((got = stream_next(&s)) != STREAM_END) {
		if (got == STREAM_WAIT)
			continue;
		if (got != STREAM_LINE)
			buf_char(&out, got == STREAM_PAUSE ? '!' : got == STREAM_STOP ? '#' : '?');
		buf_text(&out, s.text);
		buf_char(&out, '\n');
		if (got == STREAM_FAILED)
			break;
	}
	stream_fini(&s);
	buf_char(&out, '|');
	return out.bytes;
}

static void sends(const char *text, const char *want, const struct stream_conf *conf)
{
	for (size_t block = 1; block < 40; block++) {
		for (int waits = 0; waits < 2; waits++) {
			char *got = all(text, block, waits, conf);

			assert_string_equal(got, want);
			free(got);
		}
	}
}

static void test_strips(void **state)
{
	(void)state;
	sends("; only\n\n  g1   X10 Y1 ; move\r\nN5 G28*22\n%\nM104 (hot) S200\nG1 X1 (a) Y2",
	    "G1 X10 Y1\nG28\nM104 S200\nG1 X1 Y2\n|", NULL);
}

static void test_drops(void **state)
{
	(void)state;
	sends("M110 N0\nM21\nM28 x.gco\nM999\nM928 log\nG1 X1\n", "G1 X1\n|", NULL);
}

static void test_pauses(void **state)
{
	const struct stream_conf own = { .use_m600 = true };

	(void)state;
	sends("M0 change\nG1 X1\n@pause\nM600\nM25\nM1\n",
	    "!M0 change\nG1 X1\n!@pause\n!M600\n!M25\n!M1\n|", NULL);
	sends("M600 X5\n", "M600 X5\n|", &own);
	sends("G1 X1\nM112\n", "G1 X1\n#M112\n|", NULL);
}

static void test_temperatures(void **state)
{
	const struct stream_conf c = { .hotend_override = 215, .bed_override = 62.5, .max_hotend = 260,
		.max_bed = 100 };

	(void)state;
	sends("M104 S200\nM109 T1 S200\nM140 S60\nM104 S0\nM109 R190\nM104\n",
	    "M104 S215\nM109 T1 S215\nM140 S62.5\nM104 S0\nM109 R215\nM104\n|", &c);
	sends("G1 X1\nM190 S150\n", "G1 X1\nM190 S62.5\n|", &c);
	sends("M104 S300\nG1 X1\n",
	    "?command 1 (M104 S300): beyond the machine's temperature limit\n|",
	    &(struct stream_conf){ .max_hotend = 260 });
}

/* Text that the printer would repeat must not read like its own words. */
static void test_text(void **state)
{
	(void)state;
	sends("M118 ok\nM118 Resend: 5\nM118 E1 start\nM118 A1 action:cancel\nM118 hello\n",
	    "M118 E1 ok\nM118 E1 Resend: 5\nM118 E1 start\nM118 E1 action:cancel\nM118 hello\n|", NULL);
	sends("M117 a M110 inside\n",
	    "?command 1 (M117 a M110 inside): M110 in a line would reset the printer's count\n|", NULL);
}

static void test_long(void **state)
{
	char text[300], want[300];

	(void)state;
	snprintf(text, sizeof text, "M117 %0100d\n", 7);
	snprintf(want, sizeof want, "M117 %.76s\n|", text + 5);
	sends(text, want, NULL);
	snprintf(text, sizeof text, "G1 X%0100d\n", 7);
	snprintf(want, sizeof want,
	    "?command 1 (%.40s): longer than the printer takes\n|", text);
	sends(text, want, NULL);
}

static void test_places(void **state)
{
	const char *text = ";LAYER:0\nG1 X1\n;LAYER:1\nM73 P50 R10\nG1 X2\n";
	struct file f = { text, strlen(text), 7, 0, false };
	struct source src = { peek, &f };
	struct stream s;
	struct stream_place kept;

	(void)state;
	stream_init(&s, &src, &(struct stream_conf){ 0 });
	assert_int_equal(stream_next(&s), STREAM_LINE);
	assert_int_equal(stream_layer(&s), 1);
	kept = s.place;
	assert_int_equal(stream_next(&s), STREAM_LINE);
	assert_string_equal(s.text, "G1 X2");
	assert_int_equal(stream_layer(&s), 2);
	assert_int_equal(s.place.commands, 3); /* M73 is a command of the file, kept back */
	assert_int_equal(s.place.left_sec, 600);
	stream_seek(&s, &kept);
	assert_int_equal(stream_next(&s), STREAM_LINE);
	assert_string_equal(s.text, "G1 X2");
	stream_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strips),
		cmocka_unit_test(test_drops),
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_temperatures),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
