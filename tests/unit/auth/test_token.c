/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "auth/token.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "model/settings.h"

#define NOW ((usec_t)1800000000 * USEC_PER_SEC)
#define ID  "11111111-2222-4333-8444-555555555555"
#define SID "aaaaaaaa-2222-4333-8444-555555555555"

static const struct token_keys keys = { "access-key-access-key-access-key-", "refresh-key-refresh-key-refresh-k",
	900 * USEC_PER_SEC, 7 * 86400 * USEC_PER_SEC, false };

/* A token made by hand, so that libjwt does not check itself. */
static const char *make(struct arena *a, const char *header, const char *claims, const char *key)
{
	struct buf out = BUF_INIT;
	uint8_t mac[SHA256_SIZE];
	const char *text;

	base64url_encode(&out, header, strlen(header));
	buf_char(&out, '.');
	base64url_encode(&out, claims, strlen(claims));
	hmac_sha256(key, strlen(key), out.bytes, out.size, mac);
	buf_char(&out, '.');
	base64url_encode(&out, mac, sizeof mac);
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static void check_claims(const char *claims, enum errc want, const char *kind)
{
	struct arena *a = arena_new(0);
	struct token_claims c;
	struct err e = { .kind = "" };
	const char *text = make(a, "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims, keys.access);
	enum errc got = token_verify(&keys, TOKEN_ACCESS, text, NOW, a, &c, &e);

	if (got != want || (want != E_OK && strcmp(e.kind, kind) != 0))
		fail_msg("%s: %s %s %s", claims, errc_name(got), e.kind, e.detail);
	arena_free(a);
}

static void test_claims(void **state)
{
	static const char bad[] = "INVALID_TOKEN", old[] = "TOKEN_EXPIRED";

	(void)state;
	check_claims("{\"userId\":\"" ID "\",\"exp\":1800000001}", E_OK, "");
	check_claims("{\"sub\":\"" ID "\",\"exp\":1800000001}", E_OK, "");
	check_claims("{\"userId\":\"\",\"id\":\"" ID "\"}", E_OK, "");
	check_claims("{\"userId\":\"" ID "\",\"exp\":1800000000}", E_UNAUTHORIZED, old);
	check_claims("{\"userId\":\"" ID "\",\"exp\":1}", E_UNAUTHORIZED, old);
	check_claims("{\"userId\":\"" ID "\",\"exp\":\"1800000001\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"exp\":-5}", E_UNAUTHORIZED, old);
	check_claims("{\"userId\":\"" ID "\",\"exp\":0}", E_UNAUTHORIZED, old);
	check_claims("{\"userId\":\"" ID "\",\"exp\":1800000001.5}", E_OK, "");
	check_claims("{\"userId\":\"" ID "\",\"exp\":1799999999.5}", E_UNAUTHORIZED, old);
	check_claims("{\"userId\":\"" ID "\",\"exp\":9223372036854775808}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"exp\":9223372036854775807}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"exp\":true}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"nbf\":1800000060}", E_OK, "");
	check_claims("{\"userId\":\"" ID "\",\"nbf\":1800000061}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"iat\":1800000061}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"7\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":7}", E_UNAUTHORIZED, bad);
	check_claims("{}", E_UNAUTHORIZED, bad);
	check_claims("[]", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"organizationId\":\"x\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"sid\":\"" SID "\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"type\":\"refresh\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"type\":\"browser\"}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"type\":5}", E_UNAUTHORIZED, bad);
	check_claims("{\"userId\":\"" ID "\",\"userId\":\"" SID "\"}", E_UNAUTHORIZED, bad);
}

static void test_headers(void **state)
{
	static const char *const refused[] = { "{\"alg\":\"none\"}", "{\"alg\":\"HS512\",\"typ\":\"JWT\"}",
		"{\"typ\":\"JWT\"}", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
		"{\"alg\":\"HS256\",\"crit\":[\"x\"]}", "{}", "x" };
	static const char claims[] = "{\"userId\":\"" ID "\"}";
	struct arena *a = arena_new(0);
	struct token_claims c;

	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		assert_int_equal(token_verify(&keys, TOKEN_ACCESS, make(a, refused[i], claims,
		    keys.access), NOW, a, &c, NULL), E_UNAUTHORIZED);
	assert_int_equal(token_verify(&keys, TOKEN_ACCESS, make(a, "{\"alg\":\"HS256\"}", claims,
	    keys.access), NOW, a, &c, NULL), E_OK);
	assert_int_equal(token_verify(&keys, TOKEN_ACCESS, make(a, "{\"alg\":\"HS256\"}", claims,
	    keys.refresh), NOW, a, &c, NULL), E_UNAUTHORIZED);
	assert_int_equal(token_verify(&keys, TOKEN_ACCESS, "", NOW, a, &c, NULL), E_UNAUTHORIZED);
	assert_int_equal(token_verify(&keys, TOKEN_ACCESS, "..", NOW, a, &c, NULL), E_UNAUTHORIZED);
	arena_free(a);
}

/* Every kind is accepted where it belongs and nowhere else. */
static void test_types(void **state)
{
	struct arena *a = arena_new(0);
	struct token_claims made = { .subject = ID, .session = SID, .email = "a@b.c", .role = "ADMIN" };

	(void)state;
	for (int made_as = TOKEN_ACCESS; made_as <= TOKEN_BROWSER; made_as++) {
		const char *text = token_issue(&keys, (enum token_type)made_as, &made, NOW, a);

		for (int read_as = TOKEN_ACCESS; read_as <= TOKEN_BROWSER; read_as++) {
			struct token_claims c;
			enum errc rc = token_verify(&keys, (enum token_type)read_as, text, NOW + 1, a, &c,
			    NULL);

			assert_int_equal(rc, made_as == read_as ? E_OK : E_UNAUTHORIZED);
			if (rc == E_OK)
				assert_string_equal(c.session, SID);
		}
	}
	arena_free(a);
}

static void test_keys(void **state)
{
	struct token_keys k;
	struct conf *c;
	struct err e;

	(void)state;
	setenv("JWT_SECRET", "a-random-looking-string-of-40-characters", 1);
	setenv("JWT_REFRESH_SECRET", "b-random-looking-string-of-40-characters", 1);
	assert_int_equal(conf_load(settings_keys, NULL, &c, &e), E_OK);
	assert_int_equal(token_keys_init(&k, c, &e), E_OK);
	assert_int_equal(conf_set(c, "auth.jwt_secret", "short", &e), E_OK);
	assert_int_equal(token_keys_init(&k, c, &e), E_INVALID);
	assert_string_equal(e.field, "auth.jwt_secret");
	assert_int_equal(conf_set(c, "auth.jwt_secret", "", &e), E_OK);
	assert_int_equal(token_keys_init(&k, c, &e), E_INVALID);
	assert_int_equal(conf_set(c, "auth.jwt_secret",
	    "your-super-secret-jwt-key-change-in-production", &e), E_OK);
	assert_int_equal(token_keys_init(&k, c, &e), E_INVALID);
	assert_int_equal(conf_set(c, "auth.jwt_secret", conf_text(c, "auth.jwt_refresh_secret"), &e),
	    E_OK);
	assert_int_equal(token_keys_init(&k, c, &e), E_INVALID);
	conf_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_claims), cmocka_unit_test(test_headers),
		cmocka_unit_test(test_types), cmocka_unit_test(test_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
