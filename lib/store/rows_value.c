/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_value.h"

#include <ctype.h>
#include <string.h>

/* Type OIDs are fixed in the server's catalogue (pg_type.dat). Enums and everything else whose
 * OID is not known here are text. */
enum rows_kind rows_kind(unsigned type_oid)
{
	switch (type_oid) {
	case 16: /* bool */
		return ROWS_BOOL;
	case 20: /* int8 */
	case 21: /* int2 */
	case 23: /* int4 */
		return ROWS_WHOLE;
	case 700:  /* float4 */
	case 701:  /* float8 */
	case 1700: /* numeric */
		return ROWS_DECIMAL;
	case 114:  /* json */
	case 3802: /* jsonb */
		return ROWS_JSON;
	case 1184: /* timestamptz */
		return ROWS_TIME;
	case 1009: /* text[] */
	case 1015: /* varchar[] */
	case 2951: /* uuid[] */
		return ROWS_TEXTS;
	case 1005: /* int2[] */
	case 1007: /* int4[] */
	case 1016: /* int8[] */
		return ROWS_WHOLES;
	case 1021: /* float4[] */
	case 1022: /* float8[] */
	case 1231: /* numeric[] */
		return ROWS_DECIMALS;
	default: /* not our enum: the server's list is open */
		return ROWS_TEXT;
	}
}

static void decimal(struct sink *s, const char *name, const char *value)
{
	const char *digits = value + (*value == '-');
	char text[512];
	size_t len = strlen(value);

	if (!isdigit((unsigned char)*digits)) { /* NaN, Infinity */
		sink_null(s, name);
		return;
	}
	if (len >= sizeof text || strchr(value, '.') == NULL || strpbrk(value, "eE") != NULL) {
		sink_number(s, name, value);
		return;
	}
	memcpy(text, value, len + 1);
	while (text[len - 1] == '0')
		text[--len] = '\0';
	if (text[len - 1] == '.')
		text[--len] = '\0';
	sink_number(s, name, strcmp(text, "-0") == 0 ? "0" : text);
}

/* "2025-11-12 10:30:00.5+00" becomes "2025-11-12T10:30:00.500Z". */
static void instant(struct sink *s, const char *name, const char *value, size_t size)
{
	char text[64] = "";
	size_t len = 0, fraction;
	const char *p = value;

	if (size < 19 || size > 40 || !isdigit((unsigned char)*value)) { /* infinity, -infinity */
		sink_null(s, name);
		return;
	}
	for (; *p != '\0' && *p != '.' && *p != '+'; p++)
		text[len++] = *p == ' ' ? 'T' : *p;
	if (*p == '.')
		p++;
	text[len++] = '.';
	for (fraction = 0; fraction < 3; fraction++)
		text[len++] = isdigit((unsigned char)*p) ? *p++ : '0';
	text[len++] = 'Z';
	sink_textn(s, name, text, len);
}

static void element(struct sink *s, enum rows_kind kind, const char *text, size_t len, bool null)
{
	if (null)
		sink_null(s, NULL);
	else if (kind == ROWS_TEXTS)
		sink_textn(s, NULL, text, len);
	else if (kind == ROWS_WHOLES)
		sink_number(s, NULL, text);
	else
		decimal(s, NULL, text);
}

/* One element of {a,"b c",NULL} unescaped into out; gives the place behind it. */
static const char *unquote(const char *p, struct buf *out, bool *quoted)
{
	buf_clear(out);
	*quoted = *p == '"';
	if (!*quoted) {
		const char *end = p + strcspn(p, ",}");

		buf_append(out, p, (size_t)(end - p));
		return end;
	}
	for (p++; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		buf_char(out, *p);
	}
	return *p == '"' ? p + 1 : p;
}

static void list(struct sink *s, const char *name, enum rows_kind kind, const char *value)
{
	struct buf one = BUF_INIT;
	const char *p = value;

	sink_begin_list(s, name);
	if (*p == '{' && p[1] != '}' && p[1] != '\0') {
		do {
			bool quoted;

			p = unquote(p + 1, &one, &quoted);
			element(s, kind, buf_str(&one), one.size,
			    !quoted && strcmp(buf_str(&one), "NULL") == 0);
		} while (*p == ',');
	}
	sink_end_list(s);
	buf_fini(&one);
}

void rows_value(struct sink *s, const char *name, enum rows_kind kind, const char *value,
    size_t size)
{
	switch (kind) {
	case ROWS_TEXT:
		sink_textn(s, name, value, size);
		break;
	case ROWS_BOOL:
		sink_bool(s, name, *value == 't');
		break;
	case ROWS_WHOLE:
		sink_number(s, name, value);
		break;
	case ROWS_DECIMAL:
		decimal(s, name, value);
		break;
	case ROWS_JSON:
		sink_json(s, name, value, size);
		break;
	case ROWS_TIME:
		instant(s, name, value, size);
		break;
	case ROWS_TEXTS:
	case ROWS_WHOLES:
	case ROWS_DECIMALS:
		list(s, name, kind, value);
		break;
	}
}
