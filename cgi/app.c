/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/app.h"

#include <errno.h>
#include <string.h>

#include "auth/token_cache.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cgi/dispatch.h"
#include "cgi/kept.h"
#include "cgi/rate.h"
#include "cgi/web/web.h"
#include "model/settings.h"
#include "store/files.h"

#define ARENA_CAP (8u << 20) /* one request; the largest answers are lists of 1000 rows */

static struct arena *request_arena;

static enum errc load_seal_key(struct app *app, struct err *e)
{
	const char *hex = conf_text(app->conf, "auth.seal_key");

	if (hex == NULL)
		return E_OK; /* secrets are then refused where they would be stored */
	if (!hex_decode(hex, app->seal_key, sizeof app->seal_key))
		return err_field(e, E_INVALID, "auth.seal_key",
		    "Configuration: auth.seal_key must be 64 hex digits");
	app->can_seal = true;
	return E_OK;
}

/* What the database's functions must know of our configuration travels as settings of each
 * session, so that no request has to say it. */
static const char *connection(const struct conf *c, struct arena *a)
{
	const char *base = settings_db(c, a);
	const char *jit = conf_bool(c, "auth.jit_organizations") ? "on" : "off";
	const char *automatic = conf_bool(c, "queue.auto_start") ? "on" : "off";
	long long stale = conf_duration(c, "status.stale_after") / USEC_PER_SEC;

	if (strstr(base, "://") != NULL)
		return arena_printf(a, "%s%coptions=-c%%20platen.jit_organizations%%3D%s"
		    "%%20-c%%20platen.stale_after%%3D%lld%%20-c%%20platen.auto_start%%3D%s", base,
		    strchr(base, '?') == NULL ? '?' : '&', jit, stale, automatic);
	return arena_printf(a, "%s options='-c platen.jit_organizations=%s -c platen.stale_after=%lld"
	    " -c platen.auto_start=%s'", base, jit, stale, automatic);
}

/* All that is the configuration's and can fail. */
static enum errc load(struct app *app, struct err *e)
{
	struct conf *conf;
	enum errc rc = settings_load(NULL, &conf, e);

	if (rc != E_OK)
		return rc;
	app->conf = conf;
	rc = token_keys_init(&app->keys, conf, e);
	if (rc == E_OK)
		rc = load_seal_key(app, e);
	if (rc == E_OK)
		rc = files_open_root(conf_text(conf, "storage.dir"),
		    conf_int(conf, "storage.min_free"), &app->files, e);
	if (rc != E_OK)
		conf_free(conf);
	return rc;
}

static void settle(struct app *app)
{
	struct arena *a = arena_new(0);

	settings_log(app->conf, "cgi");
	app->tokens = token_cache_new(&app->keys);
	ticket_keys_init(&app->tickets, app->keys.access);
	app->db = pg_new(connection(app->conf, a), "platen_api",
	    conf_duration(app->conf, "db.timeout"));
	arena_free(a);
}

enum errc app_init(struct app *app, struct err *e)
{
	const struct conf *conf;
	struct arena *a;
	enum errc rc = load(app, e);

	if (rc == E_OK)
		rc = routes_check(e);
	if (rc != E_OK)
		return rc;
	settle(app);
	app->error_page = web_problem;
	app->kept = kept_new();
	conf = app->conf;
	a = arena_new(0);
	/* Without run.dir (shared hosting) the classes api and p count in the database too. */
	if (metrics_open(settings_run_path(conf, a, "metrics"), e) != E_OK)
		log_err(e, "figures are not counted");
	if (rate_open(settings_run_path(conf, a, "rate"), &app->rate, e) != E_OK)
		app->rate = NULL;
	arena_free(a);
	request_arena = arena_new(ARENA_CAP);
	return E_OK;
}

enum errc app_reload(struct app *app, struct err *e)
{
	struct app fresh = *app;
	enum errc rc;

	fresh.can_seal = false;
	rc = load(&fresh, e);
	if (rc != E_OK)
		return rc;
	token_cache_free(app->tokens);
	pg_free(app->db);
	files_free(app->files);
	conf_free((struct conf *)app->conf);
	*app = fresh;
	settle(app);
	return E_OK;
}

void app_serve(void *ctx, struct gate *g)
{
	dispatch(ctx, request_arena, g);
}

void app_fini(struct app *app)
{
	arena_free(request_arena);
	request_arena = NULL;
	token_cache_free(app->tokens);
	kept_free(app->kept);
	pg_free(app->db);
	files_free(app->files);
	metrics_close();
	rate_close(app->rate);
	conf_free((struct conf *)app->conf);
}
