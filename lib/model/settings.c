/* SPDX-License-Identifier: Apache-2.0 */
#include "model/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/log_file.h"
#include "model/settings_check.h"

#define TEXT(n, env, def, help)           { n, env, CONF_TEXT, def, 0, 0, NULL, false, help, NULL }
#define RULE(n, env, def, check, help)    { n, env, CONF_TEXT, def, 0, 0, NULL, false, help, check }
#define SECRET(n, env, help)              { n, env, CONF_TEXT, NULL, 0, 0, NULL, true, help, NULL }
#define INT(n, env, def, lo, hi, help)    { n, env, CONF_INT, def, lo, hi, NULL, false, help, NULL }
#define REAL(n, def, help)                { n, NULL, CONF_REAL, def, 0, 0, NULL, false, help, NULL }
#define BOOL(n, env, def, help)           { n, env, CONF_BOOL, def, 0, 0, NULL, false, help, NULL }
#define TIME(n, def, help)                { n, NULL, CONF_DURATION, def, 0, 0, NULL, false, \
	help, NULL }
#define SIZE(n, env, def, help)           { n, env, CONF_SIZE, def, 0, 0, NULL, false, help, NULL }
#define ENUM(n, env, def, choices, help)  { n, env, CONF_ENUM, def, 0, 0, choices, false, help, \
	NULL }

