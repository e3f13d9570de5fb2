/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

struct entry {
	char *text; /* NULL: unset */
	int64_t whole;
	double real;
	enum conf_source source;
	int line; /* in the file */
};

/* Where a value was found, for messages. */
struct origin {
	enum conf_source source;
	const char *place; /* path of a file, name of a variable */
	int line;
};

struct conf {
	const struct conf_key *keys;
	size_t len;
	struct entry *entries;
};

static char *copy(const char *text)
{
	char *out = strdup(text);

	if (out == NULL)
		abort();
	return out;
}

static size_t find(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->len; i++)
		if (strcmp(c->keys[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

static const struct entry *entry_of(const struct conf *c, const char *name)
{
	size_t i = find(c, name);

	if (i == SIZE_MAX) {
		log_error("configuration key %s is not in the table", name);
		abort();
	}
	return &c->entries[i];
}

static bool parse_int(const char *text, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return end != text && *end == '\0' && errno == 0;
}

static bool parse_size(const char *text, int64_t *out)
{
	char *end;
	int64_t unit = 1;

	errno = 0;
	*out = strtoll(text, &end, 10);
	if (end == text || errno != 0)
		return false;
	switch (tolower((unsigned char)*end)) {
	case 'k':
		unit = 1024;
		end++;
		break;
	case 'm':
		unit = 1024 * 1024;
		end++;
		break;
	case 'g':
		unit = 1024 * 1024 * 1024;
		end++;
		break;
	}
	return *end == '\0' && !__builtin_mul_overflow(*out, unit, out);
}

bool conf_parse_duration(const char *text, usec_t *out)
{
	static const struct {
		const char *unit;
		double usec;
	} units[] = { { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "h", 3600e6 }, { "d", 86400e6 } };
	char *end;
	double n = strtod(text, &end);

	if (end == text || !isfinite(n) || n < 0 || n > 1e9)
		return false;
	if (n == 0 && *end == '\0') {
		*out = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(end, units[i].unit) == 0) {
			*out = (usec_t)(n * units[i].usec);
			return true;
		}
	return false;
}

static bool parse_bool(const char *text, int64_t *out)
{
	static const char *const yes[] = { "true", "on", "yes", "1" };
	static const char *const no[] = { "false", "off", "no", "0" };

	for (size_t i = 0; i < 4; i++) {
		if (strcmp(text, yes[i]) == 0) {
			*out = 1;
			return true;
		}
		if (strcmp(text, no[i]) == 0) {
			*out = 0;
			return true;
		}
	}
	return false;
}

static bool is_choice(const char *choices, const char *text)
{
	size_t len = strlen(text);

	for (const char *p = choices; p != NULL; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, text, len) == 0 && (p[len] == '|' || p[len] == '\0') && len > 0)
			return true;
	return false;
}

static bool parse(const struct conf_key *k, const char *text, struct entry *en)
{
	char *end;

	switch (k->type) {
	case CONF_TEXT:
		return k->check == NULL || k->check(text);
	case CONF_INT:
		return parse_int(text, &en->whole);
	case CONF_REAL:
		en->real = strtod(text, &end);
		return end != text && *end == '\0' && isfinite(en->real);
	case CONF_BOOL:
		return parse_bool(text, &en->whole);
	case CONF_DURATION:
		return conf_parse_duration(text, &en->whole);
	case CONF_SIZE:
		return parse_size(text, &en->whole);
	case CONF_ENUM:
		return is_choice(k->choices, text);
	}
	return false;
}

/* " (FILE line 3)", " (variable PORT)": where a person must look. */
static const char *where(const struct origin *o, char *out, size_t size)
{
	*out = '\0';
	switch (o->source) {
	case CONF_FROM_DEFAULT:
		break;
	case CONF_FROM_FILE:
		if (o->place != NULL)
			snprintf(out, size, " (%s line %d)", o->place, o->line);
		break;
	case CONF_FROM_ENV:
		snprintf(out, size, " (variable %s)", o->place);
		break;
	case CONF_FROM_SECRET_FILE:
		snprintf(out, size, " (file %s)", o->place);
		break;
	}
	return out;
}

static enum errc assign(struct conf *c, size_t i, const char *text, const struct origin *o,
    struct err *e)
{
	const struct conf_key *k = &c->keys[i];
	struct entry en = { .source = o->source, .line = o->line };
	char place[160];

	if (!parse(k, text, &en))
		return err_field(e, E_INVALID, k->name, "Configuration: %s has an invalid value%s%s%s%s",
		    k->name, k->secret ? "" : " '", k->secret ? "" : text, k->secret ? "" : "'",
		    where(o, place, sizeof place));
	if ((k->min != 0 || k->max != 0) && (en.whole < k->min || en.whole > k->max))
		return err_field(e, E_INVALID, k->name, "Configuration: %s is out of range%s", k->name,
		    where(o, place, sizeof place));
	en.text = copy(text);
	free(c->entries[i].text);
	c->entries[i] = en;
	return E_OK;
}

enum errc conf_set(struct conf *c, const char *name, const char *value, struct err *e)
{
	size_t i = find(c, name);

	if (i == SIZE_MAX)
		return err_field(e, E_INVALID, name, "Configuration: there is no key %s", name);
	return assign(c, i, value, &(struct origin){ .source = CONF_FROM_FILE }, e);
}

static char *trim(char *text)
{
	char *end;

	while (isspace((unsigned char)*text))
		text++;
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

static enum errc file_line(struct conf *c, char *line, int number, const char *path, struct err *e)
{
	char *eq, *name, *value;
	size_t i;

	name = trim(line);
	if (*name == '\0' || *name == '#')
		return E_OK;
	eq = strchr(name, '=');
	if (eq == NULL)
		return err_set(e, E_INVALID, "Configuration: %s line %d is not `key = value`", path, number);
	*eq = '\0';
	value = trim(eq + 1);
	name = trim(name);
	i = find(c, name);
	if (i == SIZE_MAX) {
		log_warn("configuration: unknown key %s in %s line %d", name, path, number);
		return E_OK;
	}
	if (*value == '\0')
		return E_OK;
	return assign(c, i, value, &(struct origin){ CONF_FROM_FILE, path, number }, e);
}

static enum errc load_file(struct conf *c, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	enum errc rc = E_OK;

	if (f == NULL)
		return err_set(e, E_INVALID, "Configuration: cannot read %s: %s", path, strerror(errno));
	for (int n = 1; rc == E_OK && getline(&line, &cap, f) >= 0; n++)
		rc = file_line(c, line, n, path, e);
	free(line);
	fclose(f);
	return rc;
}

const char *conf_env_name(const struct conf_key *k, char *out, size_t size)
{
	if (k->env != NULL) {
		snprintf(out, size, "%s", k->env);
		return out;
	}
	snprintf(out, size, "PLATEN_%s", k->name);
	for (char *p = out; *p != '\0'; p++)
		*p = *p == '.' ? '_' : (char)toupper((unsigned char)*p);
	return out;
}

static enum errc load_secret_file(struct conf *c, size_t i, const char *path, struct err *e)
{
	char text[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return err_field(e, E_INVALID, c->keys[i].name, "Configuration: cannot read %s for %s: %s",
		    path, c->keys[i].name, strerror(errno));
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
	return assign(c, i, text, &(struct origin){ CONF_FROM_SECRET_FILE, path, 0 }, e);
}

static enum errc load_env(struct conf *c, size_t i, struct err *e)
{
	char name[128], file[140];
	const char *value;

	conf_env_name(&c->keys[i], name, sizeof name);
	value = getenv(name);
	if (value != NULL && *value != '\0')
		return assign(c, i, value, &(struct origin){ CONF_FROM_ENV, name, 0 }, e);
	snprintf(file, sizeof file, "%s_FILE", name);
	value = getenv(file);
	if (value != NULL && *value != '\0')
		return load_secret_file(c, i, value, e);
	return E_OK;
}

enum errc conf_load(const struct conf_key *keys, const char *path, struct conf **out,
    struct err *e)
{
	struct conf *c = calloc(1, sizeof *c);
	enum errc rc = E_OK;

	if (c == NULL)
		abort();
	c->keys = keys;
	while (keys[c->len].name != NULL)
		c->len++;
	c->entries = calloc(c->len, sizeof *c->entries);
	if (c->entries == NULL)
		abort();
	for (size_t i = 0; i < c->len && rc == E_OK; i++)
		if (keys[i].fallback != NULL)
			rc = assign(c, i, keys[i].fallback,
			    &(struct origin){ .source = CONF_FROM_DEFAULT }, e);
	if (rc == E_OK && path != NULL)
		rc = load_file(c, path, e);
	for (size_t i = 0; i < c->len && rc == E_OK; i++)
		rc = load_env(c, i, e);
	if (rc != E_OK) {
		conf_free(c);
		return rc;
	}
	*out = c;
	return E_OK;
}

void conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->len; i++)
		free(c->entries[i].text);
	free(c->entries);
	free(c);
}

const char *conf_text(const struct conf *c, const char *name)
{
	return entry_of(c, name)->text;
}

int64_t conf_int(const struct conf *c, const char *name)
{
	return entry_of(c, name)->whole;
}

double conf_real(const struct conf *c, const char *name)
{
	return entry_of(c, name)->real;
}

bool conf_bool(const struct conf *c, const char *name)
{
	return entry_of(c, name)->whole != 0;
}

usec_t conf_duration(const struct conf *c, const char *name)
{
	return entry_of(c, name)->whole;
}

bool conf_is_set(const struct conf *c, const char *name)
{
	return entry_of(c, name)->text != NULL;
}

enum conf_source conf_source(const struct conf *c, const char *name)
{
	return entry_of(c, name)->source;
}

int conf_line(const struct conf *c, const char *name)
{
	return entry_of(c, name)->line;
}
