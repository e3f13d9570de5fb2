/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOK_EVERY 64 /* lines between looks at the file, also after a second of silence */

struct day_file {
	const char *name;
	int keep_days, fd, lines;
	char day[11];
	usec_t looked;
};

static const char *dir;
static size_t limit = 20u << 20;
static struct day_file files[] = {
	{ .name = "application", .keep_days = 14, .fd = -1 },
	{ .name = "error", .keep_days = 30, .fd = -1 },
};

static void forget(struct day_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void log_file_dir(const char *path)
{
	dir = path;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		forget(&files[i]);
}

void log_file_limit(size_t bytes)
{
	limit = bytes;
}

static void path_of(const struct day_file *f, char *out, size_t size)
{
	snprintf(out, size, "%s/%s-%s.log", dir, f->name, f->day);
}

/* Days since an epoch of the first ten bytes, or -1. */
static long day_number(const char *text)
{
	struct tm tm = { 0 };

	if (sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return (long)(timegm(&tm) / 86400);
}

/* "error-2025-11-12.log" and "error-2025-11-12.log.3" are ours. */
static bool is_old(const struct day_file *f, const char *name)
{
	size_t len = strlen(f->name);
	long day;

	if (strncmp(name, f->name, len) != 0 || name[len] != '-' || strlen(name) < len + 15 ||
	    strncmp(name + len + 11, ".log", 4) != 0)
		return false;
	day = day_number(name + len + 1);
	return day >= 0 && day <= day_number(f->day) - f->keep_days;
}

static void remove_old(const struct day_file *f)
{
	DIR *d = opendir(dir);
	struct dirent *it;

	if (d == NULL)
		return;
	while ((it = readdir(d)) != NULL)
		if (is_old(f, it->d_name))
			unlinkat(dirfd(d), it->d_name, 0);
	closedir(d);
}

static void open_day(struct day_file *f, const char *stamp)
{
	char path[600];
	bool new_day = strncmp(f->day, stamp, 10) != 0;

	forget(f);
	snprintf(f->day, sizeof f->day, "%.10s", stamp);
	path_of(f, path, sizeof path);
	f->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
	f->lines = 0;
	f->looked = clock_mono();
	if (new_day)
		remove_old(f);
}

/* Under the file's lock, so that one process alone moves it. */
static void set_aside(const struct day_file *f, const char *path)
{
	struct stat mine, named;
	char aside[640];

	if (flock(f->fd, LOCK_EX) != 0)
		return;
	if (fstat(f->fd, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino)
		for (int n = 1; n < 10000; n++) {
			snprintf(aside, sizeof aside, "%s.%d", path, n);
			if (access(aside, F_OK) == 0)
				continue;
			(void)rename(path, aside);
			break;
		}
	flock(f->fd, LOCK_UN);
}

/* Full? Moved away by another process, or removed? Then a new one is begun. */
static void look(struct day_file *f, const char *stamp)
{
	struct stat mine, named;
	char path[600];

	path_of(f, path, sizeof path);
	if (fstat(f->fd, &mine) != 0)
		return;
	if ((size_t)mine.st_size >= limit)
		set_aside(f, path);
	if (stat(path, &named) != 0 || named.st_ino != mine.st_ino || named.st_dev != mine.st_dev)
		open_day(f, stamp);
	f->lines = 0;
	f->looked = clock_mono();
}

static void append(struct day_file *f, const char *stamp, const char *line, size_t size)
{
	if (f->fd < 0 || strncmp(f->day, stamp, 10) != 0)
		open_day(f, stamp);
	else if (++f->lines >= LOOK_EVERY || clock_mono() - f->looked >= USEC_PER_SEC)
		look(f, stamp);
	/* One write for one line: appended whole, whoever else writes. */
	if (f->fd >= 0 && write(f->fd, line, size) < 0)
		forget(f);
}

void log_file_write(const char *stamp, bool is_error, const char *line, size_t size)
{
	if (dir == NULL)
		return;
	append(&files[0], stamp, line, size);
	if (is_error)
		append(&files[1], stamp, line, size);
}
