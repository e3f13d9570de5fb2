/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum errc err_set(struct err *e, enum errc code, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	memset(e, 0, sizeof *e);
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->message, sizeof e->message, fmt, ap);
	va_end(ap);
	return code;
}

enum errc err_field(struct err *e, enum errc code, const char *field, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return code;
	memset(e, 0, sizeof *e);
	e->code = code;
	snprintf(e->field, sizeof e->field, "%s", field);
	va_start(ap, fmt);
	vsnprintf(e->message, sizeof e->message, fmt, ap);
	va_end(ap);
	return code;
}

enum errc err_detail(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL)
		return E_INTERNAL;
	va_start(ap, fmt);
	vsnprintf(e->detail, sizeof e->detail, fmt, ap);
	va_end(ap);
	return e->code;
}

enum errc err_kind(struct err *e, const char *kind)
{
	if (e == NULL)
		return E_INTERNAL;
	snprintf(e->kind, sizeof e->kind, "%s", kind);
	return e->code;
}

enum errc err_errno(struct err *e, const char *what)
{
	int saved = errno;
	bool full = saved == ENOSPC || saved == EDQUOT;
	enum errc code = full ? E_UNAVAILABLE : E_IO;

	err_set(e, code, full ? "The disk is full" : "A file or device could not be used");
	err_detail(e, "%s: %s", what, strerror(saved));
	return code;
}

const char *errc_name(enum errc code)
{
	static const char *const names[] = {
		[E_OK] = "ok",
		[E_INVALID] = "invalid",
		[E_UNAUTHORIZED] = "unauthorized",
		[E_DENIED] = "denied",
		[E_NOTFOUND] = "not_found",
		[E_CONFLICT] = "conflict",
		[E_STATE] = "state",
		[E_BUSY] = "busy",
		[E_LIMIT] = "limit",
		[E_TIMEOUT] = "timeout",
		[E_OFFLINE] = "offline",
		[E_UNAVAILABLE] = "unavailable",
		[E_IO] = "io",
		[E_FORMAT] = "format",
		[E_INTERNAL] = "internal",
	};

	if ((size_t)code >= sizeof names / sizeof *names)
		return "unknown";
	return names[code];
}
