/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "model/settings.h"

int ctl_fail(const struct err *e)
{
	fprintf(stderr, "platenctl: %s%s%s%s\n", e->message, e->detail[0] == '\0' ? "" : " (",
	    e->detail, e->detail[0] == '\0' ? "" : ")");
	return CTL_FAILED;
}

int ctl_usage(const struct verb *v, const char *why)
{
	fprintf(stderr, "platenctl %s: %s\nTry 'platenctl %s --help'.\n", v->name, why, v->name);
	return CTL_USAGE;
}

void ctl_help(const struct verb *v)
{
	char left[64];

	printf("platenctl %s - %s\n\n%s\n", v->name, v->summary, v->usage);
	for (const struct service_option *o = v->options; o != NULL && o->name != NULL; o++) {
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->value == NULL ? "" : " ",
		    o->value == NULL ? "" : o->value);
		printf("  %-28s %s\n", left, o->help);
	}
	printf("  %-28s %s\n", "--config FILE", "configuration (default /etc/platen/platen.conf)");
}

static const struct service_option *find_option(const struct verb *v, const char *name, size_t len)
{
	for (const struct service_option *o = v->options; o != NULL && o->name != NULL; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

/* One option; gives how many words it took. */
static int take_option(struct ctl *c, const struct verb *v, int argc, char **argv)
{
	struct service_option config = { "config", "FILE", NULL, &c->config };
	const char *name = argv[0] + 2;
	size_t len = strcspn(name, "=");
	const struct service_option *o = find_option(v, name, len);

	if (strcmp(name, "help") == 0) {
		ctl_help(v);
		exit(CTL_DONE);
	}
	if (o == NULL && len == 6 && strncmp(name, "config", 6) == 0)
		o = &config;
	if (o == NULL)
		exit(ctl_usage(v, arena_printf(c->arena, "there is no option %s", argv[0])));
	if (o->value == NULL) {
		if (name[len] == '=')
			exit(ctl_usage(v, arena_printf(c->arena, "--%s takes no value", o->name)));
		*o->out = "1";
		return 1;
	}
	if (name[len] == '=') {
		*o->out = name + len + 1;
		return 1;
	}
	if (argc < 2)
		exit(ctl_usage(v, arena_printf(c->arena, "--%s needs a value", o->name)));
	*o->out = argv[1];
	return 2;
}

void ctl_options(struct ctl *c, const struct verb *v, int argc, char **argv)
{
	bool options = true;

	c->word = ARENA_ARRAY(c->arena, const char *, (size_t)argc + 1);
	for (int i = 0; i < argc;) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
			i++;
		} else if (options && strncmp(argv[i], "--", 2) == 0) {
			i += take_option(c, v, argc - i, argv + i);
		} else {
			c->word[c->len++] = argv[i++];
		}
	}
}

struct pg *ctl_connect(const struct ctl *c)
{
	const char *owner = conf_text(c->conf, "db.owner_url");

	return pg_new(owner != NULL ? owner : settings_db(c->conf, c->arena), NULL, USEC_NEVER);
}

const char *ctl_secret_file(struct ctl *c, const char *path)
{
	bool piped = strcmp(path, "-") == 0;
	FILE *f = piped ? stdin : fopen(path, "re");
	char line[1024];
	const char *out = NULL;

	if (f == NULL) {
		fprintf(stderr, "platenctl: cannot read %s: %s\n", path, strerror(errno));
		return NULL;
	}
	if (fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		out = arena_str(c->arena, line);
	} else {
		fprintf(stderr, "platenctl: %s is empty\n", path);
	}
	if (!piped)
		fclose(f);
	return out;
}

const char *ctl_random_code(struct ctl *c, int n, bool grouped)
{
	/* 32 characters, so that 5 bits of chance choose one evenly; no 0 O 1 I. */
	static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	char *out = arena_alloc(c->arena, (size_t)n * 2 + 1), *p = out;

	for (int i = 0; i < n; i++) {
		unsigned char byte;

		crypto_random(&byte, 1);
		if (grouped && i > 0 && i % 4 == 0)
			*p++ = '-';
		*p++ = alphabet[byte & 31];
	}
	return out;
}
