/* SPDX-License-Identifier: Apache-2.0 */
/* conf - configuration: one file, then the environment, environment wins (contract §10.3).
 *
 * Purpose:  the mechanism; the table of keys is lib/model/settings. A file is lines of
 *           `key = value` with `#` comments; durations are `10s`, `5m`, `1h`, `7d`, `200ms`;
 *           sizes take `k`, `m`, `g` (1024); `NAME_FILE` in the environment reads a secret from
 *           a file (its last line break is dropped).
 * Owns:     all values until conf_free().
 * Errors:   E_INVALID names the key and where its value came from (file and line, variable);
 *           unknown keys in the file are warnings in the log.
 * Blocking: reads small files at start. */
#ifndef PLATEN_BASE_CONF_H
#define PLATEN_BASE_CONF_H

#include "base/clock.h"

enum conf_type { CONF_TEXT, CONF_INT, CONF_REAL, CONF_BOOL, CONF_DURATION, CONF_SIZE, CONF_ENUM };

struct conf_key {
	const char *name;     /* "db.url" */
	const char *env;      /* seed's variable, or NULL: PLATEN_ + name in capitals with _ */
	enum conf_type type;
	const char *fallback; /* default as text; NULL = unset */
	int64_t min, max;     /* CONF_INT, CONF_SIZE, CONF_DURATION (usec); both 0: unbounded */
	const char *choices;  /* CONF_ENUM: "a|b|c" */
	bool secret;          /* never printed or logged */
	const char *help;
	bool (*check)(const char *text); /* further rule for a value, or NULL */
};

enum conf_source { CONF_FROM_DEFAULT, CONF_FROM_FILE, CONF_FROM_ENV, CONF_FROM_SECRET_FILE };

struct conf;

/* path NULL: no file. keys ends with a row whose name is NULL and must outlive the result. */
enum errc conf_load(const struct conf_key *keys, const char *path, struct conf **out,
    struct err *e) MUST_CHECK;
void conf_free(struct conf *c); /* accepts NULL */

/* Asking for a key that is not in the table is our bug and ends the process. */
const char *conf_text(const struct conf *c, const char *name); /* NULL when unset */
int64_t conf_int(const struct conf *c, const char *name);      /* also CONF_SIZE: bytes */
double conf_real(const struct conf *c, const char *name);
bool conf_bool(const struct conf *c, const char *name);
usec_t conf_duration(const struct conf *c, const char *name);
bool conf_is_set(const struct conf *c, const char *name);
enum conf_source conf_source(const struct conf *c, const char *name);
int conf_line(const struct conf *c, const char *name); /* of the file; 0: not from there */
enum errc conf_set(struct conf *c, const char *name, const char *value, struct err *e) MUST_CHECK;
const char *conf_env_name(const struct conf_key *k, char *out, size_t size); /* gives out */
bool conf_parse_duration(const char *text, usec_t *out);

#endif
