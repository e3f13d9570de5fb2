/* SPDX-License-Identifier: Apache-2.0 */
/* A token remembered answers as a token verified, and no other token does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/token_cache.h"

#define NOW ((usec_t)1800000000 * USEC_PER_SEC)

static const struct token_keys keys = { "access-key-access-key-access-key-",
	"refresh-key-refresh-key-refresh-k", 900 * USEC_PER_SEC, 7 * 86400 * USEC_PER_SEC, false };

static const char *issue(struct arena *a, const char *name, const char *id)
{
	struct token_claims c = { .email = "a@b.test", .username = name, .role = "VIEWER" };

	memcpy(c.subject, id, UUID_SIZE);
	memcpy(c.session, "aaaaaaaa-2222-4333-8444-555555555555", UUID_SIZE);
	return token_issue(&keys, TOKEN_ACCESS, &c, NOW, a);
}

static void twice_and_expired(void **state)
{
	struct token_cache *cache = token_cache_new(&keys);
	struct arena *a = arena_new(0);
	const char *text = issue(a, "somebody", "11111111-2222-4333-8444-555555555555");
	struct token_claims c;
	struct err e = { .kind = "" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct arena *request = arena_new(0);

		assert_int_equal(token_cache_verify(cache, text, NOW + i, request, &c, &e), E_OK);
		assert_string_equal(c.subject, "11111111-2222-4333-8444-555555555555");
		assert_string_equal(c.username, "somebody");
		assert_string_equal(c.email, "a@b.test");
		assert_string_equal(c.role, "VIEWER");
		assert_true(c.is_own);
		assert_true(c.expires == NOW + keys.access_ttl);
		arena_free(request); /* what is kept does not lie there */
	}
	assert_int_equal(token_cache_verify(cache, text, NOW + keys.access_ttl, a, &c, &e),
	    E_UNAUTHORIZED);
	assert_string_equal(e.kind, "TOKEN_EXPIRED");
	token_cache_free(cache);
	arena_free(a);
}

static void altered(void **state)
{
	struct token_cache *cache = token_cache_new(&keys);
	struct arena *a = arena_new(0);
	char *text = arena_str(a, issue(a, "somebody", "11111111-2222-4333-8444-555555555555"));
	struct token_claims c;

	(void)state;
	assert_int_equal(token_cache_verify(cache, text, NOW, a, &c, NULL), E_OK);
	/* The last letter carries bits nobody reads: it is no other signature. */
	for (size_t i = 0; i + 1 < strlen(text); i++) {
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_equal(token_cache_verify(cache, text, NOW, a, &c, NULL), E_UNAUTHORIZED);
		text[i] = was;
	}
	assert_int_equal(token_cache_verify(cache, arena_printf(a, "%sA", text), NOW, a, &c, NULL),
	    E_UNAUTHORIZED);
	assert_int_equal(token_cache_verify(cache, "", NOW, a, &c, NULL), E_UNAUTHORIZED);
	assert_int_equal(token_cache_verify(cache, text, NOW, a, &c, NULL), E_OK);
	token_cache_free(cache);
	arena_free(a);
}

static void many(void **state)
{
	struct token_cache *cache = token_cache_new(&keys);
	struct arena *a = arena_new(0);
	const char *text[200], *id[200];
	struct token_claims c;

	(void)state;
	for (int i = 0; i < 200; i++) {
		id[i] = arena_printf(a, "%08d-2222-4333-8444-555555555555", i);
		text[i] = issue(a, arena_printf(a, "user%d", i), id[i]);
	}
	for (int i = 0; i < 1000; i++) {
		int n = i * 7 % 200;

		assert_int_equal(token_cache_verify(cache, text[n], NOW, a, &c, NULL), E_OK);
		assert_string_equal(c.subject, id[n]);
	}
	token_cache_free(cache);
	token_cache_free(NULL);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twice_and_expired),
		cmocka_unit_test(altered),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
