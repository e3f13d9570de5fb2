/* SPDX-License-Identifier: Apache-2.0 */
#include "live/rules.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"

#define SPACE " \t"

bool rules_origin_ok(const char *origin, const char *host, const char *const *lists, size_t len)
{
	const char *authority = strstr(origin, "://");
	size_t size = strlen(origin);

	if (authority != NULL && host != NULL && strcasecmp(authority + 3, host) == 0)
		return true;
	for (size_t i = 0; i < len; i++) {
		const char *p = lists[i];

		while (p != NULL && *p != '\0') {
			size_t n;

			p += strspn(p, "," SPACE);
			n = strcspn(p, "," SPACE);
			if (n > 0 && p[n - 1] == '/') {
				if (n - 1 == size && strncasecmp(p, origin, size) == 0)
					return true;
			} else if (n == size && strncasecmp(p, origin, size) == 0) {
				return true;
			}
			p += n;
		}
	}
	return false;
}

char *rules_cookie(const char *header, const char *name)
{
	size_t len = strlen(name);

	while (header != NULL && *header != '\0') {
		size_t n;

		header += strspn(header, ";" SPACE);
		n = strcspn(header, ";");
		if (n > len && header[len] == '=' && strncmp(header, name, len) == 0) {
			const char *value = header + len + 1;

			n -= len + 1;
			while (n > 0 && strchr(SPACE, value[n - 1]) != NULL)
				n--;
			return n == 0 ? NULL : strndup(value, n);
		}
		header += n;
	}
	return NULL;
}

bool rules_has_token(const char *header, const char *token)
{
	size_t len = strlen(token);

	while (header != NULL && *header != '\0') {
		size_t n;

		header += strspn(header, "," SPACE);
		n = strcspn(header, "," SPACE);
		if (n == len && strncasecmp(header, token, len) == 0)
			return true;
		header += n;
	}
	return false;
}

const char *rules_bearer(const char *header)
{
	if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0 || header[7] == ' ' ||
	    header[7] == '\0')
		return NULL;
	return header + 7;
}

void rules_accept(const char *key, struct buf *out)
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	struct buf text = BUF_INIT;
	uint8_t digest[20];

	buf_text(&text, key);
	buf_text(&text, guid);
	sha1(text.bytes, text.size, digest);
	base64_encode(out, digest, sizeof digest);
	buf_fini(&text);
}

bool rules_listen(const char *text, char host[64], char port[8])
{
	const char *colon = strrchr(text, ':'), *end = colon;
	size_t len;

	if (colon == NULL || strlen(colon + 1) == 0 || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	if (*text == '[') {
		text++;
		end = strchr(text, ']');
		if (end == NULL || end + 1 != colon)
			return false;
	}
	len = (size_t)(end - text);
	if (len == 0 || len >= 64)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	memcpy(port, colon + 1, strlen(colon + 1) + 1);
	return true;
}
