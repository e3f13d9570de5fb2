/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sink.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

void sink_begin_object(struct sink *s, const char *name)
{
	s->ops->begin_object(s, name);
}

void sink_end_object(struct sink *s)
{
	s->ops->end_object(s);
}

void sink_begin_list(struct sink *s, const char *name)
{
	s->ops->begin_list(s, name);
}

void sink_end_list(struct sink *s)
{
	s->ops->end_list(s);
}

void sink_text(struct sink *s, const char *name, const char *value)
{
	if (value == NULL)
		s->ops->null(s, name);
	else
		s->ops->text(s, name, value, strlen(value));
}

void sink_textn(struct sink *s, const char *name, const char *value, size_t len)
{
	s->ops->text(s, name, value, len);
}

void sink_int(struct sink *s, const char *name, int64_t value)
{
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, value);
	s->ops->number(s, name, text);
}

void sink_real(struct sink *s, const char *name, double value)
{
	char text[40];

	if (!isfinite(value)) {
		s->ops->null(s, name);
		return;
	}
	/* 15 digits print decimals as people wrote them; 17 only when needed to read back. */
	snprintf(text, sizeof text, "%.15g", value);
	s->ops->number(s, name, text);
}

void sink_number(struct sink *s, const char *name, const char *decimal)
{
	s->ops->number(s, name, decimal);
}

void sink_bool(struct sink *s, const char *name, bool value)
{
	s->ops->boolean(s, name, value);
}

void sink_null(struct sink *s, const char *name)
{
	s->ops->null(s, name);
}

void sink_json(struct sink *s, const char *name, const char *text, size_t len)
{
	s->ops->json(s, name, text, len);
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes of which none is to be escaped: each term sets the high bit of some byte where a
 * control character, DEL, a byte beyond ASCII, a quote or a backslash stands. */
static bool is_plain_word(const char *text)
{
	uint64_t w, quote, backslash, del;

	memcpy(&w, text, sizeof w);
	quote = w ^ EACH('"');
	backslash = w ^ EACH('\\');
	del = w ^ EACH(0x7f);
	return ((w | (w - EACH(0x20)) | (quote - EACH(1)) | (backslash - EACH(1)) |
	            (del - EACH(1))) & EACH(0x80)) == 0;
}

static bool is_plain_text(const char *text, size_t len)
{
	size_t i = 0;

	if (len >= 8) {
		for (; i + 8 <= len; i += 8)
			if (!is_plain_word(text + i))
				return false;
		return is_plain_word(text + len - 8);
	}
	while (i < len && is_plain((unsigned char)text[i]))
		i++;
	return i == len;
}

/* Where room was reserved; gives the place behind. */
static char *put_plain(char *at, const char *text, size_t len)
{
	*at++ = '"';
	if (len > 0)
		memcpy(at, text, len);
	at += len;
	*at++ = '"';
	return at;
}

static void end_at(struct buf *out, char *at)
{
	*at = '\0';
	out->size = (size_t)(at - out->bytes);
}

void json_quote(struct buf *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	if (is_plain_text(text, len)) {
		end_at(out, put_plain(buf_reserve(out, len + 2), text, len));
		return;
	}
	buf_char(out, '"');
	while (p < end) {
		const unsigned char *run = p;
		size_t n;

		while (p < end && is_plain(*p))
			p++;
		buf_append(out, run, (size_t)(p - run));
		if (p == end)
			break;
		if (*p == '"' || *p == '\\') {
			buf_char(out, '\\');
			buf_char(out, (char)*p++);
		} else if (*p == '\n') {
			buf_text(out, "\\n");
			p++;
		} else if (*p == '\r') {
			buf_text(out, "\\r");
			p++;
		} else if (*p == '\t') {
			buf_text(out, "\\t");
			p++;
		} else if (*p < 0x20 || *p == 0x7f) {
			buf_printf(out, "\\u%04x", *p++);
		} else if (*p == 0xc2 && p + 1 < end && p[1] >= 0x80 && p[1] < 0xa0) {
			buf_printf(out, "\\u%04x", p[1]); /* a terminal that shows it obeys it */
			p += 2;
		} else if ((n = utf8_char(p, (size_t)(end - p))) > 0) {
			buf_append(out, p, n);
			p += n;
		} else {
			buf_text(out, "\xef\xbf\xbd");
			p++;
		}
	}
	buf_char(out, '"');
}

/* Comma and name, and room for a value of `more` bytes, whose place is given. One step for a whole
 * member: a list of 50 rows has thousands. */
static char *js_member(struct json_sink *js, const char *name, size_t more)
{
	struct buf *out = js->out;
	size_t len = name == NULL ? 0 : strlen(name);
	char *at = buf_reserve(out, len + more + 4);

	if (js->comma)
		*at++ = ',';
	js->comma = true;
	if (name == NULL)
		return at;
	if (is_plain_text(name, len)) {
		at = put_plain(at, name, len);
		*at++ = ':';
		return at;
	}
	end_at(out, at);
	json_quote(out, name, len);
	buf_char(out, ':');
	return buf_reserve(out, more);
}

static void js_open(struct sink *s, const char *name, char c)
{
	struct json_sink *js = (struct json_sink *)s;
	char *at = js_member(js, name, 1);

	*at++ = c;
	end_at(js->out, at);
	js->comma = false;
}

static void js_close(struct sink *s, char c)
{
	struct json_sink *js = (struct json_sink *)s;

	buf_char(js->out, c);
	js->comma = true;
}

static void js_begin_object(struct sink *s, const char *name)
{
	js_open(s, name, '{');
}

static void js_end_object(struct sink *s)
{
	js_close(s, '}');
}

static void js_begin_list(struct sink *s, const char *name)
{
	js_open(s, name, '[');
}

static void js_end_list(struct sink *s)
{
	js_close(s, ']');
}

static void js_text(struct sink *s, const char *name, const char *value, size_t len)
{
	struct json_sink *js = (struct json_sink *)s;

	if (is_plain_text(value, len)) {
		end_at(js->out, put_plain(js_member(js, name, len + 2), value, len));
		return;
	}
	end_at(js->out, js_member(js, name, 0));
	json_quote(js->out, value, len);
}

static void js_json(struct sink *s, const char *name, const char *text, size_t len)
{
	struct json_sink *js = (struct json_sink *)s;
	char *at = js_member(js, name, len);

	if (len > 0)
		memcpy(at, text, len);
	end_at(js->out, at + len);
}

static void js_number(struct sink *s, const char *name, const char *decimal)
{
	js_json(s, name, decimal, strlen(decimal));
}

static void js_boolean(struct sink *s, const char *name, bool value)
{
	js_number(s, name, value ? "true" : "false");
}

static void js_null(struct sink *s, const char *name)
{
	js_number(s, name, "null");
}

static const struct sink_ops json_ops = {
	.begin_object = js_begin_object,
	.end_object = js_end_object,
	.begin_list = js_begin_list,
	.end_list = js_end_list,
	.text = js_text,
	.number = js_number,
	.boolean = js_boolean,
	.null = js_null,
	.json = js_json,
};

void json_sink_init(struct json_sink *js, struct buf *out)
{
	js->sink.ops = &json_ops;
	js->out = out;
	js->comma = false;
}
