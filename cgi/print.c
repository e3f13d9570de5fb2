/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/print.h"

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "cgi/route.h"
#include "model/settings.h"

static const char *const families[] = { "", "p", "l", "web" };

static void print_route(void *ctx, const struct route *r)
{
	(void)ctx;
	printf("%s\t%s\t%s%s\t%s\t%s\t%s\n", method_name(r->method), r->path, role_name(r->least),
	    (r->flags & ROUTE_AGENT) != 0 ? "+AGENT" : "", rate_name(r->rate), pool_name(r->pool),
	    families[r->family]);
}

/* ":id" becomes a pattern for one segment. */
static void print_pattern(const char *path)
{
	for (; *path != '\0'; path++) {
		if (*path == ':') {
			fputs("[^/]+", stdout);
			path += strcspn(path, "/") - 1;
		} else {
			if (strchr(".+*?()[]{}^$|\\", *path) != NULL)
				putchar('\\');
			putchar(*path);
		}
	}
}

/* What nginx must know of one path: the pool of its reads and of its acts. */
struct path_pools {
	const char *path;
	enum pool read, act;
};

struct seen {
	const struct conf *conf;
	const char *path[256];
	int len;
};

static void find_pools(void *ctx, const struct route *r)
{
	struct path_pools *want = ctx;
	enum pool *pool = r->method == METHOD_GET ? &want->read : &want->act;

	if (strcmp(r->path, want->path) == 0 && r->pool > *pool)
		*pool = r->pool;
}

static void print_location(void *ctx, const struct route *r)
{
	struct seen *seen = ctx;
	struct path_pools want = { r->path, POOL_UNSET, POOL_UNSET };
	enum pool pool;

	for (int i = 0; i < seen->len; i++)
		if (strcmp(seen->path[i], r->path) == 0)
			return;
	if (seen->len < (int)(sizeof seen->path / sizeof *seen->path))
		seen->path[seen->len++] = r->path;
	routes_each(find_pools, &want);
	pool = want.act == POOL_UNSET ? want.read : want.act;
	if (pool == POOL_API && want.read <= POOL_API)
		return; /* everything not named goes there */
	fputs("location ~ ^", stdout);
	print_pattern(r->path);
	printf("/?$ { fastcgi_pass platen_%s;", pool_name(pool));
	if (want.read != POOL_UNSET && want.read != pool)
		printf(" if ($request_method ~ ^(GET|HEAD)$) { fastcgi_pass platen_%s; }",
		    pool_name(want.read));
	if (pool == POOL_UPLOAD)
		/* the multipart frame around a file of the largest size needs room too */
		printf(" fastcgi_request_buffering off; client_max_body_size %lld;",
		    (long long)(conf_int(seen->conf, "storage.max_file_size") + (1 << 20)));
	if (r->rate == RATE_AUTH && conf_bool(seen->conf, "rate_limit.enabled"))
		fputs(" limit_req zone=platen_password burst=50 nodelay;", stdout);
	puts(" }");
}

/* Who may read /metrics: this host and metrics.allow (settings_networks_ok() has seen it). */
static void print_allowed(const char *networks)
{
	puts("geo $platen_metrics { default 0; 127.0.0.0/8 1; ::1 1;");
	for (const char *p = networks == NULL ? "" : networks; *p != '\0'; p += strspn(p, ", ")) {
		size_t len = strcspn(p, ", ");

		if (len > 0)
			printf("\t%.*s 1;\n", (int)len, p);
		p += len;
	}
	puts("}");
}

bool print_table(const char *which)
{
	static struct seen seen;
	struct conf *conf;
	struct err e;

	if (settings_load(NULL, &conf, &e) != E_OK) {
		fprintf(stderr, "platen-cgi: %s\n", e.message);
		return false;
	}
	seen.conf = conf;
	if (strcmp(which, "routes") == 0) {
		routes_each(print_route, NULL);
	} else if (strcmp(which, "nginx-routes") == 0) {
		puts("# Made by platen-cgi --print-nginx routes: which pool serves which path.");
		puts("location / { fastcgi_pass platen_api; }");
		routes_each(print_location, &seen);
	} else {
		puts("# Made by platen-cgi --print-nginx limits: a brake before the costly hash of a "
		    "password;\n# the limits that clients see are counted by platen-cgi itself.");
		puts("limit_req_zone $binary_remote_addr zone=platen_password:1m rate=10r/s;\n"
		    "limit_req_status 429;");
		print_allowed(conf_text(conf, "metrics.allow"));
	}
	conf_free(conf);
	return fflush(stdout) == 0;
}
