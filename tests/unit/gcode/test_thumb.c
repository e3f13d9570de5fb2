/* SPDX-License-Identifier: Apache-2.0 */
/* Embedded pictures: the largest PNG is kept, bombs and lies are not (S-077, S-078, R-252). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "gcode/thumb.h"

/* 1 x 1, one red pixel */
static const char dot[] = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/"
			  "iZk9HQAAAABJRU5ErkJggg==";

static void feed(struct thumb *t, const char *text)
{
	thumb_comment(t, text, strlen(text));
}

static void embed(struct thumb *t, const char *begin, const char *base64)
{
	size_t i;

	feed(t, begin);
	for (i = 0; i < strlen(base64); i += 78) {
		char line[90];

		snprintf(line, sizeof(line), " %.78s", base64 + i);
		feed(t, line);
	}
	feed(t, " thumbnail end");
}

static unsigned be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (unsigned)u[0] << 24 | (unsigned)u[1] << 16 | (unsigned)u[2] << 8 | u[3];
}

static void kept(void **state)
{
	struct buf out = BUF_INIT;
	struct thumb t;
	struct err e;

	(void)state;
	thumb_init(&t);
	assert_false(thumb_comment(&t, " layer_height = 0.2", 19));
	assert_int_equal(thumb_png(&t, &out, &e), E_NOTFOUND);
	embed(&t, " thumbnail begin 1x1 92", dot);
	embed(&t, " thumbnail_QOI begin 313x173 8", "AAAAAAAA");
	embed(&t, " thumbnail_JPG begin 300x300 8", "AAAAAAAA");
	assert_int_equal(t.list_len, 3);
	assert_int_equal(t.list[1].format, THUMB_QOI);
	assert_int_equal(t.list[2].width, 300);
	assert_int_equal(thumb_png(&t, &out, &e), E_OK);
	assert_memory_equal(out.bytes, "\x89PNG", 4);
	assert_int_equal(be32(out.bytes + 16), 1);
	buf_fini(&out);
	thumb_fini(&t);
}

static void lies(void **state)
{
	static const char *const begins[] = { " thumbnail begin 3000x10 92", " thumbnail begin 0x5 92",
		" thumbnail begin 5x5 99999999", " thumbnail begin x", " thumbnail begin 10",
		" thumbnail begin 99999999999x9 9", " thumbnail begin" };
	struct buf out = BUF_INIT;
	struct thumb t;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		thumb_init(&t);
		embed(&t, begins[i], dot);
		assert_int_equal(thumb_png(&t, &out, &e), E_NOTFOUND);
		thumb_fini(&t);
	}
	thumb_init(&t);
	embed(&t, " thumbnail begin 5x5 8", "AAAA"); /* no PNG */
	embed(&t, " thumbnail begin 5x5 8", "!!!!"); /* no base64 */
	assert_int_equal(thumb_png(&t, &out, &e), E_NOTFOUND);
	embed(&t, " thumbnail begin 9x9 92", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"); /* cut off */
	assert_int_equal(thumb_png(&t, &out, &e), E_FORMAT);
	thumb_fini(&t);
	thumb_init(&t);
	feed(&t, " thumbnail begin 9x9 92"); /* never ends */
	for (i = 0; i < 100000; i++)
		feed(&t, " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	assert_true(t.text.cap <= 2 * THUMB_MAX_TEXT);
	thumb_fini(&t);
	buf_fini(&out);
}

/* The header says 65535 x 65535; nothing of it is decoded. */
static void bomb(void **state)
{
	struct buf png = BUF_INIT, out = BUF_INIT;
	struct err e;

	(void)state;
	assert_true(base64_decode(&png, dot, strlen(dot)));
	memcpy(png.bytes + 16, "\x00\x00\xff\xff\x00\x00\xff\xff", 8);
	assert_int_not_equal(thumb_clean_png(png.bytes, png.size, &out, &e), E_OK);
	assert_int_equal(out.size, 0);
	buf_fini(&png);
	buf_fini(&out);
}

static void example_of_the_demo(void **state)
{
	struct buf out = BUF_INIT;
	struct thumb t;
	struct err e;
	char line[200];
	FILE *f;

	(void)state;
	f = fopen(SRCDIR "/packaging/demo/example.gcode", "r");
	assert_non_null(f);
	thumb_init(&t);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == ';')
			feed(&t, line + 1);
	}
	fclose(f);
	assert_int_equal(thumb_png(&t, &out, &e), E_OK);
	assert_int_equal(be32(out.bytes + 16), 320);
	assert_int_equal(be32(out.bytes + 20), 260);
	thumb_fini(&t);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(lies),
		cmocka_unit_test(bomb),
		cmocka_unit_test(example_of_the_demo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
