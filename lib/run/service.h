/* SPDX-License-Identifier: Apache-2.0 */
/* service - the skeleton of a program: options, configuration, log, pid file, signals.
 *
 * Purpose:  every main() is: service_init(), its own loop, service_fini(). Understands
 *           --config FILE, --help, --version and the program's own options.
 * Owns:     the configuration until service_fini().
 * Errors:   service_init() prints the reason and exits (2 usage, 1 configuration).
 * Blocking: at start only. */
#ifndef PLATEN_RUN_SERVICE_H
#define PLATEN_RUN_SERVICE_H

#include "base/conf.h"

struct service_option {
	const char *name; /* "pool": --pool VALUE or --pool=VALUE; flag when value is NULL */
	const char *value;
	const char *help;
	const char **out; /* set to the value, or to "1" for a flag */
};

struct service {
	const char *name;    /* "platen-spooler" */
	const char *summary; /* one line for --help */
	const struct service_option *options; /* ends with name NULL; may be NULL */
	/* What the program needs beyond the keys' own rules, asked before a reload; or NULL. */
	enum errc (*check)(const struct conf *conf, struct err *e);
	const char *pid_name; /* "spooler": written to run.pid_dir/spooler.pid; NULL: none */
	const struct conf *conf;
	char config_path[512];
};

void service_init(struct service *s, int argc, char **argv);
void service_write_pid(const struct service *s); /* after fork()ing is done; atomic rename */
/* Reads the configuration again (SIGHUP). On failure the old one stays in force; on success the
 * old one is freed: texts taken from it must be taken again. */
enum errc service_reload(struct service *s, struct err *e) MUST_CHECK;
void service_fini(struct service *s);            /* removes the pid file */

#endif