const struct conf_key settings_keys[] = {
	ENUM("core.environment", "NODE_ENV", "production", "production|development|test",
	    "production refuses weak secrets"),
	BOOL("core.daemons", NULL, "on",
	    "off: no spooler, gateway or worker runs here; cron calls platenctl tick"),
	INT("http.port", "PORT", "8080", 1, 65535, "port of the web server's listener"),
	TEXT("http.listen", NULL, "127.0.0.1", "address of the web server's listener"),
	SIZE("http.max_json", NULL, "1m", "largest JSON body"),
	TIME("http.action_wait", "10s", "how long a control request waits for its outcome"),
	TIME("http.command_wait", "30s", "how long /api/printer/command waits"),
	INT("http.api_workers", NULL, "0", 0, 256, "FastCGI workers of pool api; 0: 2 x cores"),
	SECRET("db.url", "DATABASE_URL", "connection of the programs; wins over db.host and the rest"),
	SECRET("db.owner_url", NULL, "connection of platenctl as the schema's owner"),
	TEXT("db.host", "DB_HOST", "localhost", "host or socket directory"),
	INT("db.port", "DB_PORT", "5432", 1, 65535, ""),
	TEXT("db.name", "DB_NAME", "printpro3d", ""),
	TEXT("db.user", "DB_USER", "postgres", ""),
	SECRET("db.password", "DB_PASSWORD", ""),
	TIME("db.timeout", "3s", "how long a request waits for the database before 503"),
	SECRET("auth.jwt_secret", "JWT_SECRET", "signs access tokens; at least 32 bytes"),
	SECRET("auth.jwt_refresh_secret", "JWT_REFRESH_SECRET", "signs refresh tokens"),
	SECRET("auth.seal_key", NULL, "64 hex digits: seals secrets at rest"),
	TIME("auth.access_ttl", "15m", "life of an access token"),
	TIME("auth.refresh_ttl", "7d", "life of a refresh token"),
	TIME("auth.stop_ticket_ttl", "12h", "life of a page's emergency stop ticket"),
	TIME("auth.fresh", "15m", "how long after signing in keys and others' passwords may be set"),
	INT("auth.bcrypt_rounds", "BCRYPT_ROUNDS", "12", 4, 15, "below 10 only outside production"),
	ENUM("auth.registration", NULL, "closed", "open|closed", "who may register after the first"),
	ENUM("auth.default_role", NULL, "VIEWER", "VIEWER|OPERATOR|ADMIN", "role of registered users"),
	BOOL("auth.jit_organizations", NULL, "on", "create an external token's organisation"),
	BOOL("auth.require_exp", NULL, "off", "refuse external tokens without exp"),
	TEXT("printer.device", "PRINTER_PORT", NULL, "device of the default printer to create"),
	INT("printer.baud", "PRINTER_BAUDRATE", "115200", 2400, 2000000, ""),
	RULE("printer_backend.url", "PRINTER_BACKEND_URL", NULL, settings_url_ok,
	    "external printer backend"),
	TEXT("printer_backend.send_path", NULL, "/sendPrintJob", "path that takes a job"),
	SECRET("printer_backend.api_key", NULL, "sent as X-API-Key beside the caller's token"),
	BOOL("printer_backend.allow_http", NULL, "off", "a backend without TLS"),
	TIME("printer_backend.timeout", "30s", "how long a hand-over waits for its answer"),
	TEXT("printer_backend.ca_file", NULL, NULL, "certificates to trust; default: the system's"),
	TEXT("camera.url", "CAMERA_URL", NULL, "default printer's camera"),
	TEXT("slicer.path", NULL, "prusa-slicer", "program that slices models"),
	TIME("slicer.sync_wait", "20s", "how long a request waits for its slice"),
	TEXT("storage.dir", "UPLOAD_DIR", "/var/lib/platen/uploads", "uploaded files"),
	TEXT("storage.spool_dir", NULL, NULL, "job files being printed; default: spool beside storage"),
	SIZE("storage.max_file_size", "MAX_FILE_SIZE", "524288000", "largest upload"),
	SIZE("storage.min_free", NULL, "256m", "free space below which uploads are refused"),
	TEXT("web.service_name", NULL, "PrintPro3D Backend", "name in /health"),
	RULE("web.frontend_url", "FRONTEND_URL", NULL, settings_url_ok, ""),
	RULE("web.cors_origin", "CORS_ORIGIN", NULL, settings_origins_ok,
	    "allowed origins, comma separated"),
	TEXT("web.template_dir", NULL, NULL, "pages' templates; default: installed ones"),
	TEXT("web.static_dir", NULL, NULL, "style sheets and scripts; default: installed ones"),
	BOOL("demo.enabled", "DEMO_MODE_ENABLED", "off", "unauthenticated viewers"),
	BOOL("demo.camera", NULL, "off", "camera for unauthenticated viewers"),
	ENUM("log.level", "LOG_LEVEL", "info", "error|warn|info|http|debug", ""),
	RULE("log.dir", NULL, NULL, settings_absolute_ok, "day files beside standard error"),
	ENUM("log.format", NULL, "auto", "auto|json|text", "auto: text on a terminal"),
	TEXT("log.service", NULL, "platen", ""),
	TIME("log.temperature_interval", "10s", "pace of temperature_logs"),
	{ "sentry.dsn", "SENTRY_DSN", CONF_TEXT, NULL, 0, 0, NULL, true,
	    "errors are told there, in production only", settings_dsn_ok },
	TEXT("smtp.host", "SMTP_HOST", NULL, "mail server"),
	INT("smtp.port", "SMTP_PORT", "587", 1, 65535, ""),
	TEXT("smtp.user", "SMTP_USER", NULL, ""),
	SECRET("smtp.password", "SMTP_PASS", ""),
	TEXT("smtp.from", NULL, NULL, "sender of mail; default: smtp.user"),
	TEXT("run.dir", NULL, "/run/platen", "sockets and journals; memory-backed"),
	TEXT("run.pid_dir", NULL, NULL, "pid files; default run.dir"),
	TIME("holder.patience", "10m", "how long the ports wait for a spooler before the last will"),
	TEXT("serial.device_prefixes", NULL, NULL, "more places for serial_device, comma separated"),
	TIME("serial.open_wait", "10s", "silence after opening before M115 is tried"),
	TIME("serial.probe_after", "3s", "silence of an unanswered line before the probe"),
	TIME("serial.suspect_after", "15s", "silence before a printer is suspect"),
	TIME("serial.alarm_after", "60s", "silence before the alarm"),
	TIME("serial.reconnect_within", "30s", "a printer back within this may go on by itself"),
	INT("serial.max_command", NULL, "81", 20, 81, "longest command after stripping"),
	INT("serial.stepper_timeout", NULL, "120", 0, 86400, "M18 S at the end of a job, seconds"),
	INT("serial.dead_man", NULL, "900", 0, 86400, "M85 S while printing, seconds"),
	BOOL("serial.reset_after_estop", NULL, "on", ""),
	BOOL("serial.forward_m73", NULL, "on", ""),
	REAL("pause.retract", "2", "mm"),
	REAL("pause.lift", "10", "mm"),
	REAL("pause.park_x", "0", "mm"),
	REAL("pause.park_y", "0", "mm"),
	RULE("pause.bed_temp", NULL, "40", settings_bed_ok, "degrees, or keep"),
	TIME("pause.hotend_timeout", "30m", "hotend off after this pause; 0: never"),
	BOOL("pause.use_m600", NULL, "off", "send M600 to the firmware"),
	REAL("resume.prime", "0", "mm after a filament change"),
	BOOL("cancel.quickstop", NULL, "off", "M410 on cancel"),
	BOOL("cancel.disable_steppers", NULL, "on", "M84 on cancel"),
	INT("extruder.min_temp", NULL, "170", 0, 500, ""),
	BOOL("queue.auto_start", NULL, "off", "next job starts by itself on a clear plate"),
	TIME("commands.timeout", "5m", ""),
	TIME("status.stale_after", "30s", ""),
	BOOL("rate_limit.enabled", NULL, "on", ""),
	INT("rate.api.points", NULL, "100", 1, 1000000, ""),
	TIME("rate.api.window", "60s", ""),
	INT("rate.auth.points", NULL, "5", 1, 1000000, ""),
	TIME("rate.auth.window", "900s", ""),
	INT("rate.auth_ip.points", NULL, "30", 1, 1000000, ""),
	TIME("rate.auth_ip.window", "900s", ""),
	INT("rate.upload.points", NULL, "10", 1, 1000000, ""),
	TIME("rate.upload.window", "3600s", ""),
	INT("rate.control.points", NULL, "30", 1, 1000000, ""),
	TIME("rate.control.window", "60s", ""),
	INT("rate.p.points", NULL, "600", 1, 1000000, ""),
	TIME("rate.p.window", "60s", ""),
	INT("worker.slots", NULL, "2", 1, 64, "tasks at once"),
	INT("retention.temperature_days", NULL, "90", 0, 36500, "temperatures of jobs; 0: for ever"),
	INT("retention.command_days", NULL, "90", 0, 36500, "ended printer commands; 0: for ever"),
	INT("retention.notification_days", NULL, "90", 0, 36500, "read ones; 0: for ever"),
	INT("retention.event_days", NULL, "365", 0, 36500, "the audit; 0: for ever"),
	INT("retention.task_days", NULL, "7", 0, 36500, "done background tasks; 0: for ever"),
	INT("retention.failed_task_days", NULL, "30", 0, 36500, "failed ones; 0: for ever"),
	RULE("live.listen", NULL, "127.0.0.1:8082", settings_listen_ok,
	    "address of the live gateway behind nginx"),
	TIME("live.ping_interval", "25s", ""),
	TIME("live.ping_timeout", "20s", ""),
	TIME("live.connect_timeout", "45s", "from the handshake to Socket.IO's CONNECT"),
	INT("live.max_clients", NULL, "10000", 1, 1000000, "sockets of the gateway"),
	INT("live.max_per_address", NULL, "100", 1, 1000000, "sockets of one client address"),
	INT("live.max_per_user", NULL, "20", 1, 1000000, "sockets of one user"),
	RULE("live.api_url", NULL, "http://127.0.0.1:8083", settings_url_ok,
	    "internal listener for control events"),
	RULE("metrics.listen", NULL, "127.0.0.1:8081", settings_listen_ok, "listener of /metrics"),
	RULE("metrics.allow", NULL, NULL, settings_networks_ok,
	    "who may read it beside this host: addresses and networks, comma separated"),
	RULE("schedule.timezone", NULL, "UTC", settings_zone_ok, "of the schedules' hours"),
	RULE("analytics.timezone", NULL, "UTC", settings_zone_ok, "its days are the figures' days"),
	{ .name = NULL },
};

