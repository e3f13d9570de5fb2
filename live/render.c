/* SPDX-License-Identifier: Apache-2.0 */
#include "live/render.h"

#include <string.h>

#define MEDIA_LIFE (24 * 3600 * USEC_PER_SEC)

/* Prints into JSON, but inside the member `currentJob` only what demo clients may see. */
struct demo_sink {
	struct sink sink;
	struct json_sink to;
	int depth, inside; /* inside: depth at which currentJob was opened, 0: not inside */
};

static struct demo_sink *demo_of(struct sink *s)
{
	return (struct demo_sink *)s; /* the sink is its first member */
}

static bool shown(const struct demo_sink *d, const char *name)
{
	return d->inside == 0 || (d->depth == d->inside && name != NULL &&
	    (strcmp(name, "progress") == 0 || strcmp(name, "timeRemaining") == 0));
}

static void demo_begin(struct sink *s, const char *name)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_begin_object(&d->to.sink, name);
	d->depth++;
	if (d->inside == 0 && name != NULL && strcmp(name, "currentJob") == 0)
		d->inside = d->depth;
}

static void demo_end(struct sink *s)
{
	struct demo_sink *d = demo_of(s);

	if (d->inside == 0 || d->depth == d->inside)
		sink_end_object(&d->to.sink);
	if (d->depth == d->inside)
		d->inside = 0;
	d->depth--;
}

static void demo_begin_list(struct sink *s, const char *name)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_begin_list(&d->to.sink, name);
}

static void demo_end_list(struct sink *s)
{
	struct demo_sink *d = demo_of(s);

	if (d->inside == 0)
		sink_end_list(&d->to.sink);
}

static void demo_text(struct sink *s, const char *name, const char *value, size_t len)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_textn(&d->to.sink, name, value, len);
}

static void demo_number(struct sink *s, const char *name, const char *decimal)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_number(&d->to.sink, name, decimal);
}

static void demo_boolean(struct sink *s, const char *name, bool value)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_bool(&d->to.sink, name, value);
}

static void demo_null(struct sink *s, const char *name)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_null(&d->to.sink, name);
}

static void demo_json(struct sink *s, const char *name, const char *text, size_t len)
{
	struct demo_sink *d = demo_of(s);

	if (shown(d, name))
		sink_json(&d->to.sink, name, text, len);
}

static const struct sink_ops demo_ops = { .begin_object = demo_begin, .end_object = demo_end,
	.begin_list = demo_begin_list, .end_list = demo_end_list, .text = demo_text,
	.number = demo_number, .boolean = demo_boolean, .null = demo_null, .json = demo_json };

/* ---- rows ---- */

struct media {
	const struct ticket_keys *keys;
	struct arena *arena;
};

static const char *sign(void *ctx, const char *column, const char *value)
{
	const struct media *m = ctx;

	(void)column;
	if (value == NULL || *value == '\0')
		return NULL;
	return ticket_media_url(m->keys, arena_printf(m->arena, "/api/media/%s", value), NULL,
	    clock_wall() + MEDIA_LIFE, m->arena);
}

static void copy(struct sink *s, const char *name, const struct pg_result *r, int row,
    const char *column)
{
	const char *text = pg_get(r, row, column);

	if (text == NULL)
		sink_null(s, name);
	else
		sink_real(s, name, pg_get_real(r, row, column));
}

static void pair(struct sink *s, const char *name, const struct pg_result *r, int row,
    const char *const columns[2])
{
	if (pg_get(r, row, columns[0]) == NULL) {
		sink_null(s, name);
		return;
	}
	sink_begin_object(s, name);
	copy(s, "actual", r, row, columns[0]);
	copy(s, "target", r, row, columns[1]);
	sink_end_object(s);
}

static void close_with_time(struct sink *s, const struct pg_result *r, int row)
{
	sink_text(s, "printerId", pg_get(r, row, "printerId"));
	sink_int(s, "timestamp", pg_get_int(r, row, "_ms"));
	sink_end_object(s);
}

