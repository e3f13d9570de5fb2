/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/multipart.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static enum multipart_event bad(struct multipart *m, const char *why)
{
	m->state = MULTIPART_S_BAD;
	m->why = why;
	return MULTIPART_BAD;
}

static bool is_boundary_char(char c)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL);
}

/* Value of one parameter of a header ("; name=value"), unquoted into out. 1 found, 0 absent,
 * -1 malformed, given twice or too long. */
static int parameter(const char *header, const char *name, char *out, size_t cap)
{
	const char *p = strchr(header, ';');
	int found = 0;

	while (p != NULL) {
		size_t len, n = 0;
		bool ours;

		p += 1 + strspn(p + 1, " \t");
		if (*p == '\0')
			break;
		len = strcspn(p, "= \t;");
		ours = len == strlen(name) && strncasecmp(p, name, len) == 0;
		p += len;
		if (*p != '=')
			return -1;
		p++;
		if (ours && found++)
			return -1;
		if (*p == '"') {
			for (p++; *p != '"'; p++) {
				/* only \" and \\ are escapes: a Windows path may hold others */
				if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
					p++;
				if (*p == '\0' || (ours && n + 1 >= cap))
					return -1;
				if (ours)
					out[n++] = *p;
			}
			p++;
		} else {
			for (; *p != '\0' && *p != ';' && *p != ' ' && *p != '\t'; p++) {
				if (ours && n + 1 >= cap)
					return -1;
				if (ours)
					out[n++] = *p;
			}
		}
		if (ours)
			out[n] = '\0';
		p += strspn(p, " \t");
		if (*p != '\0' && *p != ';')
			return -1;
		p = *p == ';' ? p : NULL;
	}
	return found;
}

bool multipart_init(struct multipart *m, const char *content_type)
{
	static const char kind[] = "multipart/form-data";
	char boundary[MULTIPART_MAX_BOUNDARY + 1] = "";
	size_t len;

	memset(m, 0, sizeof *m);
	if (content_type == NULL || strncasecmp(content_type, kind, sizeof kind - 1) != 0 ||
	    parameter(content_type, "boundary", boundary, sizeof boundary) != 1)
		return false;
	len = strlen(boundary);
	for (size_t i = 0; i < len; i++)
		if (!is_boundary_char(boundary[i]))
			return false;
	if (len == 0 || boundary[len - 1] == ' ')
		return false;
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary, len);
	m->delimiter_len = len + 4;
	m->matched = 2; /* the first boundary needs no line break before it */
	return true;
}

void multipart_feed(struct multipart *m, const void *bytes, size_t size)
{
	m->in = bytes;
	m->end = m->in + size;
}

bool multipart_is_done(const struct multipart *m)
{
	return m->state == MULTIPART_S_DONE;
}

static enum multipart_event first(struct multipart *m)
{
	while (m->in < m->end) {
		char c = *m->in++;

		if (c == m->delimiter[m->matched]) {
			if (++m->matched == m->delimiter_len) {
				m->state = MULTIPART_S_AFTER;
				return multipart_next(m);
			}
		} else if (m->matched == 2 && c == '\r') {
			m->matched = 1; /* one empty line before the first boundary */
		} else {
			return bad(m, "does not begin with the boundary");
		}
	}
	return MULTIPART_MORE;
}

static enum multipart_event after(struct multipart *m)
{
	while (m->in < m->end) {
		char c = *m->in++;

		if (m->after_len == 0 && (c == ' ' || c == '\t'))
			continue; /* transport padding */
		m->after[m->after_len++] = c;
		if (m->after_len < 2)
			continue;
		m->after_len = 0;
		if (memcmp(m->after, "--", 2) == 0) {
			m->state = MULTIPART_S_DONE;
			return MULTIPART_END;
		}
		if (memcmp(m->after, "\r\n", 2) != 0)
			return bad(m, "bytes behind a boundary");
		if (++m->parts > MULTIPART_MAX_PARTS)
			return bad(m, "too many parts");
		m->state = MULTIPART_S_HEADER;
		m->header_len = 0;
		return multipart_next(m);
	}
	return MULTIPART_MORE;
}

