/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_slice.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "store/file_store.h"
#include "store/slice_store.h"

/* As execvp would find it; the worker runs on this host or on one that is set up like it. */
static bool has_program(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");

	if (name == NULL || *name == '\0')
		return false;
	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0;
	if (path == NULL || *path == '\0')
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*path != '\0') {
		size_t len = strcspn(path, ":");

		if (len > 0 && access(arena_printf(a, "%.*s/%s", (int)len, path, name), X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

/* What was given and nothing else, so that the same wish is the same text. */
static const char *settings_json(struct req *rq, const struct slice_ask *ask)
{
	struct buf text = BUF_INIT;
	struct json_sink js;
	const char *out;

	json_sink_init(&js, &text);
	sink_begin_object(&js.sink, NULL);
	if (ask->layer_height.has)
		sink_real(&js.sink, "layerHeight", ask->layer_height.v);
	if (ask->infill.has)
		sink_int(&js.sink, "infill", ask->infill.v);
	if (ask->supports.has)
		sink_bool(&js.sink, "supports", ask->supports.v);
	sink_end_object(&js.sink);
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

static enum errc check(struct req *rq, const struct slice_ask *ask, struct err *e)
{
	struct pg *db = rq->app->db;
	struct file_facts f;
	double nozzle;
	enum errc rc = file_store_facts(db, rq->arena, ask->file, &f, e);

	if (rc == E_OK && strcmp(f.type, "GCODE") == 0)
		return err_field(e, E_INVALID, "id", "G-code is sliced already");
	if (rc == E_OK && (rc = slice_store_profile(db, rq->arena, ask->profile, e)) == E_NOTFOUND)
		return err_field(e, E_INVALID, "profileId", "Profile not found");
	if (rc == E_OK)
		rc = slice_store_nozzle(db, rq->arena, &nozzle, e);
	if (rc == E_OK && ask->layer_height.has && ask->layer_height.v > nozzle)
		return err_field(e, E_INVALID, "settings.layerHeight",
		    "must be at most the nozzle's %g mm", nozzle);
	return rc;
}

/* The end of our slice is announced as `slice <id>`; others' ends come by too. */
static enum errc wait_end(struct req *rq, const char *id, struct err *e)
{
	usec_t until = clock_mono() + conf_duration(rq->app->conf, "slicer.sync_wait");
	char rest[64];
	enum errc rc;

	do
		rc = pg_wait(rq->app->db, "slice", until, rest, sizeof rest, e);
	while (rc == E_OK && strcmp(rest, id) != 0);
	pg_unlisten(rq->app->db);
	return rc == E_TIMEOUT ? E_OK : rc;
}

static enum errc is_ending(struct err *e)
{
	return err_set(e, E_UNAVAILABLE, "The same slice is just ending, try again");
}

static enum errc add_task(struct req *rq, const struct slice_wish *w, const char **id,
    struct err *e)
{
	bool is_ready;
	enum errc rc;

	if (!has_program(rq->arena, conf_text(rq->app->conf, "slicer.path")))
		return err_set(e, E_UNAVAILABLE, "No slicer is installed on this server");
	rc = slice_store_insert(rq->app->db, rq->arena, w, id, e);
	if (rc == E_OK && *id == NULL)
		rc = slice_store_same(rq->app->db, rq->arena, w, id, &is_ready, e);
	return rc == E_OK && *id == NULL ? is_ending(e) : rc;
}

/* LISTEN takes effect with the COMMIT that shows the task to a worker: no end slips through. */
static enum errc ask_worker(struct req *rq, const struct slice_wish *w, const char **id,
    struct err *e)
{
	enum errc rc = pg_listen(rq->app->db, e);

	if (rc == E_OK)
		rc = add_task(rq, w, id, e);
	if (rc == E_OK)
		rc = req_commit(rq, e);
	if (rc == E_OK)
		rc = wait_end(rq, *id, e);
	return rc == E_OK ? req_enter(rq, e) : rc;
}

enum errc do_slice(struct req *rq, const struct slice_ask *ask, struct pg_result **row,
    bool *was_there, struct err *e)
{
	const struct slice_wish w = { ask->file, ask->profile, settings_json(rq, ask) };
	const char *id = NULL;
	enum errc rc = check(rq, ask, e);

	*was_there = false;
	if (rc == E_OK)
		rc = slice_store_same(rq->app->db, rq->arena, &w, &id, was_there, e);
	if (rc == E_OK && id == NULL)
		rc = ask_worker(rq, &w, &id, e);
	return rc == E_OK ? slice_store_show(rq->app->db, rq->arena, id, row, e) : rc;
}

enum errc do_slice_for_job(struct req *rq, const struct slice_ask *ask, const char **id,
    bool *is_ready, struct err *e)
{
	const struct slice_wish w = { ask->file, ask->profile, settings_json(rq, ask) };
	const char *status;
	enum errc rc = check(rq, ask, e);

	*id = NULL;
	if (rc == E_OK)
		rc = slice_store_same(rq->app->db, rq->arena, &w, id, is_ready, e);
	if (rc == E_OK && *id == NULL)
		rc = add_task(rq, &w, id, e);
	if (rc == E_OK)
		rc = slice_store_hold(rq->app->db, rq->arena, *id, &status, e);
	if (rc == E_OK && strcmp(status, "failed") == 0)
		return is_ending(e);
	*is_ready = rc == E_OK && strcmp(status, "ready") == 0;
	return rc;
}
