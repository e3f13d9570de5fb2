/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "spooler/unit_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { CACHE_MAX = 65536 };

static void path_of(const char *dir, const char *id, const char *suffix, char out[600])
{
	snprintf(out, 600, "%s/%s.json%s", dir, id, suffix);
}

void unit_cache_save(const char *dir, const struct spool_printer *p)
{
	char path[600], fresh[600];
	struct buf text = BUF_INIT;
	bool ok;
	int fd;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		log_warn("%s: %s", dir, strerror(errno));
	spool_printer_print(p, &text);
	path_of(dir, p->id, "", path);
	path_of(dir, p->id, ".new", fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, text.bytes, text.size) == (ssize_t)text.size;
	if (fd >= 0)
		close(fd);
	if (!ok || rename(fresh, path) != 0)
		log_warn("%s: %s", path, strerror(errno));
	buf_fini(&text);
}

void unit_cache_remove(const char *dir, const char *id)
{
	char path[600];

	path_of(dir, id, "", path);
	unlink(path);
}

static void load(const char *path, void (*found)(void *ctx, const struct spool_printer *p),
    void *ctx)
{
	static char text[CACHE_MAX]; /* at start, on the one thread */
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
	struct spool_printer p;
	struct err e;

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return;
	if (spool_printer_parse(text, (size_t)n, &p, &e) != E_OK) {
		log_warn("%s: %s", path, e.message);
		return;
	}
	found(ctx, &p);
	spool_printer_fini(&p);
}

void unit_cache_each(const char *dir, void (*found)(void *ctx, const struct spool_printer *p),
    void *ctx)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[600];

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len <= 5 || strcmp(e->d_name + len - 5, ".json") != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		load(path, found, ctx);
	}
	closedir(d);
}