static bool header_line(struct multipart *m, char *line, bool *named)
{
	char *colon = strchr(line, ':'), *value;
	char kind[16] = "";
	int got;

	if (colon == NULL || colon == line || line[0] == ' ' || line[0] == '\t')
		return false; /* also refuses folded lines */
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	if (strcasecmp(line, "content-type") == 0)
		snprintf(m->type, sizeof m->type, "%s", value); /* given twice: the last */
	if (strcasecmp(line, "content-disposition") != 0)
		return true;
	if (strcspn(value, "; \t") < sizeof kind)
		snprintf(kind, sizeof kind, "%.*s", (int)strcspn(value, "; \t"), value);
	if (strcasecmp(kind, "form-data") != 0 || *named)
		return false;
	*named = parameter(value, "name", m->name, sizeof m->name) == 1 && m->name[0] != '\0';
	got = parameter(value, "filename", m->filename, sizeof m->filename);
	m->has_filename = got == 1;
	return *named && got >= 0;
}

static enum multipart_event part_begins(struct multipart *m)
{
	char *line = m->header;
	bool named = false;

	m->name[0] = m->filename[0] = m->type[0] = '\0';
	m->has_filename = false;
	m->header[m->header_len - 2] = '\0'; /* drops the empty line */
	if (memchr(m->header, '\0', m->header_len - 2) != NULL)
		return bad(m, "NUL in a part's header");
	while (*line != '\0') {
		char *end = strstr(line, "\r\n");

		if (end == NULL)
			return bad(m, "broken part header");
		*end = '\0';
		if (!header_line(m, line, &named))
			return bad(m, "broken part header");
		line = end + 2;
	}
	if (!named)
		return bad(m, "a part without name");
	m->state = MULTIPART_S_BODY;
	m->matched = 0;
	return MULTIPART_PART;
}

static enum multipart_event header(struct multipart *m)
{
	while (m->in < m->end) {
		if (m->header_len == sizeof m->header)
			return bad(m, "part header too long");
		m->header[m->header_len++] = *m->in++;
		if ((m->header_len >= 4 &&
		        memcmp(m->header + m->header_len - 4, "\r\n\r\n", 4) == 0) ||
		    (m->header_len == 2 && memcmp(m->header, "\r\n", 2) == 0))
			return part_begins(m);
	}
	return MULTIPART_MORE;
}

static enum multipart_event data(struct multipart *m, const char *bytes, size_t size)
{
	m->data = bytes;
	m->size = size;
	return MULTIPART_DATA;
}

/* The delimiter starts with CR and holds no other, so a broken match never hides a new one: what
 * was matched is data, and the byte that broke it is looked at again. */
static enum multipart_event body(struct multipart *m)
{
	while (m->in < m->end) {
		if (m->matched == 0) {
			size_t left = (size_t)(m->end - m->in);
			const char *start = m->in, *cr = memchr(start, '\r', left);

			m->in = cr == NULL ? m->end : cr + 1;
			m->matched = cr == NULL ? 0 : 1;
			if (cr != start)
				return data(m, start, cr == NULL ? left : (size_t)(cr - start));
			continue;
		}
		if (*m->in == m->delimiter[m->matched]) {
			m->in++;
			if (++m->matched == m->delimiter_len) {
				m->state = MULTIPART_S_AFTER;
				return MULTIPART_PART_END;
			}
			continue;
		}
		size_t held = m->matched;

		m->matched = 0;
		return data(m, m->delimiter, held);
	}
	return MULTIPART_MORE;
}

enum multipart_event multipart_next(struct multipart *m)
{
	switch (m->state) {
	case MULTIPART_S_FIRST:
		return first(m);
	case MULTIPART_S_AFTER:
		return after(m);
	case MULTIPART_S_HEADER:
		return header(m);
	case MULTIPART_S_BODY:
		return body(m);
	case MULTIPART_S_DONE:
		return MULTIPART_MORE;
	case MULTIPART_S_BAD:
		return MULTIPART_BAD;
	}
	return MULTIPART_BAD;
}
