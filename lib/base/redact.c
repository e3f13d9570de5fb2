/* SPDX-License-Identifier: Apache-2.0 */
#include "base/redact.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_token(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.' || c == '~' || c == '+' ||
	    c == '/' || c == '=';
}

/* Bytes from p on that belong to the token there. */
static size_t token_len(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && is_token(p[n]))
		n++;
	return n;
}

static void cover(char *p, size_t n)
{
	memset(p, '*', n);
}

static bool starts(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0;
}

/* A header and a body in base64url: {"... begins as eyJ. */
static size_t jwt(char *p, const char *end)
{
	size_t n;

	if (!starts(p, end, "eyJ"))
		return 0;
	n = token_len(p, end);
	if (n < 20 || memchr(p, '.', n) == NULL)
		return 0;
	cover(p, n);
	return n;
}

static size_t bearer(char *p, const char *end)
{
	size_t n;

	if (!starts(p, end, "bearer "))
		return 0;
	n = token_len(p + 7, end);
	if (n < 8)
		return 0;
	cover(p + 7, n);
	return n + 7;
}

static size_t key(char *p, const char *end)
{
	size_t n;

	if (!starts(p, end, "pk_"))
		return 0;
	n = token_len(p, end);
	if (n < 12)
		return 0;
	cover(p + 3, n - 3);
	return n;
}

/* ://user:password@ */
static size_t userinfo(char *p, const char *end)
{
	char *colon, *at;
	size_t n = 3;

	if (!starts(p, end, "://"))
		return 0;
	while (p + n < end && !isspace((unsigned char)p[n]) && strchr("/\"'?#", p[n]) == NULL)
		n++;
	colon = memchr(p + 3, ':', n - 3);
	at = memrchr(p, '@', n);
	if (colon == NULL || at == NULL || at < colon)
		return 0;
	cover(colon + 1, (size_t)(at - colon) - 1);
	return n;
}

/* name=value, name='value', "name":"value" (also with \" inside JSON text). */
static size_t value_of(char *p, const char *end)
{
	char *v = p, quote = '\0';
	bool json = false;
	size_t n = 0;

	while (v < end && (*v == '\\' || *v == '"'))
		v++;
	json = v > p;
	if (v >= end || !(*v == '=' || (json && *v == ':')))
		return 0;
	v++;
	while (v < end && (*v == '\\' || *v == '"' || *v == '\'' || (json && *v == ' '))) {
		if (*v == '"' || *v == '\'')
			quote = *v;
		v++;
	}
	while (v + n < end && v[n] != quote && v[n] != '"' && v[n] != '\\' &&
	    (quote != '\0' || (!isspace((unsigned char)v[n]) && strchr("&,;})", v[n]) == NULL)))
		n++;
	cover(v, n);
	return (size_t)(v - p) + n;
}

static size_t named(char *p, const char *end)
{
	static const char *const names[] = { "password", "passwd", "secret", "token", "signature",
		"sig", "api_key", "apikey", "api-key", "access_code", "accesscode", "ticket",
		"setupcode", "code_hash", "seal_key" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (starts(p, end, names[i])) {
			size_t len = strlen(names[i]), n = value_of(p + len, end);

			if (n > 0)
				return len + n;
		}
	return 0;
}

void redact(char *text, size_t size)
{
	const char *end = text + size;

	for (char *p = text; p < end;) {
		size_t n = 0;

		switch (*p) {
		case 'e':
			n = jwt(p, end);
			break;
		case 'b':
		case 'B':
			n = bearer(p, end);
			break;
		case ':':
			n = userinfo(p, end);
			break;
		case 'p':
		case 'P':
			n = key(p, end);
			if (n == 0)
				n = named(p, end);
			break;
		case 's':
		case 'S':
		case 't':
		case 'T':
		case 'a':
		case 'A':
		case 'c':
			n = named(p, end);
			break;
		}
		p += n == 0 ? 1 : n;
	}
}
