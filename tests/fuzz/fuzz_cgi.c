/* SPDX-License-Identifier: Apache-2.0 */
/* FastCGI parameters: NAME=VALUE lines, an empty line, the body. The request goes through the whole
 * dispatcher with a database that is away: whatever is asked, one well-formed answer comes. */
#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgi/app.h"
#include "cgi/gate.h"
#include "tests/fuzz/fuzz.h"

#define PARAMS 64

struct wire {
	struct gate gate;
	char *name[PARAMS], *value[PARAMS];
	int params;
	const char *body;
	size_t body_size;
	struct buf answer;
};

static const char *param(struct gate *g, const char *name)
{
	struct wire *w = (struct wire *)g;
	int i;

	for (i = 0; i < w->params; i++)
		if (strcmp(w->name[i], name) == 0)
			return w->value[i];
	return NULL;
}

static ssize_t take(struct gate *g, void *out, size_t size)
{
	struct wire *w = (struct wire *)g;

	size = size < w->body_size ? size : w->body_size;
	memcpy(out, w->body, size);
	w->body += size;
	w->body_size -= size;
	return (ssize_t)size;
}

static bool put(struct gate *g, const void *bytes, size_t size, bool last)
{
	(void)last;
	buf_append(&((struct wire *)g)->answer, bytes, size);
	return true;
}

static char dir[] = "/tmp/platen-fuzz-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void tidy(void)
{
	(void)nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct app *start(void)
{
	static struct app app;
	struct err e;

	if (app.conf != NULL)
		return &app;
	if (mkdtemp(dir) == NULL)
		abort();
	setenv("DATABASE_URL", "host=/nonexistent dbname=none", 1);
	setenv("NODE_ENV", "test", 1);
	setenv("LOG_LEVEL", "error", 1);
	setenv("UPLOAD_DIR", dir, 1);
	setenv("PLATEN_RUN_DIR", dir, 1);
	setenv("JWT_SECRET", "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-1", 1);
	setenv("JWT_REFRESH_SECRET", "fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-fuzz-2", 1);
	if (app_init(&app, &e) != E_OK) {
		fprintf(stderr, "%s %s\n", e.message, e.detail);
		abort();
	}
	atexit(tidy);
	return &app;
}

/* Splits the head in place; behind an empty line stands the body. */
static void parse(struct wire *w, char *text, size_t size)
{
	char *p = text, *end = text + size, *lf, *eq;

	while (p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		*lf = '\0';
		eq = strchr(p, '=');
		if (lf == p) {
			w->body = lf + 1;
			w->body_size = (size_t)(end - lf) - 1;
			return;
		}
		if (eq != NULL && w->params < PARAMS) {
			*eq = '\0';
			w->name[w->params] = p;
			w->value[w->params++] = eq + 1;
		}
		p = lf + 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct wire w = { .gate = { param, take, put }, .body = "" };
	struct app *app = start();
	char *text = malloc(size + 1);

	if (text == NULL)
		abort();
	memcpy(text, bytes, size);
	text[size] = '\0';
	parse(&w, text, size);
	app_serve(app, &w.gate);
	assert(w.answer.size > 12 && strncmp(w.answer.bytes, "Status: ", 8) == 0);
	assert(strstr(w.answer.bytes, "\r\n\r\n") != NULL);
	buf_fini(&w.answer);
	free(text);
	return 0;
}
