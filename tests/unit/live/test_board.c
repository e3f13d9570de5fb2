/* SPDX-License-Identifier: Apache-2.0 */
/* The board keeps organisations apart, finds the default printer, forgets what is gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "live/board.h"

#define ORG_A "00000000-0000-4000-8000-00000000000a"
#define ORG_B "00000000-0000-4000-8000-00000000000b"
#define P_1   "00000000-0000-4000-8000-000000000001"
#define P_2   "00000000-0000-4000-8000-000000000002"

static void printers_belong_to_their_organisation(void **state)
{
	struct board b = { 0 };
	struct printer *one = board_printer(&b, ORG_A, P_1), *two = board_printer(&b, ORG_A, P_2);

	(void)state;
	assert_ptr_equal(board_printer(&b, ORG_A, P_1), one);
	assert_int_not_equal(one->number, two->number);
	assert_ptr_equal(board_find(board_org(&b, ORG_A), P_2), two);
	assert_null(board_find(board_org(&b, ORG_B), P_2));
	assert_null(board_find(board_org(&b, ORG_A), NULL));
	two->is_default = true;
	assert_ptr_equal(board_find(board_org(&b, ORG_A), NULL), two);
	board_free(&b);
}

static void a_sweep_marks_what_is_gone(void **state)
{
	struct board b = { 0 };
	struct printer *one = board_printer(&b, ORG_A, P_1), *two = board_printer(&b, ORG_A, P_2);
	struct buf text = BUF_INIT;

	(void)state;
	buf_text(&text, "{\"x\":1}");
	assert_true(board_put(one, VALUE_STATUS, &text, NULL));
	assert_false(board_put(one, VALUE_STATUS, &text, NULL));
	buf_clear(&text);
	assert_true(board_put(one, VALUE_STATUS, &text, NULL));
	buf_text(&text, "{}");
	board_put(one, VALUE_STATUS, &text, &text);
	one->changed[VALUE_STATUS] = true;
	b.sweep++;
	two->sweep = b.sweep;
	board_sweep_end(&b);
	assert_true(b.loaded);
	assert_true(one->gone);
	assert_false(two->gone);
	assert_false(one->changed[VALUE_STATUS]);
	assert_int_equal(one->text[VALUE_STATUS].size, 0);
	assert_null(board_find(board_org(&b, ORG_A), P_1));
	buf_fini(&text);
	board_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printers_belong_to_their_organisation),
		cmocka_unit_test(a_sweep_marks_what_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
