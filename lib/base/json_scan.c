/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_scan.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* One object's keys: offsets of decoded names in `names`. Sorted only when asked for, so that an
 * object of n keys costs n log n and not n squared. */
struct keys {
	uint32_t *at;
	size_t len, cap;
};

struct scan {
	const char *text;
	size_t size, pos;
	int depth, max_depth;
	struct buf names; /* decoded keys of all open objects, NUL-separated */
	struct err *e;
};

static enum errc value(struct scan *s);

static enum errc refuse(struct scan *s, const char *why)
{
	return err_set(s->e, E_INVALID, "Malformed JSON: %s at byte %zu", why, s->pos);
}

static void blanks(struct scan *s)
{
	while (s->pos < s->size && strchr(" \t\r\n", s->text[s->pos]) != NULL && s->text[s->pos] != 0)
		s->pos++;
}

static int peek(const struct scan *s)
{
	return s->pos < s->size ? (unsigned char)s->text[s->pos] : -1;
}

static bool hex4(struct scan *s, unsigned *out)
{
	unsigned v = 0;

	if (s->size - s->pos < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		int c = tolower((unsigned char)s->text[s->pos++]);

		if (!isxdigit(c))
			return false;
		v = v << 4 | (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*out = v;
	return true;
}

static void put_utf8(struct buf *out, unsigned c)
{
	if (c < 0x80) {
		buf_char(out, (char)c);
	} else if (c < 0x800) {
		buf_char(out, (char)(0xc0 | c >> 6));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_char(out, (char)(0xe0 | c >> 12));
		buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_char(out, (char)(0xf0 | c >> 18));
		buf_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(out, (char)(0x80 | (c & 0x3f)));
	}
}

static enum errc escape(struct scan *s, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int c = peek(s);
	const char *simple;
	unsigned hi, lo;

	s->pos++;
	if (c > 0 && (simple = strchr(from, c)) != NULL) {
		if (out != NULL)
			buf_char(out, to[simple - from]);
		return E_OK;
	}
	if (c != 'u' || !hex4(s, &hi))
		return refuse(s, "bad escape");
	if (hi == 0)
		return refuse(s, "U+0000 is not allowed");
	if (hi >= 0xdc00 && hi <= 0xdfff)
		return refuse(s, "lone surrogate");
	if (hi >= 0xd800 && hi <= 0xdbff) {
		if (s->size - s->pos < 6 || s->text[s->pos] != '\\' || s->text[s->pos + 1] != 'u')
			return refuse(s, "lone surrogate");
		s->pos += 2;
		if (!hex4(s, &lo) || lo < 0xdc00 || lo > 0xdfff)
			return refuse(s, "lone surrogate");
		hi = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	}
	if (out != NULL)
		put_utf8(out, hi);
	return E_OK;
}

/* At the opening quote; the decoded text goes to *out when given. */
static enum errc string(struct scan *s, struct buf *out)
{
	s->pos++;
	for (;;) {
		int c = peek(s);
		enum errc rc;
		size_t n;

		if (c < 0)
			return refuse(s, "unfinished string");
		if (c == '"') {
			s->pos++;
			return E_OK;
		}
		if (c < 0x20)
			return refuse(s, "control character in a string");
		if (c == '\\') {
			s->pos++;
			if ((rc = escape(s, out)) != E_OK)
				return rc;
			continue;
		}
		n = utf8_char((const unsigned char *)s->text + s->pos, s->size - s->pos);
		if (n == 0)
			return refuse(s, "invalid UTF-8");
		if (out != NULL)
			buf_append(out, s->text + s->pos, n);
		s->pos += n;
	}
}

static bool digits(struct scan *s)
{
	size_t from = s->pos;

	while (isdigit(peek(s)))
		s->pos++;
	return s->pos > from;
}

static enum errc number(struct scan *s)
{
	size_t from = s->pos, len;
	bool whole = true;
	char copy[400];

	if (peek(s) == '-')
		s->pos++;
	if (peek(s) == '0')
		s->pos++;
	else if (!digits(s))
		return refuse(s, "unexpected character");
	if (peek(s) == '.') {
		whole = false;
		s->pos++;
		if (!digits(s))
			return refuse(s, "bad number");
	}
	if (peek(s) == 'e' || peek(s) == 'E') {
		whole = false;
		s->pos++;
		if (peek(s) == '+' || peek(s) == '-')
			s->pos++;
		if (!digits(s))
			return refuse(s, "bad number");
	}
	len = s->pos - from;
	if (len >= sizeof copy)
		return refuse(s, "number too long");
	memcpy(copy, s->text + from, len);
	copy[len] = '\0';
	errno = 0;
	if (whole)
		strtoll(copy, NULL, 10);
	else if (isfinite(strtod(copy, NULL)))
		errno = 0; /* an underflow to zero is a number */
	if (errno == ERANGE)
		return refuse(s, "number out of range");
	return E_OK;
}

static const char *sort_names; /* qsort has no context argument; used only inside unique_keys */

static int by_name(const void *a, const void *b)
{
	return strcmp(sort_names + *(const uint32_t *)a, sort_names + *(const uint32_t *)b);
}

static bool unique_keys(struct scan *s, struct keys *k)
{
	sort_names = s->names.bytes;
	if (k->len > 1)
		qsort(k->at, k->len, sizeof *k->at, by_name);
	for (size_t i = 1; i < k->len; i++)
		if (strcmp(s->names.bytes + k->at[i - 1], s->names.bytes + k->at[i]) == 0)
			return false;
	return true;
}

static enum errc member(struct scan *s, struct keys *k)
{
	enum errc rc;

	blanks(s);
	if (peek(s) != '"')
		return refuse(s, "a key was expected");
	if (k->len == k->cap) {
		k->cap = k->cap == 0 ? 8 : 2 * k->cap;
		k->at = realloc(k->at, k->cap * sizeof *k->at);
		if (k->at == NULL)
			abort();
	}
	k->at[k->len++] = (uint32_t)s->names.size;
	if ((rc = string(s, &s->names)) != E_OK)
		return rc;
	buf_char(&s->names, '\0');
	blanks(s);
	if (peek(s) != ':')
		return refuse(s, "':' was expected");
	s->pos++;
	return value(s);
}

static enum errc object(struct scan *s)
{
	struct keys k = { NULL, 0, 0 };
	size_t names_before = s->names.size;
	enum errc rc = E_OK;

	s->pos++;
	blanks(s);
	if (peek(s) == '}') {
		s->pos++;
		return E_OK;
	}
	for (;;) {
		if ((rc = member(s, &k)) != E_OK)
			break;
		blanks(s);
		if (peek(s) == ',') {
			s->pos++;
			continue;
		}
		if (peek(s) != '}')
			rc = refuse(s, "',' or '}' was expected");
		else if (!unique_keys(s, &k))
			rc = refuse(s, "a key appears twice");
		else
			s->pos++;
		break;
	}
	free(k.at);
	s->names.size = names_before;
	return rc;
}

static enum errc list(struct scan *s)
{
	enum errc rc;

	s->pos++;
	blanks(s);
	if (peek(s) == ']') {
		s->pos++;
		return E_OK;
	}
	for (;;) {
		if ((rc = value(s)) != E_OK)
			return rc;
		blanks(s);
		if (peek(s) == ']') {
			s->pos++;
			return E_OK;
		}
		if (peek(s) != ',')
			return refuse(s, "',' or ']' was expected");
		s->pos++;
	}
}

static enum errc word(struct scan *s, const char *w)
{
	size_t len = strlen(w);

	if (s->size - s->pos < len || memcmp(s->text + s->pos, w, len) != 0)
		return refuse(s, "unexpected word");
	s->pos += len;
	return E_OK;
}

static enum errc value(struct scan *s)
{
	enum errc rc;

	blanks(s);
	if (peek(s) == '{' || peek(s) == '[') {
		if (++s->depth > s->max_depth)
			return refuse(s, "nested too deeply");
		rc = peek(s) == '{' ? object(s) : list(s);
		s->depth--;
		return rc;
	}
	switch (peek(s)) {
	case '"':
		return string(s, NULL);
	case 't':
		return word(s, "true");
	case 'f':
		return word(s, "false");
	case 'n':
		return word(s, "null");
	default:
		return number(s);
	}
}

enum errc json_scan(const char *text, size_t size, int max_depth, struct err *e)
{
	struct scan s = { .text = text, .size = size, .max_depth = max_depth, .e = e };
	enum errc rc;

	if (size > UINT32_MAX / 2)
		return err_set(e, E_INVALID, "Malformed JSON: too large");
	rc = value(&s);
	if (rc == E_OK) {
		blanks(&s);
		if (s.pos != s.size)
			rc = refuse(&s, "text after the end");
	}
	buf_fini(&s.names);
	return rc;
}
