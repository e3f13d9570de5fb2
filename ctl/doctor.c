/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl doctor: what is wrong, and what to do about it. */
#include "ctl/doctor.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/settings.h"

static const char *sql_dir;

void doctor_say(struct doctor *d, enum verdict v, const char *subject, const char *remedy,
    const char *fmt, ...)
{
	static const char *const words[] = { "ok", "warn", "fail" };
	va_list ap;

	printf("%-5s %-14s ", words[v], subject);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	if (v != DOCTOR_OK && remedy != NULL)
		printf("      %-14s -> %s\n", "", remedy);
	d->warnings += v == DOCTOR_WARN;
	d->failures += v == DOCTOR_FAIL;
}

/* Values of manuals and examples, which everybody knows. */
static bool is_sample(const char *secret)
{
	static const char *const samples[] = { "secret", "change", "example", "password", "your-",
		"your_", "default", "123456" };
	char low[256];
	size_t i;

	for (i = 0; secret[i] != '\0' && i < sizeof low - 1; i++)
		low[i] = (char)tolower((unsigned char)secret[i]);
	low[i] = '\0';
	for (i = 0; i < sizeof samples / sizeof *samples; i++)
		if (strstr(low, samples[i]) != NULL)
			return true;
	return false;
}

static void token_secret(struct doctor *d, const char *key)
{
	const char *value = conf_text(d->c->conf, key);
	const char *remedy = "set it to the output of: openssl rand -base64 48";

	if (value == NULL)
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "%s is not set", key);
	else if (strlen(value) < 32)
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "%s is shorter than 32 bytes", key);
	else if (is_sample(value))
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "%s looks like a sample value", key);
	else
		doctor_say(d, DOCTOR_OK, "secrets", NULL, "%s", key);
}

static void seal_key(struct doctor *d)
{
	const char *value = conf_text(d->c->conf, "auth.seal_key");
	const char *remedy = "set it to the output of: openssl rand -hex 32 (and keep a copy: what is "
	                     "sealed with it is lost without it)";

	if (value == NULL)
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "auth.seal_key is not set");
	else if (strlen(value) != 64 || strspn(value, "0123456789abcdefABCDEF") != 64)
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "auth.seal_key is not 64 hex digits");
	else if (strspn(value, (const char[]){ value[0], '\0' }) == 64)
		doctor_say(d, DOCTOR_FAIL, "secrets", remedy, "auth.seal_key is one digit repeated");
	else
		doctor_say(d, DOCTOR_OK, "secrets", NULL, "auth.seal_key");
}

static void secrets(struct doctor *d)
{
	const char *access = conf_text(d->c->conf, "auth.jwt_secret");
	const char *refresh = conf_text(d->c->conf, "auth.jwt_refresh_secret");

	token_secret(d, "auth.jwt_secret");
	token_secret(d, "auth.jwt_refresh_secret");
	if (access != NULL && refresh != NULL && strcmp(access, refresh) == 0)
		doctor_say(d, DOCTOR_FAIL, "secrets", "make a second one",
		    "auth.jwt_secret and auth.jwt_refresh_secret are the same");
	seal_key(d);
}

static void configuration(struct doctor *d)
{
	const char *path = d->c->config;
	const char *env = conf_text(d->c->conf, "core.environment");
	int64_t rounds = conf_int(d->c->conf, "auth.bcrypt_rounds");
	struct stat st;

	doctor_say(d, DOCTOR_OK, "configuration", NULL, "%s, environment %s",
	    path == NULL ? "as found" : path, env);
	if (path != NULL && stat(path, &st) == 0 && (st.st_mode & 07) != 0)
		doctor_say(d, DOCTOR_FAIL, "configuration", arena_printf(d->c->arena, "chmod o= %s", path),
		    "%s holds secrets and everybody may open it", path);
	for (char **v = environ; *v != NULL; v++)
		if (settings_is_stray(*v))
			doctor_say(d, DOCTOR_WARN, "configuration", "platenctl config --names lists all",
			    "variable %.*s is set, but no key has that name", (int)strcspn(*v, "="), *v);
	if (rounds < 10 && strcmp(env, "production") == 0)
		doctor_say(d, DOCTOR_FAIL, "configuration", "auth.bcrypt_rounds = 12",
		    "auth.bcrypt_rounds is %d", (int)rounds);
	if (!conf_bool(d->c->conf, "rate_limit.enabled") && strcmp(env, "production") == 0)
		doctor_say(d, DOCTOR_WARN, "configuration", "rate_limit.enabled = on",
		    "rate limits are off: passwords can be guessed without a pause");
}

static int run(struct ctl *c)
{
	struct doctor d = { .c = c, .sql_dir = sql_dir };
	struct err e;

	if (c->len > 0)
		return ctl_usage(&verb_doctor, "takes options only");
	if (settings_load(c->config, &c->conf, &e) != E_OK) {
		doctor_say(&d, DOCTOR_FAIL, "configuration", "correct it; nothing else was looked at",
		    "%s", e.message);
		return CTL_FAILED;
	}
	configuration(&d);
	secrets(&d);
	doctor_database(&d);
	doctor_host(&d);
	printf("%d failed, %d warnings\n", d.failures, d.warnings);
	return d.failures > 0 ? CTL_FAILED : CTL_DONE;
}

static const struct service_option options[] = {
	{ "sql-dir", "DIR", "schema to compare the database with", &sql_dir },
	{ NULL, NULL, NULL, NULL },
};

const struct verb verb_doctor = {
	.name = "doctor",
	.summary = "look for what is wrong, and say what to do",
	.usage = "usage: platenctl doctor [--sql-dir DIR]\n\n"
	         "One line for each thing looked at: ok, warn or fail, and a remedy. Exit status 1 when\n"
	         "something fails. Run it as the user of the programs, so that it sees what they see.\n",
	.options = options,
	.loads_itself = true,
	.run = run,
};
