/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "auth/ticket.h"

#define NOW ((usec_t)1800000000 * USEC_PER_SEC)
#define P   "11111111-2222-4333-8444-555555555555"
#define U   "21111111-2222-4333-8444-555555555555"
#define O   "31111111-2222-4333-8444-555555555555"

static struct ticket_keys keys, others;

static int setup(void **state)
{
	(void)state;
	ticket_keys_init(&keys, "a secret of at least thirty-two bytes");
	ticket_keys_init(&others, "another secret of thirty-two bytes....");
	return 0;
}

static void test_stop(void **state)
{
	struct arena *a = arena_new(0);
	struct ticket_stop t = { P, U, O, NOW + 10 * USEC_PER_SEC }, got;
	char *text = arena_str(a, ticket_stop_make(&keys, &t, a));

	(void)state;
	assert_true(ticket_stop_read(&keys, text, NOW, &got));
	assert_string_equal(got.printer, P);
	assert_string_equal(got.user, U);
	assert_string_equal(got.organization, O);
	assert_false(ticket_stop_read(&others, text, NOW, &got));
	assert_false(ticket_stop_read(&keys, text, NOW + 10 * USEC_PER_SEC, &got));
	for (size_t i = 0; i < strlen(text); i++) { /* any changed byte */
		char was = text[i];

		text[i] = was == '0' ? '1' : '0';
		assert_false(ticket_stop_read(&keys, text, NOW, &got));
		text[i] = was;
	}
	for (size_t i = 0; i < strlen(text); i++) /* any shorter text */
		assert_false(ticket_stop_read(&keys, arena_strn(a, text, i), NOW, &got));
	assert_false(ticket_stop_read(&keys, "....", NOW, &got));
	arena_free(a);
}

static bool media_ok(struct arena *a, const char *url, const char *path, const char *org, usec_t now)
{
	struct ticket_media t = { path, org, NULL, NULL };
	const char *expires = strstr(url, "expires="), *sig = strstr(url, "sig=");

	t.expires = arena_strn(a, expires + 8, strspn(expires + 8, "0123456789"));
	t.sig = sig + 4;
	return ticket_media_ok(&keys, &t, now);
}

static void test_media(void **state)
{
	struct arena *a = arena_new(0);
	const char *plain = ticket_media_url(&keys, "/x/y.png", NULL, NOW + USEC_PER_SEC, a);
	const char *owned = ticket_media_url(&keys, "/x/y", O, NOW + USEC_PER_SEC, a);

	(void)state;
	assert_true(media_ok(a, plain, "/x/y.png", NULL, NOW));
	assert_false(media_ok(a, plain, "/x/z.png", NULL, NOW));
	assert_false(media_ok(a, plain, "/x/y.png", O, NOW));
	assert_true(media_ok(a, owned, "/x/y", O, NOW));
	assert_false(media_ok(a, owned, "/x/y", P, NOW));
	assert_false(media_ok(a, owned, "/x/y", NULL, NOW));
	/* rounded up to the hour, so that one hour has one address */
	assert_string_equal(plain, ticket_media_url(&keys, "/x/y.png", NULL,
	    NOW + 3600 * USEC_PER_SEC, a));
	assert_false(media_ok(a, plain, "/x/y.png", NULL, NOW + 3601 * USEC_PER_SEC));
	arena_free(a);
}

static void test_csrf(void **state)
{
	struct arena *a = arena_new(0);
	const char *text = ticket_csrf(&keys, U, a);

	(void)state;
	assert_true(ticket_csrf_ok(&keys, U, text));
	assert_false(ticket_csrf_ok(&keys, P, text));
	assert_false(ticket_csrf_ok(&others, U, text));
	assert_false(ticket_csrf_ok(&keys, U, NULL));
	assert_false(ticket_csrf_ok(&keys, U, ""));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_stop), cmocka_unit_test(test_media),
		cmocka_unit_test(test_csrf) };

	return cmocka_run_group_tests(tests, setup, NULL);
}