/* What the seeds know and this system has no use for. */
static void tell_ignored(void)
{
	static const char *const unused[] = { "REDIS_URL", "REDIS_HOST", "REDIS_PORT",
		"REDIS_PASSWORD" };
	char list[80] = "";
	size_t len = 0;

	for (size_t i = 0; i < sizeof unused / sizeof *unused; i++)
		if (getenv(unused[i]) != NULL)
			len += (size_t)snprintf(list + len, sizeof list - len, "%s%s",
			    len == 0 ? "" : ", ", unused[i]);
	if (len > 0)
		log_info("configuration: ignored, PostgreSQL does this work: %s", list);
}

static enum errc check_secrets(const struct conf *c, struct err *e)
{
	const char *access = conf_text(c, "auth.jwt_secret");
	const char *refresh = conf_text(c, "auth.jwt_refresh_secret");
	const char *env = conf_text(c, "core.environment");

	if (access == NULL || refresh == NULL)
		return E_OK; /* programs that sign call settings_need_secrets through token_init */
	if (strcmp(env, "production") == 0 && strcmp(access, refresh) == 0)
		return err_field(e, E_INVALID, "auth.jwt_refresh_secret",
		    "Configuration: auth.jwt_refresh_secret must differ from auth.jwt_secret");
	return E_OK;
}

