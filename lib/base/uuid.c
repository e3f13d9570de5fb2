/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uuid.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"

bool uuid_ok(const char *text)
{
	char ignored[UUID_SIZE];

	return uuid_canon(text, ignored);
}

bool uuid_canon(const char *text, char out[UUID_SIZE])
{
	if (text == NULL || strlen(text) != UUID_SIZE - 1)
		return false;
	for (size_t i = 0; i < UUID_SIZE - 1; i++) {
		unsigned char c = (unsigned char)text[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? c != '-' : !isxdigit(c))
			return false;
		out[i] = (char)tolower(c);
	}
	out[UUID_SIZE - 1] = '\0';
	return true;
}

void uuid_new(char out[UUID_SIZE])
{
	uint8_t r[16];

	crypto_random(r, sizeof r);
	r[6] = (uint8_t)((r[6] & 0x0f) | 0x40);
	r[8] = (uint8_t)((r[8] & 0x3f) | 0x80);
	snprintf(out, UUID_SIZE,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", r[0], r[1], r[2],
	    r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15]);
}
