/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/fcgi.h"

#include <errno.h>
#include <fcgiapp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/uio.h>

/* libfcgi sends records of 8 kB, each its own write and its own wake-up of the web server. What is
 * larger than half of that goes past its buffer in records as large as the protocol allows. */
#define DIRECT     4096u
#define MAX_RECORD 65528u /* 16 bits, and a multiple of eight: no padding */

struct fcgi_gate {
	struct gate gate;
	FCGX_Request request;
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

/* All of both parts; the socket blocks. */
static bool send_all(int fd, struct iovec part[2])
{
	struct iovec *p = part;
	int left = 2;

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

static bool send_record(const FCGX_Request *rq, const char *bytes, size_t size)
{
	uint8_t head[8] = { 1 /* version */, 6 /* FCGI_STDOUT */, (uint8_t)(rq->requestId >> 8),
		(uint8_t)rq->requestId, (uint8_t)(size >> 8), (uint8_t)size, 0, 0 };
	struct iovec part[2] = { { head, sizeof head }, { (void *)(uintptr_t)bytes, size } };

	return send_all(rq->ipcFd, part);
}

static bool fcgi_write(struct gate *g, const void *bytes, size_t size)
{
	FCGX_Request *rq = &((struct fcgi_gate *)g)->request;
	const char *p = bytes;

	if (size <= DIRECT)
		return FCGX_PutStr(p, (int)size, rq->out) == (int)size;
	if (FCGX_FFlush(rq->out) != 0)
		return false;
	while (size > 0) {
		size_t chunk = size > MAX_RECORD ? MAX_RECORD : size;

		if (!send_record(rq, p, chunk))
			return false;
		p += chunk;
		size -= chunk;
	}
	return true;
}

static volatile int stopping;

bool fcgi_serve(int listener, void (*serve)(void *ctx, struct gate *g), void *ctx)
{
	struct fcgi_gate fg = { .gate = { fcgi_param, fcgi_read, fcgi_write } };

	if (FCGX_Init() != 0 || FCGX_InitRequest(&fg.request, listener, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return false;
	while (!stopping) {
		if (FCGX_Accept_r(&fg.request) != 0) {
			if (!stopping)
				continue;
			break;
		}
		serve(ctx, &fg.gate);
		FCGX_Finish_r(&fg.request);
	}
	return true;
}

void fcgi_stop(void)
{
	stopping = 1;
	FCGX_ShutdownPending();
}