static enum errc check_backend(const struct conf *c, struct err *e)
{
	const char *url = conf_text(c, "printer_backend.url");

	if (url == NULL || strncmp(url, "https://", 8) == 0 ||
	    (strncmp(url, "http://", 7) == 0 && conf_bool(c, "printer_backend.allow_http")))
		return E_OK;
	return err_field(e, E_INVALID, "printer_backend.url",
	    "Configuration: printer_backend.url must begin with https:// (or set "
	    "printer_backend.allow_http)");
}

enum errc settings_load(const char *path, struct conf **out, struct err *e)
{
	static const char usual[] = "/etc/platen/platen.conf";
	enum errc rc;

	if (path == NULL)
		path = getenv("PLATEN_CONFIG");
	if (path == NULL && access(usual, R_OK) == 0)
		path = usual;
	rc = conf_load(settings_keys, path, out, e);
	if (rc == E_OK)
		tell_ignored();
	if (rc == E_OK && ((rc = check_secrets(*out, e)) != E_OK ||
	        (rc = check_backend(*out, e)) != E_OK)) {
		conf_free(*out);
		*out = NULL;
	}
	return rc;
}

bool settings_reports(const struct conf *c)
{
	return conf_is_set(c, "sentry.dsn") &&
	    strcmp(conf_text(c, "core.environment"), "production") == 0;
}

void settings_log(const struct conf *c, const char *component)
{
	static char tap[108]; /* no socket's name is longer */
	const char *format = conf_text(c, "log.format");
	enum log_level level = LOG_INFO_LEVEL;

	log_level_parse(conf_text(c, "log.level"), &level);
	log_init(conf_text(c, "log.service"), component, level);
	log_set_format(strcmp(format, "json") == 0 ? LOG_FORMAT_JSON :
	    strcmp(format, "text") == 0 ? LOG_FORMAT_TEXT : LOG_FORMAT_AUTO);
	log_file_dir(conf_text(c, "log.dir"));
	snprintf(tap, sizeof tap, "%s/" SETTINGS_TAP, conf_text(c, "run.dir"));
	log_tap(settings_reports(c) ? tap : NULL);
}

bool settings_is_stray(const char *variable)
{
	size_t len = strcspn(variable, "=");
	char env[128];

	/* PLATEN_CONFIG names the file itself. */
	if (strncmp(variable, "PLATEN_", 7) != 0 || strncmp(variable, "PLATEN_CONFIG=", 14) == 0)
		return false;
	if (len > 5 && strncmp(variable + len - 5, "_FILE", 5) == 0)
		len -= 5;
	for (const struct conf_key *k = settings_keys; k->name != NULL; k++)
		if (strlen(conf_env_name(k, env, sizeof env)) == len &&
		    strncmp(env, variable, len) == 0)
			return false;
	return true;
}

static const char *quoted(struct arena *a, const char *value)
{
	char *out = arena_alloc(a, 2 * strlen(value) + 3), *p = out;

	*p++ = '\'';
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			*p++ = '\\';
		*p++ = *value;
	}
	*p = '\'';
	return out;
}

const char *settings_db(const struct conf *c, struct arena *a)
{
	const char *password = conf_text(c, "db.password");

	if (conf_is_set(c, "db.url"))
		return conf_text(c, "db.url");
	return arena_printf(a, "host=%s port=%lld dbname=%s user=%s%s%s",
	    quoted(a, conf_text(c, "db.host")), (long long)conf_int(c, "db.port"),
	    quoted(a, conf_text(c, "db.name")), quoted(a, conf_text(c, "db.user")),
	    password == NULL ? "" : " password=", password == NULL ? "" : quoted(a, password));
}

const char *settings_run_path(const struct conf *c, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", conf_text(c, "run.dir"), name);
}

const char *settings_spool_dir(const struct conf *c, struct arena *a)
{
	const char *storage = conf_text(c, "storage.dir"), *slash;
	size_t len = strlen(storage);

	if (conf_is_set(c, "storage.spool_dir"))
		return conf_text(c, "storage.spool_dir");
	while (len > 1 && storage[len - 1] == '/')
		len--;
	storage = arena_strn(a, storage, len);
	slash = strrchr(storage, '/');
	if (slash == NULL)
		return "spool";
	return arena_printf(a, "%.*s/spool", (int)(slash - storage), storage);
}
