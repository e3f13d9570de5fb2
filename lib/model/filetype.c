/* SPDX-License-Identifier: Apache-2.0 */
#include "model/filetype.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define MAX_TRIANGLES 20000000u

static const struct filetype types[] = {
	{ FILETYPE_STL, "STL", ".stl", "model/stl" },
	{ FILETYPE_GCODE, "GCODE", ".gcode", "text/x.gcode" },
	{ FILETYPE_GCODE, "GCODE", ".gco", "text/x.gcode" },
	{ FILETYPE_GCODE, "GCODE", ".g", "text/x.gcode" },
	{ FILETYPE_OBJ, "OBJ", ".obj", "model/obj" },
	{ FILETYPE_3MF, "THREEMF", ".3mf", "model/3mf" },
};
#define TYPES (sizeof types / sizeof *types)

const char *filetype_extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot == NULL ? "" : dot;
}

const struct filetype *filetype_of_name(const char *name)
{
	for (size_t i = 0; i < TYPES; i++)
		if (strcasecmp(filetype_extension(name), types[i].extension) == 0)
			return &types[i];
	return NULL;
}

const struct filetype *filetype_of_word(const char *word)
{
	if (strcasecmp(word, "3MF") == 0)
		word = "THREEMF";
	for (size_t i = 0; i < TYPES; i++)
		if (strcasecmp(word, types[i].word) == 0)
			return &types[i];
	return NULL;
}

static const char *next_line(const char *p, const char *end)
{
	const char *nl = memchr(p, '\n', (size_t)(end - p));

	return nl == NULL ? end : nl + 1;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static bool is_obj_line(const char *p, const char *end)
{
	return end - p > 2 && (*p == 'v' || *p == 'f') && (p[1] == ' ' || p[1] == '\t');
}

static bool is_gcode_line(const char *p, const char *end)
{
	if (p < end && (*p == ';' || *p == '('))
		return true;
	return end - p > 1 && strchr("GMTNgmtn", *p) != NULL && isdigit((unsigned char)p[1]);
}

static bool some_line(const char *head, size_t size, bool (*is)(const char *, const char *))
{
	const char *end = head + size;

	for (const char *p = head; p < end; p = next_line(p, end))
		if (is(skip_blanks(p, end), end))
			return true;
	return false;
}

static bool is_ascii_stl(const char *head, size_t size)
{
	return size >= 6 && strncasecmp(head, "solid", 5) == 0 && memchr(head, '\0', size) == NULL &&
	    (memmem(head, size, "facet", 5) != NULL || memmem(head, size, "endsolid", 8) != NULL);
}

/* A binary file may well begin with "solid": the count decides. */
static bool is_binary_stl(const unsigned char *head, size_t head_size, int64_t size)
{
	uint32_t n;

	if (head_size < 84)
		return false;
	n = (uint32_t)head[80] | (uint32_t)head[81] << 8 | (uint32_t)head[82] << 16 |
	    (uint32_t)head[83] << 24;
	return n <= MAX_TRIANGLES && size == 84 + 50 * (int64_t)n;
}

bool filetype_fits(const struct filetype *t, const void *head, size_t head_size, int64_t size)
{
	bool text = memchr(head, '\0', head_size) == NULL;

	switch (t->kind) {
	case FILETYPE_STL:
		return is_binary_stl(head, head_size, size) || is_ascii_stl(head, head_size);
	case FILETYPE_GCODE:
		return text && some_line(head, head_size, is_gcode_line);
	case FILETYPE_OBJ:
		return text && some_line(head, head_size, is_obj_line);
	case FILETYPE_3MF:
		return head_size > 30 && memcmp(head, "PK\003\004", 4) == 0;
	}
	return false;
}

bool filetype_name_ok(const char *name)
{
	size_t size = strlen(name);

	return size >= 1 && size <= 255 && strpbrk(name, "/\\") == NULL && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0 && utf8_printable(name, size, false);
}

bool filetype_folder_ok(const char *folder)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789 _.-";
	int segments = 0;

	for (const char *p = folder;;) {
		size_t len = strcspn(p, "/");

		if (len < 1 || len > 64 || strspn(p, allowed) < len || ++segments > 5)
			return false;
		if (strspn(p, ".") == len && len <= 2)
			return false;
		if (p[len] == '\0')
			return true;
		p += len + 1;
	}
}
