/* SPDX-License-Identifier: Apache-2.0 */
/* JSON text: every byte at every place of a text of every short length, names, nesting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/sink.h"

/* What one byte becomes, by the definition of JSON and not by the code under test. */
static size_t expected(unsigned char c, char out[8])
{
	if (c == '"' || c == '\\')
		return (size_t)snprintf(out, 8, "\\%c", c);
	if (c == '\n' || c == '\r' || c == '\t')
		return (size_t)snprintf(out, 8, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	if (c < 0x20 || c == 0x7f) /* JSON would let DEL stand; a terminal should not get it */
		return (size_t)snprintf(out, 8, "\\u%04x", c);
	if (c >= 0x80) /* alone it is not UTF-8 */
		return (size_t)snprintf(out, 8, "\xef\xbf\xbd");
	out[0] = (char)c;
	return 1;
}

static void quote_every_byte(void **state)
{
	char text[20], want[64];
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t len = 1; len <= sizeof text; len++) {
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				size_t n = at + 1;

				memset(text, 'a', sizeof text);
				text[at] = (char)c;
				memset(want, 'a', sizeof want);
				want[0] = '"';
				n += expected((unsigned char)c, want + n);
				want[n] = 'a';
				n += len - at - 1;
				want[n++] = '"';
				buf_clear(&out);
				json_quote(&out, text, len);
				assert_int_equal(out.size, n);
				assert_memory_equal(out.bytes, want, n);
				assert_int_equal(out.bytes[n], '\0');
			}
		}
	}
	buf_fini(&out);
}

/* S-057: U+0080 to U+009F are orders to a terminal; their neighbours are letters. */
static void quote_c1(void **state)
{
	static const char *const want[][2] = { { "a\xc2\x80", "\"a\\u0080\"" },
		{ "\xc2\x9b" "2J", "\"\\u009b2J\"" }, { "\xc2\x9f", "\"\\u009f\"" },
		{ "\xc2\xa0", "\"\xc2\xa0\"" }, { "\xc3\x9f", "\"\xc3\x9f\"" },
		{ "\xc2", "\"\xef\xbf\xbd\"" } };
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		buf_clear(&out);
		json_quote(&out, want[i][0], strlen(want[i][0]));
		assert_string_equal(buf_str(&out), want[i][1]);
	}
	buf_fini(&out);
}

static void members(void **state)
{
	struct buf out = BUF_INIT;
	struct json_sink js;
	struct sink *s = &js.sink;

	(void)state;
	json_sink_init(&js, &out);
	sink_begin_object(s, NULL);
	sink_text(s, "a", "");
	sink_text(s, "a \"quoted\" name", "line\nline");
	sink_text(s, "none", NULL);
	sink_begin_list(s, "list");
	sink_int(s, NULL, -7);
	sink_bool(s, NULL, true);
	sink_begin_object(s, NULL);
	sink_end_object(s);
	sink_json(s, NULL, "{\"x\":[]}", 8);
	sink_textn(s, NULL, "\xc3\xa9t\xc3\xa9 dernier", 13);
	sink_end_list(s);
	sink_real(s, "real", 0.1);
	sink_null(s, "a name that is longer than a few machine words");
	sink_end_object(s);
	assert_string_equal(buf_str(&out), "{\"a\":\"\",\"a \\\"quoted\\\" name\":\"line\\nline\","
	    "\"none\":null,\"list\":[-7,true,{},{\"x\":[]},\"\xc3\xa9t\xc3\xa9 dernier\"],"
	    "\"real\":0.1,\"a name that is longer than a few machine words\":null}");
	buf_fini(&out);
}

static void grows(void **state)
{
	struct buf out = BUF_INIT;
	struct json_sink js;
	char want[16];

	(void)state;
	json_sink_init(&js, &out);
	sink_begin_list(&js.sink, NULL);
	for (int i = 0; i < 10000; i++)
		sink_int(&js.sink, NULL, i);
	sink_end_list(&js.sink);
	assert_int_equal(out.size, 48891);
	snprintf(want, sizeof want, ",%d]", 9999);
	assert_string_equal(buf_str(&out) + out.size - strlen(want), want);
	buf_clear(&out);
	buf_printf(&out, "%0150d|", 5); /* longer than what is tried first */
	buf_printf(&out, "%s", "end");
	assert_int_equal(out.size, 154);
	assert_string_equal(buf_str(&out) + 148, "05|end");
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quote_every_byte),
		cmocka_unit_test(quote_c1),
		cmocka_unit_test(members),
		cmocka_unit_test(grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
