/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl config: which keys there are, and what is in force. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/redact.h"
#include "ctl/ctl.h"
#include "model/settings.h"

static const char *names;

/* "default", "file, line 3", "environment, PORT". */
static const char *source_of(struct ctl *c, const struct conf_key *k)
{
	char env[128];

	switch (conf_source(c->conf, k->name)) {
	case CONF_FROM_DEFAULT:
		return "default";
	case CONF_FROM_FILE:
		return arena_printf(c->arena, "file, line %d", conf_line(c->conf, k->name));
	case CONF_FROM_ENV:
		return arena_printf(c->arena, "environment, %s", conf_env_name(k, env, sizeof env));
	case CONF_FROM_SECRET_FILE:
		return arena_printf(c->arena, "secret file, %s_FILE", conf_env_name(k, env, sizeof env));
	}
	return "";
}

/* An address may hold a password as well. */
static const char *shown(struct ctl *c, const struct conf_key *k, const char *value)
{
	char *out = arena_str(c->arena, value);

	if (k->secret)
		return "(secret)";
	redact(out, strlen(out));
	return out;
}

static int run(struct ctl *c)
{
	struct err e;

	if (names != NULL) { /* for scripts; needs no configuration */
		for (const struct conf_key *k = settings_keys; k->name != NULL; k++) {
			char env[128];

			printf("%s %s\n", conf_env_name(k, env, sizeof env), k->name);
		}
		return CTL_DONE;
	}
	if (settings_load(c->config, &c->conf, &e) != E_OK)
		return ctl_fail(&e);
	for (const struct conf_key *k = settings_keys; k->name != NULL; k++) {
		const char *value = conf_text(c->conf, k->name);

		if (value == NULL)
			printf("# %s is not set\n", k->name);
		else
			printf("%s = %s    # %s\n", k->name, shown(c, k, value), source_of(c, k));
	}
	for (char **v = environ; *v != NULL; v++)
		if (settings_is_stray(*v))
			printf("# variable %.*s is set, but no key has that name\n",
			    (int)strcspn(*v, "="), *v);
	return CTL_DONE;
}

static const struct service_option options[] = {
	{ "names", NULL, "only the keys, each behind its environment variable", &names },
	{ NULL, NULL, NULL, NULL },
};

const struct verb verb_config = {
	.name = "config",
	.summary = "show the configuration in force",
	.usage = "usage: platenctl config [--names]\n\n"
	         "Every key, its value and where it comes from; secrets are not shown.\n",
	.options = options,
	.loads_itself = true,
	.run = run,
};
