/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/layers.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gcode/line.h"
#include "gcode/scan.h"

void layers_init(struct layers *l)
{
	memset(l, 0, sizeof(*l));
	l->dialect = LAYERS_Z;
	l->top = -INFINITY;
}

void layers_fini(struct layers *l)
{
	free(l->list);
	l->list = NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool begins(const char *text, size_t len, const char *word, size_t word_len)
{
	return len >= word_len && strncasecmp(text, word, word_len) == 0;
}

/* Digits up to the end, a blank, or (when allowed) a comma. */
static bool whole_number(const char *p, const char *end, bool comma)
{
	if (p == end || !is_digit(*p))
		return false;
	while (p < end && is_digit(*p))
		p++;
	return p == end || *p == ' ' || *p == '\t' || (comma && *p == ',');
}

enum layers_dialect layers_marker(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	len = (size_t)(end - p);
	if (begins(p, len, "LAYER:", 6)) {
		p += 6;
		while (p < end && *p == ' ')
			p++;
		p += p < end && *p == '-';
		return whole_number(p, end, false) ? LAYERS_CURA : LAYERS_Z;
	}
	if (len == 12 && begins(p, len, "LAYER_CHANGE", 12))
		return LAYERS_PRUSA;
	if (len == 12 && begins(p, len, "CHANGE_LAYER", 12))
		return LAYERS_BAMBU;
	if (begins(p, len, "layer ", 6) && whole_number(p + 6, end, true))
		return LAYERS_S3D;
	return LAYERS_Z;
}

static void add(struct layers *l, uint64_t offset, uint32_t command)
{
	struct index_layer *layer;

	l->count++;
	l->z_wanted = false;
	if (l->list_len == LAYERS_KEPT)
		return;
	if (l->list_len == l->list_cap) {
		l->list_cap = l->list_cap == 0 ? 64 : l->list_cap * 2;
		l->list = realloc(l->list, l->list_cap * sizeof(l->list[0]));
		assert(l->list != NULL);
	}
	layer = &l->list[l->list_len++];
	layer->offset = offset;
	layer->command = command;
	layer->z_um = 0;
	l->z_wanted = true;
}

void layers_comment(struct layers *l, const char *text, size_t len, uint64_t offset,
    uint32_t command)
{
	enum layers_dialect found = layers_marker(text, len);

	if (found == LAYERS_Z || found < l->dialect)
		return;
	if (found > l->dialect) {
		l->dialect = found;
		l->count = l->list_len = 0;
	}
	add(l, offset, command);
}

static void set_height(struct layers *l, double z)
{
	l->list[l->list_len - 1].z_um = z > 0 && z < 4e3 ? (uint32_t)lround(z * 1000.0) : 0;
	l->z_wanted = false;
}

void layers_extrude(struct layers *l, double z, uint64_t offset, uint32_t command)
{
	if (l->dialect == LAYERS_Z && z > l->top + 1e-9) {
		l->top = z;
		add(l, offset, command);
	}
	if (l->z_wanted)
		set_height(l, z);
}

double layers_height(const struct layers *l)
{
	if (l->list_len < 3 || l->list[1].z_um == 0 || l->list[2].z_um <= l->list[1].z_um)
		return 0.0;
	return (l->list[2].z_um - l->list[1].z_um) / 1000.0;
}

bool layers_range(const struct index *ix, uint32_t i, uint64_t *from, uint64_t *to)
{
	if (i >= ix->layers_len)
		return false;
	*from = ix->layers[i].offset;
	*to = i + 1 < ix->layers_len ? ix->layers[i + 1].offset : ix->file_size;
	return true;
}

struct emitter {
	void (*emit)(void *ctx, const char *cmd, size_t len);
	void *ctx;
};

static void emit_line(void *ctx, const struct scan_line *line)
{
	const struct emitter *e = ctx;
	char cmd[1024];
	size_t len = gcode_strip(line->text, line->len, cmd, sizeof(cmd));

	if (len > 0)
		e->emit(e->ctx, cmd, len < sizeof(cmd) ? len : sizeof(cmd) - 1);
}

void layers_commands(const char *bytes, size_t size,
    void (*emit)(void *ctx, const char *cmd, size_t len), void *ctx)
{
	struct emitter e = { emit, ctx };
	struct scan s;

	scan_init(&s, emit_line, &e);
	scan_feed(&s, bytes, size);
	scan_end(&s);
	scan_fini(&s);
}
