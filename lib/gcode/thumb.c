/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/thumb.h"

#include <assert.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

static const char png_magic[8] = "\x89PNG\r\n\x1a\n";

void thumb_init(struct thumb *t)
{
	memset(t, 0, sizeof(*t));
}

void thumb_fini(struct thumb *t)
{
	buf_fini(&t->text);
	buf_fini(&t->best);
}

const char *thumb_format_name(enum thumb_format f)
{
	switch (f) {
	case THUMB_PNG:
		return "PNG";
	case THUMB_JPG:
		return "JPG";
	case THUMB_QOI:
		return "QOI";
	}
	return "";
}

/* Past `word`, or NULL. */
static const char *after(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

/* Past "thumbnail", "thumbnail_JPG", ... and a blank, or NULL. */
static const char *keyword(const char *p, const char *end, enum thumb_format *format)
{
	static const struct {
		const char *word;
		enum thumb_format format;
	} words[] = { { "thumbnail ", THUMB_PNG }, { "thumbnail_PNG ", THUMB_PNG },
		{ "thumbnail_JPG ", THUMB_JPG }, { "thumbnail_QOI ", THUMB_QOI } };
	const char *q;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		q = after(p, end, words[i].word);
		if (q != NULL) {
			*format = words[i].format;
			return q;
		}
	}
	return NULL;
}

static const char *whole(const char *p, const char *end, unsigned *out)
{
	unsigned v = 0;

	while (p < end && *p == ' ')
		p++;
	if (p == end || *p < '0' || *p > '9')
		return NULL;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		v = v < 100000000u ? v * 10 + (unsigned)(*p - '0') : v;
	*out = v;
	return p;
}

static void begin(struct thumb *t, const char *p, const char *end, enum thumb_format format)
{
	unsigned width, height, length;

	t->open = t->wanted = false;
	p = whole(p, end, &width);
	if (p == NULL || p == end || (*p != 'x' && *p != 'X'))
		return;
	p = whole(p + 1, end, &height);
	if (p == NULL || whole(p, end, &length) == NULL)
		return;
	t->open = true;
	t->now = (struct thumb_entry){ width, height, format };
	buf_clear(&t->text);
	t->wanted = format == THUMB_PNG && width > 0 && height > 0 && width <= THUMB_MAX_SIDE &&
	    height <= THUMB_MAX_SIDE && length <= THUMB_MAX_TEXT &&
	    (uint64_t)width * height > (uint64_t)t->best_entry.width * t->best_entry.height;
	if (t->list_len < THUMB_LISTED)
		t->list[t->list_len++] = t->now;
}

static void finish(struct thumb *t)
{
	struct buf bytes = BUF_INIT;

	t->open = false;
	if (t->wanted && base64_decode(&bytes, buf_str(&t->text), t->text.size) &&
	    bytes.size > sizeof(png_magic) &&
	    memcmp(bytes.bytes, png_magic, sizeof(png_magic)) == 0) {
		buf_fini(&t->best);
		t->best = bytes;
		t->best_entry = t->now;
	} else {
		buf_fini(&bytes);
	}
	buf_fini(&t->text);
}

bool thumb_comment(struct thumb *t, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *q;
	enum thumb_format format;

	while (p < end && *p == ' ')
		p++;
	while (end > p && end[-1] == ' ')
		end--;
	if (p < end && *p == 't' && (q = keyword(p, end, &format)) != NULL) {
		if (after(q, end, "begin ") != NULL) {
			begin(t, q + 6, end, format);
			return true;
		}
		if (t->open && end - q == 3 && memcmp(q, "end", 3) == 0) {
			finish(t);
			return true;
		}
	}
	if (!t->open)
		return false;
	if (t->wanted) {
		t->wanted = t->text.size + (size_t)(end - p) <= THUMB_MAX_TEXT;
		if (t->wanted)
			buf_append(&t->text, p, (size_t)(end - p));
	}
	return true;
}

/* Each pixel of the result is the mean of the box it covers. */
static png_bytep shrink(const png_byte *from, unsigned w, unsigned h, unsigned *ow, unsigned *oh)
{
	unsigned longer = w > h ? w : h, x, y, i, u, v;
	png_bytep out;

	*ow = w * THUMB_MAX_SHOWN / longer > 0 ? w * THUMB_MAX_SHOWN / longer : 1;
	*oh = h * THUMB_MAX_SHOWN / longer > 0 ? h * THUMB_MAX_SHOWN / longer : 1;
	out = malloc((size_t)*ow * *oh * 4);
	assert(out != NULL);
	for (y = 0; y < *oh; y++) {
		for (x = 0; x < *ow; x++) {
			unsigned x0 = x * w / *ow, x1 = (x + 1) * w / *ow;
			unsigned y0 = y * h / *oh, y1 = (y + 1) * h / *oh, sum[4] = { 0 }, n;

			n = (x1 - x0) * (y1 - y0);
			for (v = y0; v < y1; v++)
				for (u = x0; u < x1; u++)
					for (i = 0; i < 4; i++)
						sum[i] += from[((size_t)v * w + u) * 4 + i];
			for (i = 0; i < 4; i++)
				out[((size_t)y * *ow + x) * 4 + i] = (png_byte)(sum[i] / n);
		}
	}
	return out;
}

static enum errc encode(const png_byte *pixels, unsigned w, unsigned h, struct buf *out,
    struct err *e)
{
	png_image image = { .version = PNG_IMAGE_VERSION, .width = w, .height = h,
		.format = PNG_FORMAT_RGBA };
	png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
	char *room = buf_reserve(out, size);

	if (!png_image_write_to_memory(&image, room, &size, 0, pixels, 0, NULL))
		return err_set(e, E_INTERNAL, "The picture cannot be written");
	out->size += size;
	out->bytes[out->size] = '\0';
	return E_OK;
}

enum errc thumb_clean_png(const void *bytes, size_t size, struct buf *out, struct err *e)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	png_bytep pixels = NULL, small = NULL;
	unsigned w, h;
	enum errc rc;

	if (!png_image_begin_read_from_memory(&image, bytes, size))
		return err_set(e, E_FORMAT, "The embedded picture is not a PNG");
	if (image.width > THUMB_MAX_SIDE || image.height > THUMB_MAX_SIDE) {
		png_image_free(&image);
		return err_set(e, E_LIMIT, "The embedded picture is too large");
	}
	image.format = PNG_FORMAT_RGBA;
	w = image.width;
	h = image.height;
	pixels = malloc(PNG_IMAGE_SIZE(image));
	assert(pixels != NULL);
	if (!png_image_finish_read(&image, NULL, pixels, 0, NULL)) {
		rc = err_set(e, E_FORMAT, "The embedded picture is damaged");
		goto out;
	}
	if (w > THUMB_MAX_SHOWN || h > THUMB_MAX_SHOWN)
		small = shrink(pixels, w, h, &w, &h);
	rc = encode(small != NULL ? small : pixels, w, h, out, e);
out:
	png_image_free(&image);
	free(pixels);
	free(small);
	return rc;
}

enum errc thumb_png(const struct thumb *t, struct buf *out, struct err *e)
{
	if (t->best.size == 0)
		return err_set(e, E_NOTFOUND, "The file has no embedded picture");
	return thumb_clean_png(t->best.bytes, t->best.size, out, e);
}
