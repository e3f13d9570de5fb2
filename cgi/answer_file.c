/* SPDX-License-Identifier: Apache-2.0 */
/* Stored files as answers: nginx sends them (X-Accel-Redirect) where it offers to, else this
 * process does, with one range. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgi/answer.h"
#include "cgi/gate.h"
#include "store/files.h"

/* RFC 6266: an ASCII stand-in for old clients, the real name percent-encoded beside it. */
static const char *disposition(struct arena *a, const char *kind, const char *name)
{
	struct buf out = BUF_INIT;
	const char *text;

	buf_printf(&out, "%s; filename=\"", kind);
	for (const char *p = name; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c >= 0x80 && (c & 0xc0) == 0x80)
			continue; /* one underscore for a character of several bytes */
		buf_char(&out, c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '%' ? '_' :
		    (char)c);
	}
	buf_text(&out, "\"; filename*=UTF-8''");
	for (const char *p = name; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    strchr("-._~", c) != NULL)
			buf_char(&out, (char)c);
		else
			buf_printf(&out, "%%%02X", c);
	}
	text = arena_str(a, buf_str(&out));
	buf_fini(&out);
	return text;
}

static bool digits(const char **p, int64_t *out)
{
	const char *start = *p;

	for (*out = 0; **p >= '0' && **p <= '9'; (*p)++) {
		if (*out > INT64_MAX / 10 - 10)
			return false;
		*out = *out * 10 + (**p - '0');
	}
	return *p != start;
}

enum range { RANGE_NONE, RANGE_PART, RANGE_BAD };

/* One byte range; several are answered with the whole file, as RFC 9110 allows. */
static enum range read_range(const char *text, int64_t size, int64_t *from, int64_t *len)
{
	int64_t last;

	if (text == NULL || strncmp(text, "bytes=", 6) != 0 || strchr(text, ',') != NULL)
		return RANGE_NONE;
	text += 6;
	if (*text == '-') {
		text++;
		if (!digits(&text, &last) || *text != '\0')
			return RANGE_NONE;
		*len = last > size ? size : last;
		*from = size - *len;
		return *len == 0 ? RANGE_BAD : RANGE_PART;
	}
	if (!digits(&text, from) || *text++ != '-')
		return RANGE_NONE;
	last = size - 1;
	if (*text != '\0' && (!digits(&text, &last) || *text != '\0' || last < *from))
		return RANGE_NONE;
	if (*from >= size)
		return RANGE_BAD;
	*len = (last >= size ? size - 1 : last) - *from + 1;
	return RANGE_PART;
}

static const struct answer *send_ourselves(struct req *rq, struct answer *an, int fd)
{
	struct stat st;
	const char *etag;
	int64_t from = 0, len;

	if (fstat(fd, &st) != 0) {
		close(fd);
		return answer_fail(rq, 404, NULL, "File not found");
	}
	len = st.st_size;
	etag = arena_printf(rq->arena, "\"%llx-%llx\"", (long long)st.st_mtim.tv_sec,
	    (long long)st.st_size);
	answer_header(an, "ETag", etag);
	answer_header(an, "Accept-Ranges", "bytes");
	switch (read_range(req_header(rq, "Range"), st.st_size, &from, &len)) {
	case RANGE_NONE:
		break;
	case RANGE_PART:
		an->status = 206;
		answer_header(an, "Content-Range", arena_printf(rq->arena, "bytes %lld-%lld/%lld",
		    (long long)from, (long long)(from + len - 1), (long long)st.st_size));
		break;
	case RANGE_BAD:
		close(fd);
		answer_fail(rq, 416, NULL, NULL);
		answer_header(rq->answer, "Content-Range", arena_printf(rq->arena, "bytes */%lld",
		    (long long)st.st_size));
		return rq->answer;
	}
	an->file = fd;
	an->offset = from;
	an->length = len;
	return an;
}

const struct answer *answer_stored(struct req *rq, const struct answer_file *f)
{
	const char *prefix = rq->gate->param(rq->gate, "PLATEN_XACCEL");
	struct answer *an;
	struct err e;
	int fd;

	if (prefix == NULL || *prefix == '\0') {
		if (files_open(rq->app->files, f->path, "", &fd, &e) != E_OK)
			return answer_fail(rq, 404, NULL, "File not found");
		an = answer_new(rq, 200, f->type);
		send_ourselves(rq, an, fd);
		an = rq->answer;
	} else {
		an = answer_new(rq, 200, f->type);
		an->is_accel = true;
		answer_header(an, "X-Accel-Redirect", arena_printf(rq->arena, "%s%s", prefix, f->path));
	}
	answer_header(an, "Content-Disposition", disposition(rq->arena, f->is_attachment ?
	    "attachment" : "inline", f->name));
	answer_header(an, "Cache-Control", f->cache == NULL ? "private, no-cache" : f->cache);
	return an;
}