static void temperature(const struct pg_result *r, int row, struct buf *out)
{
	static const char *const hotend[] = { "temperatures.hotend.actual",
		"temperatures.hotend.target" };
	static const char *const bed[] = { "temperatures.bed.actual", "temperatures.bed.target" };
	static const char *const chamber[] = { "temperatures.chamber?.actual",
		"temperatures.chamber.target" };
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	pair(&js.sink, "hotend", r, row, hotend);
	pair(&js.sink, "bed", r, row, bed);
	pair(&js.sink, "chamber", r, row, chamber);
	copy(&js.sink, "hotendTemp", r, row, "temperatures.hotendTemp");
	copy(&js.sink, "hotendTarget", r, row, "temperatures.hotendTarget");
	copy(&js.sink, "bedTemp", r, row, "temperatures.bedTemp");
	copy(&js.sink, "bedTarget", r, row, "temperatures.bedTarget");
	copy(&js.sink, "chamberTemp", r, row, "temperatures.chamberTemp");
	close_with_time(&js.sink, r, row);
}

static void position(const struct pg_result *r, int row, struct buf *out)
{
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	copy(&js.sink, "x", r, row, "position.x");
	copy(&js.sink, "y", r, row, "position.y");
	copy(&js.sink, "z", r, row, "position.z");
	copy(&js.sink, "e", r, row, "position.e");
	close_with_time(&js.sink, r, row);
}

static void progress(const struct pg_result *r, int row, struct buf *out, struct buf *demo)
{
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "jobId", pg_get(r, row, "currentJob?.id"));
	copy(&js.sink, "percentage", r, row, "currentJob.progress");
	copy(&js.sink, "progress", r, row, "currentJob.progress");
	copy(&js.sink, "currentLayer", r, row, "currentJob.currentLayer");
	copy(&js.sink, "totalLayers", r, row, "currentJob.totalLayers");
	copy(&js.sink, "timeElapsed", r, row, "currentJob.timeElapsed");
	copy(&js.sink, "timeRemaining", r, row, "currentJob.timeRemaining");
	copy(&js.sink, "estimatedTime", r, row, "currentJob.estimatedTime");
	close_with_time(&js.sink, r, row);
	json_sink_init(&js, demo);
	sink_begin_object(&js.sink, NULL);
	copy(&js.sink, "percentage", r, row, "currentJob.progress");
	copy(&js.sink, "timeRemaining", r, row, "currentJob.timeRemaining");
	sink_end_object(&js.sink);
}

void render_printer(const struct ticket_keys *keys, const struct pg_result *r, int row,
    struct rendered *out)
{
	struct media m = { keys, arena_new(0) };
	struct rows_hooks hooks = { .ctx = &m, .media = sign };
	struct demo_sink demo = { .sink = { &demo_ops } };
	struct json_sink js;

	memset(out, 0, sizeof *out);
	json_sink_init(&js, &out->text[VALUE_STATUS]);
	rows_object(&js.sink, NULL, r, row, &hooks);
	json_sink_init(&demo.to, &out->demo[VALUE_STATUS]);
	rows_object(&demo.sink, NULL, r, row, &hooks);
	temperature(r, row, &out->text[VALUE_TEMPERATURE]);
	position(r, row, &out->text[VALUE_POSITION]);
	if (pg_get(r, row, "currentJob?.id") != NULL)
		progress(r, row, &out->text[VALUE_PROGRESS], &out->demo[VALUE_PROGRESS]);
	arena_free(m.arena);
}

void rendered_fini(struct rendered *r)
{
	for (int v = 0; v < VALUE_COUNT; v++) {
		buf_fini(&r->text[v]);
		buf_fini(&r->demo[v]);
	}
}

void render_row(const struct ticket_keys *keys, const struct pg_result *r, struct buf *out)
{
	struct media m = { keys, arena_new(0) };
	struct rows_hooks hooks = { .ctx = &m, .media = sign };
	struct json_sink js;

	json_sink_init(&js, out);
	rows_object(&js.sink, NULL, r, 0, &hooks);
	arena_free(m.arena);
}

void render_print(const struct ticket_keys *keys, const struct render_print *p,
    const struct pg_result *job, struct buf *out)
{
	struct buf b = BUF_INIT;
	struct json_sink js;

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	sink_text(&js.sink, "jobId", p->job);
	sink_text(&js.sink, "printerId", p->printer);
	if (job != NULL && pg_len(job) > 0) {
		render_row(keys, job, &b);
		sink_json(&js.sink, "job", b.bytes, b.size);
		buf_fini(&b);
	} else {
		sink_null(&js.sink, "job");
	}
	sink_text(&js.sink, "timestamp", p->timestamp);
	if (p->reason != NULL)
		sink_text(&js.sink, "reason", p->reason);
	sink_end_object(&js.sink);
}
