/* SPDX-License-Identifier: Apache-2.0 */
#include "model/command_gcode.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MAX_LEN 100

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool command_gcode_ok(const char *text)
{
	size_t len = strlen(text);

	if (len < 1 || len > MAX_LEN || !is_letter(*text))
		return false;
	text++;
	while (*text >= '0' && *text <= '9')
		text++;
	while (*text != '\0') {
		size_t blanks = strspn(text, " \t"), value;

		text += blanks;
		if (blanks == 0 || !is_letter(*text))
			return false;
		value = strspn(++text, "-.0123456789");
		if (value == 0)
			return false;
		text += value;
	}
	return true;
}

bool command_gcode_is(const char *text, const char *code)
{
	size_t len = strlen(code);

	return strncasecmp(text, code, len) == 0 && !isdigit((unsigned char)text[len]);
}

static bool listed(const char *text, const char *const *list)
{
	for (; *list != NULL; list++)
		if (command_gcode_is(text, *list))
			return true;
	return false;
}

/* A move of the extruder alone. Z is left out: without the positioning mode nobody can say
 * whether it would go up or into the part. */
static bool is_extrusion(const char *text)
{
	bool has_e = false;

	if (!command_gcode_is(text, "G0") && !command_gcode_is(text, "G1"))
		return false;
	for (const char *p = text + 2; *p != '\0'; p++) {
		if (!is_letter(*p))
			continue;
		if (toupper((unsigned char)*p) == 'E')
			has_e = true;
		else if (toupper((unsigned char)*p) != 'F')
			return false;
	}
	return has_e;
}

bool command_gcode_fits_job(const char *text, bool paused)
{
	static const char *const always[] = { "M104", "M140", "M141", "M106", "M107", "M220", "M221",
		"M105", "M114", "M115", "M117", "M118", "M155", "M300", "M355", "M290", "M851", "M108",
		"M410", "M112", NULL };
	static const char *const in_pause[] = { "M701", "M702", "M600", NULL };

	return listed(text, always) || (paused && (listed(text, in_pause) || is_extrusion(text)));
}

bool command_gcode_is_storage(const char *text)
{
	static const char *const list[] = { "M20", "M21", "M22", "M23", "M24", "M25", "M26", "M27",
		"M28", "M29", "M30", "M32", "M33", "M34", "M524", "M928", NULL };

	return listed(text, list);
}
