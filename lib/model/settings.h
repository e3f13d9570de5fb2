/* SPDX-License-Identifier: Apache-2.0 */
/* settings - the one table of configuration keys (contract §10.3 and design.md §10).
 * Every program loads its configuration with settings_load(). Errors: as conf_load(), and
 * E_INVALID for secrets that are missing, short, sample values or equal. Blocking: at start. */
#ifndef PLATEN_MODEL_SETTINGS_H
#define PLATEN_MODEL_SETTINGS_H

#include "base/conf.h"

extern const struct conf_key settings_keys[];

#define SETTINGS_TAP "sentry.sock" /* in run.dir: errors on their way to the worker */

/* path NULL: $PLATEN_CONFIG, else /etc/platen/platen.conf when it exists, else no file. */
enum errc settings_load(const char *path, struct conf **out, struct err *e) MUST_CHECK;
/* Sets the log up as configured: level, names, format, day files, where errors are told. Keeps
 * texts of `c` and `component` by pointer. */
void settings_log(const struct conf *c, const char *component);
/* Are errors told to Sentry (production and sentry.dsn)? */
bool settings_reports(const struct conf *c);
/* Does a variable ("NAME=value") look like a key's, though no key has that name? */
bool settings_is_stray(const char *variable);
/* libpq connection string from db.url or db.host...; in `a`. */
struct arena;
const char *settings_db(const struct conf *c, struct arena *a);
/* `run.dir`/name, `storage.dir`/..., in `a`. */
const char *settings_run_path(const struct conf *c, struct arena *a, const char *name);
const char *settings_spool_dir(const struct conf *c, struct arena *a);

#endif
