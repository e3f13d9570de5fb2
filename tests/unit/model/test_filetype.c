/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/filetype.h"

static bool fits(const char *name, const void *head, size_t size)
{
	return filetype_fits(filetype_of_name(name), head, size, (int64_t)size);
}

static void test_content(void **state)
{
	static const char obj[] = "# cube\nv 0 0 0\nf 1 2 3\n", zip[40] = "PK\003\004";
	static const char ascii[] = "solid x\n facet normal 0 0 1\n";
	unsigned char stl[134] = "solid but binary";

	(void)state;
	stl[80] = 1;
	assert_true(fits("a.stl", stl, 134));
	assert_false(fits("a.stl", stl, 133));
	assert_true(fits("a.stl", ascii, strlen(ascii)));
	assert_false(fits("a.stl", obj, strlen(obj)));
	assert_true(fits("a.OBJ", obj, strlen(obj)));
	assert_false(fits("a.obj", zip, sizeof zip));
	assert_true(fits("a.3mf", zip, sizeof zip));
	assert_false(fits("a.3mf", obj, strlen(obj)));
	assert_true(fits("a.gcode", "\n\n  g28\n", 8));
	assert_true(fits("a.GCO", "; only a comment", 16));
	assert_false(fits("a.g", "hello\n", 6));
	assert_false(fits("a.gcode", "G28\n\0", 5));
	assert_false(fits("a.gcode", "", 0));
}

static void test_names(void **state)
{
	static const char *const good[] = { "a.gcode", "schöne Vase.stl", "a'b\"c$(x);.obj", "..." };
	static const char *const bad[] = { "", ".", "..", "a/b", "a\\b", "a\nb", "a\x7f", "a\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(filetype_name_ok(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(filetype_name_ok(bad[i]));
	assert_null(filetype_of_name("x"));
	assert_null(filetype_of_name("x.exe"));
	assert_null(filetype_of_name("x.gcode.exe"));
	assert_non_null(filetype_of_word("3mf"));
}

static void test_folders(void **state)
{
	static const char *const good[] = { "uploads", "a/b/c/d/e", "a b_c.d-e", ".x", "..." };
	static const char *const bad[] = { "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b",
		"a/b/c/d/e/f", "a\\b", "\xc3\xbc", "a\n",
		"12345678901234567890123456789012345678901234567890123456789012345" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(filetype_folder_ok(good[i]));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(filetype_folder_ok(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_content), cmocka_unit_test(test_names),
		cmocka_unit_test(test_folders) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
