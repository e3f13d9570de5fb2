/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/send.h"

#include <string.h>
#include <unistd.h>

#include "cgi/gate.h"

/* Values come from us or were checked; this is the last line against a smuggled header. */
static void header(struct buf *out, const char *name, const char *value)
{
	if (strpbrk(value, "\r\n") != NULL)
		return;
	buf_text(out, name); /* by parts: twenty headers are a part of every answer's price */
	buf_append(out, ": ", 2);
	buf_text(out, value);
	buf_append(out, "\r\n", 2);
}

static size_t send_file(struct req *rq, const struct answer *an)
{
	char *chunk = arena_alloc(rq->arena, 65536);
	int64_t left = an->length;
	size_t sent = 0;

	while (left > 0) {
		ssize_t n = pread(an->file, chunk, left > 65536 ? 65536 : (size_t)left,
		    (off_t)(an->offset + an->length - left));

		if (n <= 0 || !rq->gate->write(rq->gate, chunk, (size_t)n, n == left))
			break;
		left -= n;
		sent += (size_t)n;
	}
	return sent;
}

size_t send_answer(struct req *rq, struct answer *an)
{
	struct buf head = BUF_INIT;
	bool body = !rq->head && (an->body.size > 0 || (an->file >= 0 && an->length > 0)), ok;
	size_t sent = 0;

	buf_reserve(&head, 2048);
	buf_printf(&head, "Status: %d %s\r\n", an->status, answer_reason(an->status));
	if (an->type != NULL)
		header(&head, "Content-Type", an->type);
	for (int i = 0; i < an->headers; i++)
		header(&head, an->header[i].name, an->header[i].value);
	if (an->file >= 0)
		buf_printf(&head, "Content-Length: %lld\r\n", (long long)an->length);
	else if (an->status != 204 && an->status != 304 && !an->is_accel)
		buf_printf(&head, "Content-Length: %zu\r\n", an->body.size);
	buf_text(&head, "\r\n");
	ok = rq->gate->write(rq->gate, head.bytes, head.size, !body);
	buf_fini(&head);
	if (ok && !rq->head && an->body.size > 0 &&
	    rq->gate->write(rq->gate, an->body.bytes, an->body.size,
	        an->file < 0 || an->length == 0))
		sent = an->body.size;
	if (ok && !rq->head && an->file >= 0)
		sent = send_file(rq, an);
	if (an->file >= 0)
		close(an->file);
	an->file = -1;
	return sent;
}
