/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: slicing, previews, timelapses (L-19, L-20, L-29). */
#include <stddef.h>
#include <string.h>

#include "cgi/answer.h"
#include "cgi/do_slice.h"
#include "cgi/doors.h"
#include "cgi/layer_view.h"
#include "store/job_store.h"
#include "store/slice_store.h"

struct in_slice { const char *profile; const struct jval *settings; struct in_real layer;
	struct in_int infill; struct in_bool supports; };
static const struct field slice_fields[] = {
	{ .name = "profileId", .type = F_ID, .flags = FIELD_REQUIRED,
	    .offset = offsetof(struct in_slice, profile) },
	{ .name = "settings", .type = F_OBJECT, .max = 16384, .flags = FIELD_NULL,
	    .offset = offsetof(struct in_slice, settings) },
	{ .name = "settings.layerHeight", .type = F_REAL, .min = 0.02, .max = 1.2,
	    .offset = offsetof(struct in_slice, layer) },
	{ .name = "settings.infill", .type = F_INT, .min = 0, .max = 100,
	    .offset = offsetof(struct in_slice, infill) },
	{ .name = "settings.supports", .type = F_BOOL,
	    .offset = offsetof(struct in_slice, supports) },
};
static const struct schema slice_schema = SCHEMA(slice_fields, struct in_slice, NULL);

struct in_preview { const char *format; struct in_int layer; };
static const struct field preview_fields[] = {
	{ .name = "format", .type = F_ENUM, .choices = "image|mesh|layers", .fallback = "image",
	    .offset = offsetof(struct in_preview, format) },
	{ .name = "layer", .type = F_INT, .min = 0, .max = 4294967295.0, .fallback = "0",
	    .offset = offsetof(struct in_preview, layer) },
};
static const struct schema preview_schema = SCHEMA(preview_fields, struct in_preview, NULL);

/* 422 with what the slicer said last. */
static const struct answer *failed(struct req *rq, const char *error)
{
	struct buf details = BUF_INIT;
	const struct answer *an;

	buf_text(&details, "{\"log\":[");
	json_quote(&details, error, strlen(error));
	buf_text(&details, "]}");
	an = answer_fail_details(rq, 422, "SLICING_FAILED", "The model could not be sliced",
	    buf_str(&details));
	buf_fini(&details);
	return an;
}

static const struct answer *l_slice(struct req *rq)
{
	const struct in_slice *in = rq->in;
	const struct slice_ask ask = { .file = req_uuid(rq, "id"), .profile = in->profile,
		.layer_height = in->layer, .infill = in->infill, .supports = in->supports };
	struct pg_result *row;
	const char *status;
	bool was_there;
	struct err e;

	if (ask.file == NULL)
		return answer_not_found(rq, "File");
	if (do_slice(rq, &ask, &row, &was_there, &e) != E_OK)
		return answer_error(rq, &e);
	status = pg_get(row, 0, "status");
	if (strcmp(status, "failed") == 0)
		return failed(rq, pg_get(row, 0, "error") == NULL ? "" : pg_get(row, 0, "error"));
	return answer_row(rq, strcmp(status, "ready") != 0 ? 202 : was_there ? 200 : 201,
	    "slicedFile", row, 0);
}

static const struct answer *still_made(struct req *rq)
{
	sink_text(answer_begin(rq, 202), "status", "processing");
	return answer_end(rq);
}

static const struct answer *image(struct req *rq, const struct slice_preview *p)
{
	if (p->thumbnail != NULL)
		return answer_stored(rq, &(struct answer_file){ .path = p->thumbnail,
		    .type = "image/png", .name = arena_printf(rq->arena, "%s.png", p->name),
		    .cache = "private, max-age=86400" });
	return p->is_drawing || p->is_analysing ? still_made(rq) : answer_not_found(rq, "Preview");
}

static const struct answer *layers(struct req *rq, const struct slice_preview *p)
{
	const struct in_preview *in = rq->in;
	struct layer_view v = { .path = p->path, .idx_sha256 = p->idx_sha256,
		.layer = in->layer.v };
	struct sink *s;
	struct err e;

	if (p->idx_sha256 == NULL)
		return p->is_analysing ? still_made(rq) : answer_not_found(rq, "Preview");
	if (layer_view_read(rq, &v, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	sink_int(s, "layerCount", v.count);
	sink_int(s, "layer", v.layer);
	layer_view_print(s, &v);
	sink_bool(s, "truncated", v.is_cut);
	return answer_end(rq);
}

static const struct answer *does_not_fit(struct req *rq, const char *message)
{
	issue_add(rq->arena, &rq->issues, "custom", "format", message);
	return answer_issues(rq);
}

static const struct answer *l_preview(struct req *rq)
{
	const struct in_preview *in = rq->in;
	const char *id = req_uuid(rq, "id");
	struct slice_preview p;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "File");
	pg_last(rq->app->db);
	if (slice_store_preview(rq->app->db, rq->arena, id, &p, &e) != E_OK)
		return answer_error(rq, &e);
	if (strcmp(in->format, "image") == 0)
		return image(rq, &p);
	if (strcmp(in->format, "layers") == 0)
		return strcmp(p.type, "GCODE") == 0 ? layers(rq, &p) :
		    does_not_fit(rq, "only G-code has layers");
	if (strcmp(p.type, "GCODE") == 0)
		return does_not_fit(rq, "only models have a mesh");
	return answer_fail(rq, 503, NULL, "Meshes are not made on this server");
}

static const struct answer *l_timelapse(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct pg_result *job, *film;
	struct sink *s;
	struct err e;
	bool waits;

	if (id == NULL)
		return answer_not_found(rq, "Job");
	if (job_store_show_l(rq->app->db, rq->arena, id, &job, &e) != E_OK ||
	    slice_store_timelapse(rq->app->db, rq->arena, id, &film, &waits, &e) != E_OK)
		return answer_error(rq, &e);
	if (pg_len(film) == 0)
		return waits ? still_made(rq) : answer_not_found(rq, "Timelapse");
	s = answer_begin(rq, 200);
	rows_members(s, film, 0, req_hooks(rq));
	return answer_end(rq);
}

const struct route l_slice_routes[] = {
	{ METHOD_POST, "/api/files/:id/slice", ROLE_OPERATOR, RATE_API, POOL_SLOW, FAMILY_L,
	    &slice_schema, l_slice, 0 },
	{ METHOD_GET, "/api/files/:id/preview", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L,
	    &preview_schema, l_preview, ROUTE_SIGNED },
	{ METHOD_GET, "/api/jobs/:id/timelapse", ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, NULL,
	    l_timelapse, 0 },
	{ .path = NULL },
};
