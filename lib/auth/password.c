/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/password.h"

#include <crypt.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

/* The most used passwords of at least eight bytes in published leaks, sorted, lower case. */
static const char *const common[] = { "00000000", "0123456789", "0987654321", "11111111", "111111111",
	"1111111111", "11223344", "1122334455", "12121212", "123123123", "12341234", "1234512345",
	"12345678", "123456789", "1234567890", "123456789a", "12345678910", "123456abc", "1234qwer",
	"123qwe123", "123qweasd", "147258369", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx",
	"1qaz2wsx3edc", "1qazxsw2", "22222222", "55555555", "66666666", "77777777", "87654321",
	"88888888", "987654321", "9876543210", "99999999", "a1234567", "a12345678", "a123456789",
	"aa123456", "aa12345678", "abc12345", "abc123456", "abcd1234", "abcdefgh", "access14",
	"administrator", "admin123", "admin1234", "administrator1", "alexander", "asdasdasd", "asdf1234",
	"asdfasdf", "asdfghjk", "asdfghjkl", "babygirl", "baseball", "basketball", "blink182",
	"butterfly", "caroline", "changeme", "changeme1", "charlie1", "chocolate", "christian",
	"computer", "corvette", "dragon123", "einstein", "elephant", "fairlane", "football", "football1",
	"fuckyou1", "gfhjkm123", "hello123", "iloveyou", "iloveyou1", "infinity", "internet", "jennifer",
	"jonathan", "jordan23", "letmein1", "liverpool", "login123", "marlboro", "master123", "maverick",
	"mercedes", "michelle", "midnight", "monkey123", "mustang1", "nicholas", "p@ssw0rd", "passw0rd",
	"password", "password!", "password01", "password1", "password12", "password123", "password1234",
	"patricia", "pokemon1", "princess", "princess1", "q1w2e3r4", "q1w2e3r4t5", "qazwsxedc",
	"qwe123qwe", "qwer1234", "qwerasdf", "qwerty12", "qwerty123", "qwerty1234", "qwertyui",
	"qwertyuiop", "rockyou1", "samantha", "secret123", "shadow123", "starwars", "steelers",
	"sunshine", "sunshine1", "superman", "superman1", "swordfish", "test1234", "testtest", "trustno1",
	"victoria", "welcome1", "welcome123", "whatever", "zaq12wsx", "zaq1zaq1", "zxcvbnm1" };

static bool is_common(const char *password)
{
	char lower[PASSWORD_MAX + 1];
	size_t i;

	for (i = 0; password[i] != '\0' && i < PASSWORD_MAX; i++)
		lower[i] = (char)tolower((unsigned char)password[i]);
	lower[i] = '\0';
	for (i = 0; i < sizeof common / sizeof *common; i++)
		if (strcmp(lower, common[i]) == 0)
			return true;
	for (i = 1; lower[i] != '\0' && lower[i] == lower[0]; i++)
		;
	return lower[i] == '\0'; /* one character, repeated */
}

enum errc password_accept(const char *password, struct err *e)
{
	size_t size = strlen(password);

	if (size < PASSWORD_MIN || size > PASSWORD_MAX)
		return err_field(e, E_INVALID, "password", "must have %d to %d bytes", PASSWORD_MIN,
		    PASSWORD_MAX);
	if (is_common(password))
		return err_field(e, E_INVALID, "password",
		    "is one of the passwords everybody tries first");
	return E_OK;
}

/* libcrypt's work area has 32 KiB; one per process, because nothing here runs in parallel. */
static const char *crypt_once(const char *password, const char *setting)
{
	static struct crypt_data area;
	const char *out = crypt_rn(password, setting, &area, (int)sizeof area);

	return out != NULL && out[0] != '*' ? out : NULL;
}

const char *password_hash(const char *password, int rounds, struct arena *a)
{
	char salt[16], setting[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *out;

	crypto_random(salt, sizeof salt);
	if (crypt_gensalt_rn("$2b$", (unsigned long)rounds, salt, (int)sizeof salt, setting,
	        (int)sizeof setting) == NULL)
		abort(); /* rounds are checked by the configuration */
	out = crypt_once(password, setting);
	if (out == NULL)
		abort();
	return arena_str(a, out);
}

static bool is_bcrypt(const char *hash)
{
	return strlen(hash) == 60 && hash[0] == '$' && hash[1] == '2' &&
	    strchr("aby", hash[2]) != NULL && hash[3] == '$' && hash[6] == '$';
}

bool password_check(const char *password, const char *hash, int rounds)
{
	char setting[64];
	const char *out;

	if (hash == NULL || !is_bcrypt(hash)) {
		snprintf(setting, sizeof setting, "$2b$%02d$%s", rounds, "abcdefghijklmnopqrstuu");
		(void)crypt_once(password, setting);
		return false;
	}
	out = crypt_once(password, hash);
	return out != NULL && strlen(out) == strlen(hash) && bytes_equal(out, hash, strlen(hash));
}

bool password_outdated(const char *hash, int rounds)
{
	return !is_bcrypt(hash) || (hash[4] - '0') * 10 + (hash[5] - '0') < rounds;
}
