/* SPDX-License-Identifier: Apache-2.0 */
/* ctl - what the verbs of platenctl share: options, configuration, the owner's connection, secrets
 * read from files.
 *
 * Owns:     struct ctl: configuration and arena, until main() ends.
 * Errors:   a verb returns the exit status (0 done, 1 failed, 2 usage) and has said why on
 *           standard error.
 * Blocking: everything may. */
#ifndef PLATEN_CTL_CTL_H
#define PLATEN_CTL_CTL_H

#include "base/arena.h"
#include "base/conf.h"
#include "run/service.h"
#include "store/pg.h"

enum { CTL_DONE = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

struct ctl {
	const char *config;  /* --config, or NULL */
	struct conf *conf;   /* NULL for a verb that loads it itself */
	struct arena *arena; /* lives as long as the program */
	int len;             /* words after the verb that are not options */
	const char **word;
};

struct verb {
	const char *name, *summary;
	const char *usage; /* "user add EMAIL [options]" in lines; text of --help */
	const struct service_option *options; /* ends with name NULL; may be NULL */
	bool loads_itself; /* works, or explains, without a valid configuration */
	int (*run)(struct ctl *c);
};

extern const struct verb verb_init, verb_migrate, verb_user, verb_doctor, verb_config,
    verb_tick;

/* Prints `platenctl: ` and the error (with its private detail: the reader is the admin). */
int ctl_fail(const struct err *e);
int ctl_usage(const struct verb *v, const char *why);
void ctl_help(const struct verb *v);
/* Takes options out of argv (after the verb); exits on a wrong one. */
void ctl_options(struct ctl *c, const struct verb *v, int argc, char **argv);

/* As db.owner_url, else as the programs log in; patient. The caller frees it. */
struct pg *ctl_connect(const struct ctl *c);
/* The first line of a file, "-": standard input; NULL after saying why. */
const char *ctl_secret_file(struct ctl *c, const char *path);
/* n random characters that cannot be mistaken for each other, in groups of 4 when grouped. */
const char *ctl_random_code(struct ctl *c, int n, bool grouped);

#endif
