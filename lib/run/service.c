/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "run/service.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "model/settings.h"

enum { EXIT_USAGE = 2, EXIT_CONFIG = 1 };

static const struct service_option common[] = {
	{ "config", "FILE", "configuration file (default: $PLATEN_CONFIG, /etc/platen/platen.conf)",
	    NULL },
	{ "help", NULL, "this text", NULL },
	{ "version", NULL, "the version", NULL },
	{ NULL, NULL, NULL, NULL },
};

static void print_options(const struct service_option *o)
{
	char left[64];

	for (; o != NULL && o->name != NULL; o++) {
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->value == NULL ? "" : " ",
		    o->value == NULL ? "" : o->value);
		printf("  %-22s %s\n", left, o->help);
	}
}

static void print_help(const struct service *s)
{
	printf("%s - %s\n\nusage: %s [options]\n", s->name, s->summary, s->name);
	print_options(s->options);
	print_options(common);
}

static _Noreturn void usage(const struct service *s, const char *why, const char *arg)
{
	fprintf(stderr, "%s: %s: %s\nTry '%s --help'.\n", s->name, why, arg, s->name);
	exit(EXIT_USAGE);
}

static const struct service_option *find_option(const struct service_option *o, const char *name,
    size_t len)
{
	for (; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static void take_common(struct service *s, const struct service_option *o, const char *value)
{
	if (strcmp(o->name, "help") == 0) {
		print_help(s);
		exit(EXIT_SUCCESS);
	}
	if (strcmp(o->name, "version") == 0) {
		printf("%s %s\n", s->name, PACKAGE_VERSION);
		exit(EXIT_SUCCESS);
	}
	if ((size_t)snprintf(s->config_path, sizeof s->config_path, "%s", value) >=
	    sizeof s->config_path)
		usage(s, "path too long", value);
}

static void parse(struct service *s, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct service_option *o, *own;
		const char *name = argv[i] + 2, *value = NULL;
		size_t len;

		if (strncmp(argv[i], "--", 2) != 0 || *name == '\0')
			usage(s, "unexpected argument", argv[i]);
		len = strcspn(name, "=");
		own = find_option(s->options, name, len);
		o = own != NULL ? own : find_option(common, name, len);
		if (o == NULL)
			usage(s, "unknown option", argv[i]);
		if (o->value == NULL && name[len] == '=')
			usage(s, "takes no value", argv[i]);
		if (o->value != NULL)
			value = name[len] == '=' ? name + len + 1 : argv[++i];
		if (o->value != NULL && value == NULL)
			usage(s, "needs a value", argv[i - 1]);
		if (own != NULL)
			*own->out = o->value == NULL ? "1" : value;
		else
			take_common(s, o, value);
	}
}

static void start_log(const struct service *s)
{
	settings_log(s->conf, strncmp(s->name, "platen-", 7) == 0 ? s->name + 7 : s->name);
}

static const char *config_path(const struct service *s)
{
	return s->config_path[0] == '\0' ? NULL : s->config_path;
}

static void load(struct service *s)
{
	struct conf *conf;
	struct err e;

	if (settings_load(config_path(s), &conf, &e) != E_OK) {
		fprintf(stderr, "%s: %s%s%s\n", s->name, e.message, e.detail[0] == '\0' ? "" : ": ",
		    e.detail);
		exit(EXIT_CONFIG);
	}
	s->conf = conf;
	start_log(s);
}

enum errc service_reload(struct service *s, struct err *e)
{
	const struct conf *old = s->conf;
	struct conf *conf;
	enum errc rc = settings_load(config_path(s), &conf, e);

	if (rc == E_OK && s->check != NULL && (rc = s->check(conf, e)) != E_OK)
		conf_free(conf);
	if (rc != E_OK)
		return rc;
	s->conf = conf;
	start_log(s);
	conf_free((struct conf *)old);
	return E_OK;
}

void service_init(struct service *s, int argc, char **argv)
{
	s->config_path[0] = '\0';
	parse(s, argc, argv);
	log_init("platen", s->name, LOG_INFO_LEVEL); /* for warnings about the file itself */
	load(s);
	signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error code, not our end */
}

static void pid_path(const struct service *s, char *out, size_t size, const char *suffix)
{
	const char *dir = conf_text(s->conf, "run.pid_dir");

	snprintf(out, size, "%s/%s.pid%s", dir != NULL ? dir : conf_text(s->conf, "run.dir"),
	    s->pid_name, suffix);
}

void service_write_pid(const struct service *s)
{
	char path[600], fresh[600];
	FILE *f;

	if (s->pid_name == NULL)
		return;
	pid_path(s, path, sizeof path, "");
	pid_path(s, fresh, sizeof fresh, ".new");
	f = fopen(fresh, "we");
	if (f == NULL || fprintf(f, "%ld\n", (long)getpid()) < 0 || fclose(f) != 0 ||
	    rename(fresh, path) != 0) {
		fprintf(stderr, "%s: cannot write %s: %s\n", s->name, path, strerror(errno));
		exit(EXIT_CONFIG);
	}
}

void service_fini(struct service *s)
{
	char path[600], line[32] = "";
	FILE *f;

	if (s->pid_name != NULL) {
		pid_path(s, path, sizeof path, "");
		f = fopen(path, "re");
		/* A successor may have written its own already. */
		if (f != NULL && fgets(line, sizeof line, f) != NULL &&
		    strtol(line, NULL, 10) == (long)getpid())
			unlink(path);
		if (f != NULL)
			fclose(f);
	}
	conf_free((struct conf *)s->conf);
	s->conf = NULL;
}
