/* SPDX-License-Identifier: Apache-2.0 */
#include "model/settings_check.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo"

/* The bytes behind the scheme, or NULL. */
static const char *behind_scheme(const char *text)
{
	if (strncmp(text, "https://", 8) == 0)
		return text + 8;
	return strncmp(text, "http://", 7) == 0 ? text + 7 : NULL;
}

static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (!isgraph((unsigned char)*text) || strchr("\"<>\\^`{|}", *text) != NULL)
			return false;
	return true;
}

bool settings_url_ok(const char *text)
{
	const char *host = behind_scheme(text);

	return host != NULL && is_plain(text) && strcspn(host, "/?#") > 0;
}

/* scheme://key[:secret]@host[:port]/[path/]project */
bool settings_dsn_ok(const char *text)
{
	const char *key = behind_scheme(text), *at = strchr(text, '@'), *slash;

	if (key == NULL || at == NULL || at == key || !is_plain(text))
		return false;
	slash = strrchr(at, '/');
	return slash != NULL && strcspn(at + 1, "/?#@") > 0 && slash[1] != '\0' &&
	    strpbrk(at, "?#") == NULL && strchr(at + 1, '@') == NULL;
}

bool settings_origins_ok(const char *text)
{
	char one[256];

	while (*text != '\0') {
		size_t len = strcspn(text, ", ");
		const char *host;

		if (len > 0) {
			snprintf(one, sizeof one, "%.*s", (int)len, text);
			host = behind_scheme(one);
			if (len >= sizeof one || !settings_url_ok(one) ||
			    strcspn(host, "/?#") < strlen(host) - (host[strlen(host) - 1] == '/'))
				return false;
		}
		text += len;
		text += strspn(text, ", ");
	}
	return true;
}

bool settings_zone_ok(const char *text)
{
	char path[200];

	if (strcmp(text, "UTC") == 0)
		return true;
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("/_+-", *p) == NULL)
			return false;
	if (*text == '\0' || *text == '/' ||
	    snprintf(path, sizeof path, "%s/%s", ZONES, text) >= (int)sizeof path)
		return false;
	/* Where the host has no zones, the database will say what it does not know. */
	return access(path, R_OK) == 0 || access(ZONES, X_OK) != 0;
}

static bool port_ok(const char *text)
{
	char *end;
	long port = strtol(text, &end, 10);

	return isdigit((unsigned char)*text) && *end == '\0' && port > 0 && port < 65536;
}

static bool address_ok(const char *text, size_t len, int *bits)
{
	unsigned char bytes[16];
	char one[64];

	if (len >= sizeof one)
		return false;
	snprintf(one, sizeof one, "%.*s", (int)len, text);
	*bits = strchr(one, ':') != NULL ? 128 : 32;
	return inet_pton(*bits == 128 ? AF_INET6 : AF_INET, one, bytes) == 1;
}

bool settings_listen_ok(const char *text)
{
	const char *colon = strrchr(text, ':');
	int bits;

	if (colon == NULL || !port_ok(colon + 1))
		return false;
	if (*text == '[')
		return colon[-1] == ']' && address_ok(text + 1, (size_t)(colon - text) - 2, &bits) &&
		    bits == 128;
	return strncmp(text, "localhost:", 10) == 0 ||
	    (address_ok(text, (size_t)(colon - text), &bits) && bits == 32);
}

static bool network_ok(const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t name = slash == NULL ? len : (size_t)(slash - text);
	char *end;
	long mask;
	int bits;

	if (!address_ok(text, name, &bits))
		return false;
	if (slash == NULL)
		return true;
	mask = strtol(slash + 1, &end, 10);
	return isdigit((unsigned char)slash[1]) && end == text + len && mask >= 0 && mask <= bits;
}

bool settings_networks_ok(const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ", ");

		if (len > 0 && !network_ok(text, len))
			return false;
		text += len;
		text += strspn(text, ", ");
	}
	return true;
}

bool settings_bed_ok(const char *text)
{
	char *end;
	double degrees;

	if (strcmp(text, "keep") == 0)
		return true;
	degrees = strtod(text, &end);
	return isdigit((unsigned char)*text) && *end == '\0' && degrees <= 200;
}

bool settings_absolute_ok(const char *text)
{
	return *text == '/';
}
