/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl - the admin's command.
 *
 * Does:     installs and migrates the database, keeps accounts, explains what is wrong.
 * Woken by: a person, a package's scripts, cron.
 * Trusts:   who can read the configuration file; it works as the owner of the schema.
 * Touches:  the database; storage and run.dir only to look (doctor writes and removes one file).
 * Stops:    when the verb is done. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ctl/ctl.h"
#include "model/settings.h"

static const struct verb *const verbs[] = { &verb_init, &verb_migrate, &verb_user, &verb_doctor,
	&verb_config, &verb_tick };
#define VERBS (sizeof verbs / sizeof *verbs)

static void help(FILE *to)
{
	fputs("platenctl - administration of a platen server\n\n"
	      "usage: platenctl [--config FILE] VERB [options]\n"
	      "       platenctl VERB --help\n\n", to);
	for (size_t i = 0; i < VERBS; i++)
		fprintf(to, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

/* Options before the verb; gives the verb's place in argv. */
static int before_verb(struct ctl *c, int argc, char **argv)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			help(stdout);
			exit(CTL_DONE);
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("platenctl %s\n", PACKAGE_VERSION);
			exit(CTL_DONE);
		}
		if (strncmp(argv[i], "--config=", 9) == 0)
			c->config = argv[i] + 9;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			c->config = argv[++i];
		else
			break;
	}
	return i;
}

int main(int argc, char **argv)
{
	struct ctl c = { .arena = arena_new(0) };
	int at = before_verb(&c, argc, argv), rc;
	const struct verb *v = at < argc ? find_verb(argv[at]) : NULL;
	struct err e;

	if (v == NULL) {
		if (at < argc)
			fprintf(stderr, "platenctl: there is no %s\n\n", argv[at]);
		help(stderr);
		arena_free(c.arena);
		return CTL_USAGE;
	}
	log_init("platen", "ctl", LOG_WARN_LEVEL);
	ctl_options(&c, v, argc - at - 1, argv + at + 1);
	if (!v->loads_itself && settings_load(c.config, &c.conf, &e) != E_OK)
		rc = ctl_fail(&e);
	else
		rc = v->run(&c);
	conf_free(c.conf);
	arena_free(c.arena);
	return rc;
}
