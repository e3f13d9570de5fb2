/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/fcgi.h"

#include <fcgiapp.h>
#include <stdlib.h>

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

static bool fcgi_write(struct gate *g, const void *bytes, size_t size)
{
	FCGX_Stream *out = ((struct fcgi_gate *)g)->request.out;

	while (size > 0) {
		int chunk = size > 1 << 20 ? 1 << 20 : (int)size;

		if (FCGX_PutStr(bytes, chunk, out) != chunk)
			return false;
		bytes = (const char *)bytes + chunk;
		size -= (size_t)chunk;
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
