/* SPDX-License-Identifier: Apache-2.0 */
/* platen-live - the live gateway: Socket.IO for browsers and the stock client.
 *
 * Woken by: sockets (behind nginx), NOTIFY, timers.
 * Trusts:   nothing a client says; nginx for the client's address.
 * Touches:  the database as platen_service, reading; the API over live.api_url in the name of the
 *           user of a socket. Decides no domain rule.
 * Stops:    SIGTERM or SIGINT: sockets are closed with a goodbye; clients come back. SIGHUP: reads
 *           the configuration again; sockets stay. */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/metrics.h"
#include "live/feed.h"
#include "live/front.h"
#include "live/hub.h"
#include "live/ws.h"
#include "model/settings.h"
#include "run/service.h"

#define UPGRADE_TIMEOUT (10 * USEC_PER_SEC)
#define MAX_PAYLOAD     1000000
#define MAX_API_ANSWER  ((size_t)1 << 20)
#define GOODBYE         (USEC_PER_SEC / 2) /* for close frames to leave */

static struct gateway gw;
static struct loop_timer *goodbye;
static struct service service;

static void on_up(void *ctx, bool up)
{
	(void)ctx;
	feed_up(gw.feed, up);
}

static void on_notify(void *ctx, const char *topic, const char *rest)
{
	(void)ctx;
	feed_notify(gw.feed, topic, rest);
}

static void on_goodbye(void *ctx)
{
	(void)ctx;
	loop_stop(gw.loop);
}

static void on_stop(void *ctx, int signo)
{
	(void)ctx, (void)signo;
	if (gw.stopping)
		return;
	gw.stopping = true;
	log_info("stopping, %d sockets", hub_active(gw.hub));
	front_stop_listening(gw.front);
	hub_close_all(gw.hub, "server shutting down");
	loop_timer_at(goodbye, loop_now(gw.loop) + GOODBYE);
}

static void raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static void must(enum errc rc, const struct err *e)
{
	if (rc == E_OK)
		return;
	log_err(e, "starting");
	exit(EXIT_FAILURE);
}

static enum errc check(const struct conf *c, struct err *e)
{
	struct token_keys keys;

	return token_keys_init(&keys, c, e);
}

/* What may change while clients are connected; it was checked. */
static void configure(const struct conf *c)
{
	struct err e;

	gw.conf = c;
	must(token_keys_init(&gw.keys, c, &e), &e);
	ticket_keys_init(&gw.tickets, gw.keys.access);
	gw.connect_timeout = conf_duration(c, "live.connect_timeout");
	gw.api_url = conf_text(c, "live.api_url");
	gw.origins[0] = conf_text(c, "web.frontend_url");
	gw.origins[1] = conf_text(c, "web.cors_origin");
	gw.demo = conf_bool(c, "demo.enabled");
	gw.max_clients = (int)conf_int(c, "live.max_clients");
	gw.max_per_address = (int)conf_int(c, "live.max_per_address");
	gw.max_per_user = (int)conf_int(c, "live.max_per_user");
}

/* Every client is told them in its handshake, so they hold until a restart. */
static void set_heartbeat(const struct conf *c)
{
	gw.limits = (struct eio_limits){ .ping_interval = conf_duration(c, "live.ping_interval"),
		.ping_timeout = conf_duration(c, "live.ping_timeout"),
		.upgrade_timeout = UPGRADE_TIMEOUT, .max_payload = MAX_PAYLOAD };
}

static void on_hup(void *ctx, int signo)
{
	struct err e;

	(void)ctx, (void)signo;
	if (service_reload(&service, &e) != E_OK) {
		log_err(&e, "the configuration stays as it was");
		return;
	}
	configure(service.conf);
	log_info("the configuration was read again");
}

int main(int argc, char **argv)
{
	static const struct pg_async_ops ops = { .up = on_up, .notify = on_notify };
	const struct conf *conf;
	struct arena *a;
	struct err e;

	service = (struct service){ .name = "platen-live", .summary = "live gateway (Socket.IO)",
		.pid_name = "live", .check = check };
	service_init(&service, argc, argv);
	conf = service.conf;
	raise_limit();
	configure(conf);
	set_heartbeat(conf);
	a = arena_new(0);
	if (metrics_open(settings_run_path(conf, a, "metrics"), &e) != E_OK)
		log_err(&e, "no metrics");
	gw.loop = loop_new();
	goodbye = loop_timer_new(gw.loop, on_goodbye, NULL);
	loop_signal(gw.loop, SIGTERM, on_stop, NULL);
	loop_signal(gw.loop, SIGINT, on_stop, NULL);
	loop_signal(gw.loop, SIGHUP, on_hup, NULL);
	gw.http = http_new(gw.loop, MAX_API_ANSWER);
	gw.hub = hub_new(&gw);
	gw.feed = feed_new(&gw);
	gw.db = pg_async_new(gw.loop, settings_db(conf, a), "platen_service", &ops, NULL);
	must(front_new(&gw, conf_text(conf, "live.listen"), &gw.front, &e), &e);
	arena_free(a);
	service_write_pid(&service);
	log_info("listening on %s", conf_text(conf, "live.listen"));
	loop_run(gw.loop);
	hub_close_all(gw.hub, "server shutting down");
	front_free(gw.front);
	http_free(gw.http);
	pg_async_free(gw.db);
	hub_free(gw.hub);
	feed_free(gw.feed);
	ws_end_all();
	loop_timer_free(goodbye);
	loop_free(gw.loop);
	metrics_close();
	service_fini(&service);
	return EXIT_SUCCESS;
}
