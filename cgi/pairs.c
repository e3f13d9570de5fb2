/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings and forms: application/x-www-form-urlencoded, decoded exactly once. */
#include <string.h>

#include "base/utf8.h"
#include "cgi/input.h"

#define MAX_PAIRS 200

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *decode(struct arena *a, const char *at, size_t len, bool *bad)
{
	char *out = arena_alloc(a, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)at[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			if (i + 2 >= len || hex_digit(at[i + 1]) < 0 || hex_digit(at[i + 2]) < 0) {
				*bad = true;
				return out;
			}
			c = hex_digit(at[i + 1]) * 16 + hex_digit(at[i + 2]);
			i += 2;
		}
		if (c == 0)
			*bad = true;
		out[n++] = (char)c;
	}
	if (!utf8_ok(out, n))
		*bad = true;
	return out;
}

void pairs_parse(struct arena *a, const char *text, struct pairs *out)
{
	int cap = 1;

	*out = (struct pairs){ 0 };
	if (text == NULL || *text == '\0')
		return;
	for (const char *p = text; *p != '\0'; p++)
		cap += *p == '&';
	if (cap > MAX_PAIRS) {
		out->bad = true;
		return;
	}
	out->at = ARENA_ARRAY(a, struct pair, (size_t)cap);
	for (const char *p = text; *p != '\0';) {
		size_t len = strcspn(p, "&");
		const char *eq = memchr(p, '=', len);
		size_t name_len = eq == NULL ? len : (size_t)(eq - p);

		if (len > 0) {
			struct pair *pair = &out->at[out->len++];

			pair->name = decode(a, p, name_len, &out->bad);
			pair->value = eq == NULL ? "" : decode(a, eq + 1, len - name_len - 1, &out->bad);
		}
		p += len + (p[len] == '&');
	}
}

const char *pairs_get(const struct pairs *p, const char *name)
{
	for (int i = 0; p != NULL && i < p->len; i++)
		if (strcmp(p->at[i].name, name) == 0)
			return p->at[i].value;
	return NULL;
}

bool pairs_twice(const struct pairs *p, const char *name)
{
	int n = 0;

	for (int i = 0; p != NULL && i < p->len; i++)
		n += strcmp(p->at[i].name, name) == 0;
	return n > 1;
}
