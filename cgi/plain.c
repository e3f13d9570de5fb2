/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/plain.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static size_t taken;

bool plain_is_cgi(void)
{
	return getenv("GATEWAY_INTERFACE") != NULL && getenv("REQUEST_METHOD") != NULL;
}

static const char *plain_param(struct gate *g, const char *name)
{
	(void)g;
	return getenv(name);
}

/* CGI says: not more than CONTENT_LENGTH bytes, and the end of input is no promise. */
static ssize_t plain_read(struct gate *g, void *out, size_t size)
{
	const char *length = plain_param(g, "CONTENT_LENGTH");
	size_t promised = length == NULL ? 0 : (size_t)strtoull(length, NULL, 10);
	ssize_t got;

	if (length != NULL && size > promised - taken)
		size = promised - taken;
	if (size == 0)
		return 0;
	do
		got = read(STDIN_FILENO, out, size);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		taken += (size_t)got;
	return got;
}

static bool plain_write(struct gate *g, const void *bytes, size_t size, bool last)
{
	(void)g;
	(void)last;
	while (size > 0) {
		ssize_t put = write(STDOUT_FILENO, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		bytes = (const char *)bytes + put;
		size -= (size_t)put;
	}
	return true;
}

struct gate *plain_gate(void)
{
	static struct gate g = { plain_param, plain_read, plain_write };

	return &g;
}
