/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buf.h"
#include "proto/multipart.h"

static const char type[] = "multipart/form-data; boundary=\"xYz\"";

/* Data with everything that looks like a boundary and is none. */
static const char tricky[] = "\r\n--xY\r\n-\r\r\n\r\n--xyz\r\n--xY--xYz\r\n--x\0\r";
static const char body[] = "--xYz\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\nparts\r\n"
    "--xYz  \r\ncontent-type: text/plain\r\nCONTENT-DISPOSITION: form-data; filename=\"a \\\"q\\\" C:\\\\x.g\"; "
    "name=file; filename*=UTF-8''evil\r\n\r\n";
static const char tail[] = "\r\n--xYz--\r\nepilogue --xYz";

/* Feeds in pieces of `step` bytes and writes down what happened. */
static void trace(const char *content_type, const char *bytes, size_t size, size_t step,
    struct buf *out)
{
	struct multipart m;

	assert_true(multipart_init(&m, content_type));
	for (size_t at = 0; at < size; at += step) {
		enum multipart_event event;

		multipart_feed(&m, bytes + at, size - at < step ? size - at : step);
		while ((event = multipart_next(&m)) != MULTIPART_MORE) {
			if (event == MULTIPART_PART)
				buf_printf(out, "[%s|%s|%s]", m.name, m.has_filename ? m.filename : "-", m.type);
			else if (event == MULTIPART_DATA)
				buf_append(out, m.data, m.size);
			else if (event == MULTIPART_PART_END)
				buf_text(out, "[.]");
			else if (event == MULTIPART_END)
				buf_text(out, "[end]");
			else
				break;
		}
		if (event == MULTIPART_BAD) {
			buf_text(out, "[bad]");
			return;
		}
	}
	if (!multipart_is_done(&m))
		buf_text(out, "[short]");
}

static void test_every_split(void **state)
{
	struct buf whole = BUF_INIT, want = BUF_INIT, got = BUF_INIT;

	(void)state;
	buf_text(&whole, body);
	buf_append(&whole, tricky, sizeof tricky - 1);
	buf_text(&whole, tail);
	buf_text(&want, "[folder|-|]parts[.][file|a \"q\" C:\\x.g|text/plain]");
	buf_append(&want, tricky, sizeof tricky - 1);
	buf_text(&want, "[.][end]");
	for (size_t step = 1; step <= whole.size; step++) {
		buf_clear(&got);
		trace(type, whole.bytes, whole.size, step, &got);
		assert_int_equal(got.size, want.size);
		assert_memory_equal(got.bytes, want.bytes, want.size);
	}
	for (size_t cut = 1; cut < whole.size - strlen("\r\nepilogue --xYz"); cut++) {
		buf_clear(&got);
		trace(type, whole.bytes, cut, 7, &got);
		assert_non_null(strstr(got.bytes + got.size - 7, "[short]"));
	}
	buf_fini(&whole);
	buf_fini(&want);
	buf_fini(&got);
}

static void test_refused(void **state)
{
	static const char *const bad[] = { "x--xYz\r\n", "--xYzz\r\n", "--xYz\n\n",
		"--xYz\r\nContent-Disposition: form-data\r\n\r\n",
		"--xYz\r\nContent-Disposition: form-data; name=\"\"\r\n\r\n",
		"--xYz\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n",
		"--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\n",
		"--xYz\r\nContent-Disposition: attachment; name=a\r\n\r\n",
		"--xYz\r\nContent-Disposition: form-data; name=a\r\n folded\r\n\r\n",
		"--xYz\r\nno colon\r\n\r\n", "--xYz\r\n\r\n" };
	struct buf got = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		buf_clear(&got);
		trace(type, bad[i], strlen(bad[i]), 5, &got);
		assert_string_equal(buf_str(&got), "[bad]");
	}
	buf_fini(&got);
}

static void test_content_type(void **state)
{
	static const char *const bad[] = { NULL, "", "multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-data; boundary=\"a", "multipart/form-data; boundary=a; boundary=b",
		"multipart/mixed; boundary=a", "text/plain; boundary=a", "multipart/form-data; boundary=a\"b",
		"multipart/form-data; boundary="
		"12345678901234567890123456789012345678901234567890123456789012345678901" };
	struct multipart m;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(multipart_init(&m, bad[i]));
	assert_true(multipart_init(&m, "Multipart/Form-Data;BOUNDARY=----WebKitFormBoundary7MA4"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_content_type) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
