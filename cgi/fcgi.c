/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

/* Answers go past libfcgi's stream, which sends records of 8 kB, each its own write and its own
 * wake-up of the web server. Head, body and end of a usual answer are one write here. */
#define MAX_RECORD 65528u /* 16 bits, and a multiple of eight: no padding */
#define MAX_HEAD   8192u

enum record { RECORD_END = 3, RECORD_STDOUT = 6 }; /* FastCGI 1.0, section 8 */

struct fcgi_gate {
	struct gate gate;
	FCGX_Request request;
	char held[MAX_HEAD]; /* small writes waiting for company */
	size_t len;
	bool is_broken;
};

static const char *fcgi_param(struct gate *g, const char *name)
{
	return FCGX_GetParam(name, ((struct fcgi_gate *)g)->request.envp);
}

static ssize_t fcgi_read(struct gate *g, void *out, size_t size)
{
	FCGX_Stream *in = ((struct fcgi_gate *)g)->request.in;
	int got = FCGX_GetStr(out, size > 1 << 20 ? 1 << 20 : (int)size, in);

	/* A client that goes away mid-body looks like the end; only the error tells. */
	if (got <= 0 && FCGX_GetError(in) != 0)
		return -1;
	return got < 0 ? -1 : got;
}

/* All parts; the socket blocks. */
static bool send_all(int fd, struct iovec *p, int left)
{
	while (left > 0) {
		ssize_t n = writev(fd, p, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		for (; left > 0 && (size_t)n >= p->iov_len; left--)
			n -= (ssize_t)p++->iov_len;
		if (left > 0) {
			p->iov_base = (char *)p->iov_base + n;
			p->iov_len -= (size_t)n;
		}
	}
	return true;
}

static size_t record_head(uint8_t *out, const FCGX_Request *rq, enum record type, size_t size)
{
	const uint8_t head[8] = { 1 /* version */, (uint8_t)type, (uint8_t)(rq->requestId >> 8),
		(uint8_t)rq->requestId, (uint8_t)(size >> 8), (uint8_t)size, 0, 0 };

	memcpy(out, head, sizeof head);
	return sizeof head;
}

static struct iovec part(const void *bytes, size_t size)
{
	return (struct iovec){ (void *)(uintptr_t)bytes, size };
}

/* What was held, then `size` bytes of at most one record, then the end if this is it. */
static bool send_records(struct fcgi_gate *fg, const void *bytes, size_t size, bool last)
{
	uint8_t first[8], second[8], end[24] = { 0 };
	struct iovec parts[5];
	int n = 0;

	if (fg->len > 0) {
		parts[n++] = part(first, record_head(first, &fg->request, RECORD_STDOUT, fg->len));
		parts[n++] = part(fg->held, fg->len);
	}
	if (size > 0) {
		parts[n++] = part(second, record_head(second, &fg->request, RECORD_STDOUT, size));
		parts[n++] = part(bytes, size);
	}
	if (last) { /* the stream is over; the request is, with status 0 */
		record_head(end, &fg->request, RECORD_STDOUT, 0);
		record_head(end + 8, &fg->request, RECORD_END, 8);
		parts[n++] = part(end, sizeof end);
	}
	fg->len = 0;
	fg->is_broken = fg->is_broken || !send_all(fg->request.ipcFd, parts, n);
	return !fg->is_broken;
}

static bool fcgi_write(struct gate *g, const void *bytes, size_t size, bool last)
{
	struct fcgi_gate *fg = (struct fcgi_gate *)g;
	const char *p = bytes;

	if (!last && fg->len + size <= sizeof fg->held) {
		memcpy(fg->held + fg->len, p, size);
		fg->len += size;
		return true;
	}
	while (size > MAX_RECORD) {
		if (!send_records(fg, p, MAX_RECORD, false))
			return false;
		p += MAX_RECORD;
		size -= MAX_RECORD;
	}
	return send_records(fg, p, size, last);
}

/* The web server has sent all it will: no byte of it is left to be lost by closing. */
static bool is_drained(FCGX_Request *rq)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", rq->envp);

	return (length == NULL || *length == '\0') && FCGX_GetChar(rq->in) == EOF;
}

/* libfcgi waits for the web server to close first, for the sake of a request that was not read to
 * its end; a usual one has nothing to wait for. */
static void finish(struct fcgi_gate *fg)
{
	if (is_drained(&fg->request))
		FCGX_Detach(&fg->request);
	FCGX_Free(&fg->request, 1);
}

static volatile int stopping;

bool fcgi_serve(int listener, void (*serve)(void *ctx, struct gate *g), void *ctx)
{
	static struct fcgi_gate fg = { .gate = { fcgi_param, fcgi_read, fcgi_write } };

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fg.request, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return false;
	while (!stopping) {
		if (FCGX_Accept_r(&fg.request) != 0) {
			if (!stopping)
				continue;
			break;
		}
		fg.len = 0;
		fg.is_broken = false;
		serve(ctx, &fg.gate);
		finish(&fg);
	}
	return true;
}

void fcgi_stop(void)
{
	stopping = 1;
	FCGX_ShutdownPending();
}
