/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool usage(void)
{
	fprintf(stderr, "usage: platen-cgi [--config FILE] --pool api|slow|upload|stop|all "
	    "[--workers N] [--pool ...]\n"
	    "       platen-cgi [--config FILE] --print-routes | --print-nginx routes|limits\n"
	    "As a CGI program it takes no options.\n");
	return false;
}

static bool add_pool(struct options *o, const char *name)
{
	if (strcmp(name, "all") == 0) {
		for (int p = POOL_API; p <= POOL_STOP; p++)
			o->wish[p - POOL_API] = (struct pool_wish){ (enum pool)p, 0 };
		o->wishes = 4;
		return true;
	}
	if (pool_parse(name) == POOL_UNSET || o->wishes == 4)
		return false;
	o->wish[o->wishes++] = (struct pool_wish){ pool_parse(name), 0 };
	return true;
}

static bool set_workers(struct options *o, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (o->wishes == 0 || *text == '\0' || *end != '\0' || n < 1 || n > 256)
		return false;
	o->wish[o->wishes - 1].workers = (int)n;
	return true;
}

bool options_read(struct options *o, int argc, char **argv)
{
	*o = (struct options){ 0 };
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		bool ok;

		if (strcmp(argv[i], "--print-routes") == 0) {
			o->print = "routes";
			continue;
		}
		i++;
		if (strcmp(argv[i - 1], "--pool") == 0)
			ok = add_pool(o, value);
		else if (strcmp(argv[i - 1], "--config") == 0)
			ok = *value != '\0' && setenv("PLATEN_CONFIG", value, 1) == 0;
		else if (strcmp(argv[i - 1], "--workers") == 0)
			ok = set_workers(o, value);
		else if (strcmp(argv[i - 1], "--print-nginx") == 0)
			ok = (o->print = strcmp(value, "routes") == 0 ? "nginx-routes" :
			    strcmp(value, "limits") == 0 ? "nginx-limits" : NULL) != NULL;
		else
			ok = false;
		if (!ok)
			return usage();
	}
	return o->wishes > 0 || o->print != NULL ? true : usage();
}

void options_workers(struct options *o, const struct conf *c)
{
	for (int i = 0; i < o->wishes; i++)
		if (o->wish[i].workers == 0)
			o->wish[i].workers = pool_default_workers(c, o->wish[i].pool);
}
