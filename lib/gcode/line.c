/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/line.h"

#include <string.h>

#include "gcode/number.h"

struct strip {
	char *out;
	size_t cap, len;
	bool blank; /* a blank is owed before the next byte */
};

static void put(struct strip *s, char c)
{
	if (s->blank && s->len > 0) {
		if (s->len + 1 < s->cap)
			s->out[s->len] = ' ';
		s->len++;
	}
	s->blank = false;
	if (s->len + 1 < s->cap)
		s->out[s->len] = c;
	s->len++;
}

static bool is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

size_t gcode_line_len(const char *text, size_t len)
{
	const char *lf = memchr(text, '\n', len);
	const char *cr;

	if (lf != NULL)
		len = (size_t)(lf - text);
	cr = memchr(text, '\r', len);
	return cr != NULL ? (size_t)(cr - text) : len;
}

/* Past blanks, a byte-order mark, `%` and line numbers of the file. */
static const char *skip_front(const char *p, const char *end)
{
	const char *q;

	if (end - p >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
		p += 3;
	for (;;) {
		while (p < end && (is_blank(*p) || *p == '%'))
			p++;
		if (p == end || (*p != 'N' && *p != 'n'))
			return p;
		q = p + 1;
		while (q < end && (*q == ' ' || *q == '\t' || *q == '-'))
			q++;
		if (q == end || !is_digit(*q))
			return p;
		while (q < end && is_digit(*q))
			q++;
		p = q;
	}
}

/* `"M117 5" tall ; note"`: a quote that is never closed protects nothing. */
static const char *quote_end(const char *p, const char *end)
{
	return memchr(p + 1, '"', (size_t)(end - p - 1));
}

/* The command word: `g1x5` has a one-letter word, `exclude_object` a long one. */
static const char *put_word(struct strip *s, const char *p, const char *end)
{
	if (p + 1 < end && is_alpha(*p) && !is_alpha(p[1]) && p[1] != '_') {
		put(s, upper(*p));
		return p + 1;
	}
	while (p < end && (is_alpha(*p) || *p == '_' || is_digit(*p)))
		put(s, upper(*p++));
	return p;
}

size_t gcode_strip(const char *in, size_t len, char *out, size_t cap)
{
	struct strip s = { out, cap, 0, false };
	const char *p, *end = in + len, *close;

	p = put_word(&s, skip_front(in, end), end);
	for (; p < end && *p != ';' && *p != '*'; p++) {
		if (is_blank(*p)) {
			s.blank = true;
		} else if (*p == '(') {
			close = memchr(p, ')', (size_t)(end - p));
			if (close == NULL)
				break;
			p = close;
			s.blank = true;
		} else if (*p == '"' && (close = quote_end(p, end)) != NULL) {
			for (; p < close; p++)
				put(&s, (unsigned char)*p < ' ' ? ' ' : *p);
			put(&s, '"');
		} else {
			put(&s, *p);
		}
	}
	if (cap > 0)
		out[s.len < cap ? s.len : cap - 1] = '\0';
	return s.len;
}

bool gcode_word(const char *cmd, size_t len, char *letter, unsigned *number, unsigned *sub)
{
	size_t i = 1;
	unsigned n = 0, minor = 0;

	if (len < 2 || !is_alpha(cmd[0]))
		return false;
	while (i < len && cmd[i] == ' ')
		i++;
	if (i == len || !is_digit(cmd[i]))
		return false;
	for (; i < len && is_digit(cmd[i]); i++)
		n = n < 100000 ? n * 10 + (unsigned)(cmd[i] - '0') : n;
	if (i < len && cmd[i] == '.')
		for (i++; i < len && is_digit(cmd[i]); i++)
			minor = minor < 100000 ? minor * 10 + (unsigned)(cmd[i] - '0') : minor;
	*letter = upper(cmd[0]);
	*number = n;
	if (sub != NULL)
		*sub = minor;
	return true;
}

bool gcode_dropped(const char *cmd, size_t len)
{
	char letter;
	unsigned n;

	if (!gcode_word(cmd, len, &letter, &n, NULL) || letter != 'M')
		return false;
	return n == 110 || (n >= 20 && n <= 30 && n != 25) || n == 928 || n == 999;
}

size_t gcode_fit(const char *cmd, size_t len)
{
	char letter;
	unsigned n;

	if (len <= GCODE_COMMAND_MAX || !gcode_word(cmd, len, &letter, &n, NULL) || letter != 'M' ||
	    (n != 117 && n != 118))
		return len;
	len = GCODE_COMMAND_MAX;
	while (len > 0 && ((unsigned char)cmd[len] & 0xC0) == 0x80)
		len--;
	while (len > 0 && cmd[len - 1] == ' ')
		len--;
	return len;
}

bool gcode_param(const char *cmd, size_t len, char letter, double *value)
{
	const char *p = cmd, *end = cmd + len;
	double v;

	for (p += len > 0; p < end && (*p == ' ' || *p == '.' || is_digit(*p)); p++)
		; /* the command word */
	for (; p < end; p++) {
		if (*p == '"') {
			const char *close = quote_end(p, end);

			if (close != NULL)
				p = close;
		} else if (upper(*p) == letter) {
			p++;
			while (p < end && *p == ' ')
				p++;
			v = 0.0;
			(void)number_wide(p, end, &v);
			if (value != NULL)
				*value = v;
			return true;
		}
	}
	return false;
}
