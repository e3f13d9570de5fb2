/* SPDX-License-Identifier: Apache-2.0 */
/* Probes: P-01 /health, O-04 /api/health and /api/status. None needs a token. */
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "config.h"
#include "model/settings.h"
#include "store/user_store.h"

/* What a server without daemons cannot do (docs/operations.md); the pages say the same. */
static const char *const needs_daemons[] = { "serial printers", "live updates", "cameras" };

static const char *now_text(struct req *rq)
{
	char out[CLOCK_ISO_SIZE];

	return arena_str(rq->arena, clock_iso(clock_wall(), out));
}

/* A daemon is there when the socket it serves is. */
static bool has_socket(struct req *rq, const char *name)
{
	return access(settings_run_path(rq->app->conf, rq->arena, name), F_OK) == 0;
}

static bool is_running(struct req *rq, const char *service)
{
	const struct conf *c = rq->app->conf;
	const char *dir = conf_is_set(c, "run.pid_dir") ? conf_text(c, "run.pid_dir") :
	                                                  conf_text(c, "run.dir");

	return access(arena_printf(rq->arena, "%s/%s.pid", dir, service), F_OK) == 0;
}

static const struct answer *unhealthy(struct req *rq)
{
	struct sink *s = answer_begin(rq, 503);

	sink_text(s, "status", "unhealthy");
	sink_text(s, "timestamp", now_text(rq));
	sink_text(s, "service", conf_text(rq->app->conf, "web.service_name"));
	sink_text(s, "error", "database unavailable");
	return answer_end(rq);
}

static const struct answer *p_health(struct req *rq)
{
	const struct conf *c = rq->app->conf;
	const char *backend = conf_text(c, "printer_backend.url");
	bool is_healthy;
	struct sink *s;
	struct err e;

	if (user_store_ping(rq->app->db, rq->arena, backend, &is_healthy, &e) != E_OK)
		return unhealthy(rq);
	s = answer_begin(rq, 200);
	sink_text(s, "status", "healthy");
	sink_text(s, "timestamp", now_text(rq));
	sink_text(s, "service", conf_text(c, "web.service_name"));
	sink_begin_object(s, "printerBackend");
	sink_bool(s, "healthy", is_healthy);
	sink_text(s, "url", backend);
	sink_end_object(s);
	sink_text(s, "version", PACKAGE_VERSION);
	sink_begin_object(s, "components");
	sink_bool(s, "database", true);
	sink_bool(s, "spooler", has_socket(rq, "spooler.sock"));
	sink_bool(s, "live", is_running(rq, "live"));
	sink_bool(s, "worker", is_running(rq, "worker"));
	sink_end_object(s);
	if (!conf_bool(c, "core.daemons")) {
		sink_begin_list(s, "unavailable");
		for (size_t i = 0; i < sizeof needs_daemons / sizeof *needs_daemons; i++)
			sink_text(s, NULL, needs_daemons[i]);
		sink_end_list(s);
	}
	return answer_end(rq);
}

/* The two probes of family L's public implementation are bare objects. */
static const struct answer *bare(struct req *rq, const char *first, const char *value,
    const char *second)
{
	struct answer *an = answer_new(rq, 200, "application/json; charset=utf-8");
	struct sink *s = &an->json.sink;

	json_sink_init(&an->json, &an->body);
	sink_begin_object(s, NULL);
	sink_text(s, first, value);
	if (second != NULL)
		sink_text(s, "status", second);
	sink_text(s, "timestamp", now_text(rq));
	sink_text(s, "version", PACKAGE_VERSION);
	sink_end_object(s);
	return an;
}

static const struct answer *l_health(struct req *rq)
{
	return bare(rq, "status", "ok", NULL);
}

static const struct answer *l_status(struct req *rq)
{
	return bare(rq, "server", conf_text(rq->app->conf, "web.service_name"), "running");
}

const struct route p_health_routes[] = {
	{ METHOD_GET, "/health", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_P, NULL, p_health, 0 },
	{ METHOD_GET, "/api/health", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_health, 0 },
	{ METHOD_GET, "/api/status", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_status, 0 },
	{ .path = NULL },
};
