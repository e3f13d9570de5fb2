/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/l/account.h"

#include <string.h>

/* Letters that look like others make twins of a name; addresses here are of ASCII alone. */
static bool is_visible_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f)
			return false;
	return true;
}

/* One @ with something around it and a dot in the domain: the mail itself is the real check. */
bool account_email_ok(const char *text)
{
	const char *at = strchr(text, '@');
	const char *dot = at == NULL ? NULL : strrchr(at, '.');

	return at != NULL && at != text && strchr(at + 1, '@') == NULL && dot != NULL &&
	    dot > at + 1 && dot[1] != '\0' && strpbrk(text, " \t\",;<>()[]\\") == NULL &&
	    strstr(at, "..") == NULL && is_visible_ascii(text);
}

bool account_username_ok(const char *text)
{
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789_.-")] == '\0';
}

bool account_password_ok(const char *text)
{
	struct err e;

	return password_accept(text, &e) == E_OK;
}
