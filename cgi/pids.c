/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/pids.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/log.h"

static const char *dir_of(const struct conf *c)
{
	return conf_is_set(c, "run.pid_dir") ? conf_text(c, "run.pid_dir") : conf_text(c, "run.dir");
}

static void replace(const char *path, const struct buf *text)
{
	char temporary[PATH_MAX];
	bool ok;
	int fd;

	if ((size_t)snprintf(temporary, sizeof temporary, "%s.new", path) >= sizeof temporary)
		return;
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		log_warn("cannot write %s", path);
		return;
	}
	ok = text->size == 0 || write(fd, text->bytes, text->size) == (ssize_t)text->size;
	close(fd);
	if (!ok || rename(temporary, path) != 0)
		log_warn("cannot write %s", path);
}

void pids_write(const struct conf *c, const char *pool, const pid_t *pids, int len)
{
	char path[PATH_MAX];
	struct buf text = BUF_INIT;

	snprintf(path, sizeof path, "%s/cgi-%s.pids", dir_of(c), pool);
	for (int i = 0; i < len; i++)
		if (pids[i] > 0)
			buf_printf(&text, "%ld\n", (long)pids[i]);
	if (len == 0)
		unlink(path);
	else
		replace(path, &text);
	buf_fini(&text);
}

static void add_file(struct buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, buf_reserve(out, 4096), 4096)) > 0)
		out->size += (size_t)n;
	close(fd);
}

void pids_join(const struct conf *c)
{
	static const char *const pools[] = { "api", "slow", "upload", "stop" };
	char path[PATH_MAX];
	struct buf text = BUF_INIT;
	int lock;

	snprintf(path, sizeof path, "%s/cgi.pids.lock", dir_of(c));
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	for (size_t i = 0; i < sizeof pools / sizeof *pools; i++) {
		snprintf(path, sizeof path, "%s/cgi-%s.pids", dir_of(c), pools[i]);
		add_file(&text, path);
	}
	snprintf(path, sizeof path, "%s/cgi.pids", dir_of(c));
	replace(path, &text);
	buf_fini(&text);
	if (lock >= 0)
		close(lock);
}
