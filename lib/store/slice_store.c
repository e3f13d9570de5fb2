/* SPDX-License-Identifier: Apache-2.0 */
#include "store/slice_store.h"

#include <string.h>

#include "gen/slice_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc slice_store_profile(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_slice_profile, id, &r, e);

	return rc == E_OK && pg_len(r) == 0 ? err_set(e, E_NOTFOUND, "Profile not found") : rc;
}

enum errc slice_store_nozzle(struct pg *db, struct arena *a, double *nozzle, struct err *e)
{
	struct pg_result *r;
	enum errc rc = pg_exec(db, a, &sql_slice_nozzle, NULL, &r, e);

	*nozzle = rc == E_OK ? pg_get_real(r, 0, "nozzle") : 0;
	return rc;
}

static enum errc by_wish(struct pg *db, struct arena *a, const struct pg_stmt *st,
    const struct slice_wish *w, struct pg_result **out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, w->file);
	pg_text(&args, w->profile);
	pg_text(&args, w->settings);
	return pg_exec(db, a, st, &args, out, e);
}

enum errc slice_store_same(struct pg *db, struct arena *a, const struct slice_wish *w,
    const char **id, bool *is_ready, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_wish(db, a, &sql_slice_same, w, &r, e);
	bool found = rc == E_OK && pg_len(r) > 0;

	*id = found ? pg_get(r, 0, "id") : NULL;
	*is_ready = found && strcmp(pg_get(r, 0, "status"), "ready") == 0;
	return rc;
}

enum errc slice_store_insert(struct pg *db, struct arena *a, const struct slice_wish *w,
    const char **id, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_wish(db, a, &sql_slice_insert, w, &r, e);

	*id = rc == E_OK && pg_len(r) > 0 ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc slice_store_hold(struct pg *db, struct arena *a, const char *id, const char **status,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, &sql_slice_hold, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Slice not found");
	*status = rc == E_OK ? pg_get(r, 0, "status") : NULL;
	return rc;
}

enum errc slice_store_show(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	enum errc rc = by_id(db, a, &sql_slice_show, id, out, e);

	return rc == E_OK && pg_len(*out) == 0 ? err_set(e, E_NOTFOUND, "Slice not found") : rc;
}

enum errc slice_store_preview(struct pg *db, struct arena *a, const char *file,
    struct slice_preview *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_slice_preview, file, &r, e);

	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "File not found");
	if (rc != E_OK)
		return rc;
	*out = (struct slice_preview){
		.name = pg_get(r, 0, "original_name"),
		.path = pg_get(r, 0, "file_path"),
		.type = pg_get(r, 0, "file_type"),
		.thumbnail = pg_get(r, 0, "thumbnail_url"),
		.idx_sha256 = pg_get(r, 0, "idx_sha256"),
		.is_analysed = pg_get_bool(r, 0, "analysed"),
		.is_drawing = pg_get_bool(r, 0, "drawing"),
		.is_analysing = pg_get_bool(r, 0, "analysing"),
	};
	return E_OK;
}

enum errc slice_store_timelapse(struct pg *db, struct arena *a, const char *job,
    struct pg_result **out, bool *waits, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_slice_timelapse, job, out, e);

	*waits = false;
	if (rc != E_OK || pg_len(*out) > 0)
		return rc;
	rc = by_id(db, a, &sql_slice_timelapse_waits, job, &r, e);
	*waits = rc == E_OK && pg_get_bool(r, 0, "waits");
	return rc;
}
