/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "spooler/spool_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COPY_SIZE = 1 << 18, PATH_SIZE = 1100 };

static void path_of(const struct spool_file *f, const char *suffix, char out[PATH_SIZE])
{
	snprintf(out, PATH_SIZE, "%s/%s%s", f->dir, f->attempt_id, suffix);
}

static enum errc write_all(int fd, const char *bytes, size_t size, struct err *e)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return err_errno(e, "The print file could not be kept");
		if (n > 0) {
			bytes += n;
			size -= (size_t)n;
		}
	}
	return E_OK;
}

static enum errc copy_bytes(int from, int to, struct err *e)
{
	char *room = malloc(COPY_SIZE);
	enum errc rc = E_OK;
	ssize_t n;

	if (room == NULL)
		abort();
	while (rc == E_OK && (n = read(from, room, COPY_SIZE)) != 0)
		rc = n < 0 ? err_errno(e, "The print file cannot be read")
		           : write_all(to, room, (size_t)n, e);
	free(room);
	return rc;
}

static enum errc copy_file(const char *from, const char *to, struct err *e)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), out = -1;
	enum errc rc;

	if (in < 0)
		return err_errno(e, "The print file cannot be read");
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	rc = out < 0 ? err_errno(e, "The print file could not be kept") : copy_bytes(in, out, e);
	if (out >= 0 && close(out) != 0 && rc == E_OK)
		rc = err_errno(e, "The print file could not be kept");
	close(in);
	return rc;
}

static enum errc read_whole(const char *path, struct arena *a, const char **bytes, size_t *size,
    struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum errc rc = E_OK;
	struct stat st;
	char *out;
	size_t got = 0;
	ssize_t n = 1;

	if (fd < 0)
		return err_errno(e, "The analysis of the print file cannot be read");
	if (fstat(fd, &st) != 0 || st.st_size > (off_t)1 << 28) {
		close(fd);
		return err_set(e, E_FORMAT, "The analysis of the print file is damaged");
	}
	out = arena_alloc(a, (size_t)st.st_size + 1);
	while (got < (size_t)st.st_size && (n = read(fd, out + got, (size_t)st.st_size - got)) > 0)
		got += (size_t)n;
	if (n <= 0 && got < (size_t)st.st_size)
		rc = err_errno(e, "The analysis of the print file cannot be read");
	close(fd);
	*bytes = out;
	*size = got;
	return rc;
}

static enum errc take_index(const struct spool_file *f, const char *file, const char *want,
    struct err *e)
{
	struct arena *a = arena_new(0);
	char from[PATH_SIZE], to[PATH_SIZE], hex[SHA256_HEX_SIZE];
	const char *bytes;
	size_t size;
	enum errc rc;
	int fd;

	snprintf(from, sizeof from, "%s.idx", file);
	path_of(f, ".idx", to);
	rc = read_whole(from, a, &bytes, &size, e);
	if (rc == E_OK) {
		sha256_hex(bytes, size, hex);
		if (strcasecmp(hex, want) != 0)
			rc = err_set(e, E_FORMAT, "The analysis of the print file does not fit any more");
	}
	if (rc == E_OK) {
		fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
		rc = fd < 0 ? err_errno(e, "The print file could not be kept")
		            : write_all(fd, bytes, size, e);
		if (fd >= 0)
			close(fd);
	}
	arena_free(a);
	return rc;
}

enum errc spool_file_take(const struct spool_file *f, const char *file, const char *idx_sha256,
    struct err *e)
{
	char path[PATH_SIZE];
	enum errc rc;

	if (mkdir(f->dir, 0750) != 0 && errno != EEXIST)
		return err_errno(e, "The spool folder cannot be made");
	spool_file_remove(f);
	rc = take_index(f, file, idx_sha256, e);
	if (rc != E_OK)
		return rc;
	path_of(f, "", path);
	if (link(file, path) == 0)
		return E_OK;
	return copy_file(file, path, e); /* another file system, or one without links */
}

enum errc spool_file_open(const struct spool_file *f, struct arena *a, struct index *index, int *fd,
    struct err *e)
{
	char path[PATH_SIZE];
	const char *bytes;
	size_t size;
	struct stat st;
	enum errc rc;

	path_of(f, ".idx", path);
	rc = read_whole(path, a, &bytes, &size, e);
	if (rc == E_OK)
		rc = index_parse(a, bytes, size, index, e);
	if (rc != E_OK)
		return rc;
	path_of(f, "", path);
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return err_errno(e, "The print file cannot be read");
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == index->file_size)
		return E_OK;
	close(*fd);
	*fd = -1;
	return err_set(e, E_FORMAT, "The print file has changed since it was analysed");
}

void spool_file_remove(const struct spool_file *f)
{
	char path[PATH_SIZE];

	path_of(f, "", path);
	unlink(path);
	path_of(f, ".idx", path);
	unlink(path);
}

static bool is_kept(const char *id, const char (*keep)[UUID_SIZE], size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strcmp(keep[i], id) == 0)
			return true;
	return false;
}

void spool_file_sweep(const char *dir, const char (*keep)[UUID_SIZE], size_t keep_len, int age_sec)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char id[UUID_SIZE];
	struct stat st;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		snprintf(id, sizeof id, "%.36s", e->d_name);
		if (!uuid_ok(id) || (e->d_name[36] != '\0' && strcmp(e->d_name + 36, ".idx") != 0))
			continue;
		/* ctime: linking the upload has set it, its contents are as old as they are */
		if (is_kept(id, keep, keep_len) || fstatat(dirfd(d), e->d_name, &st, 0) != 0 ||
		    st.st_ctime > time(NULL) - age_sec)
			continue;
		unlinkat(dirfd(d), e->d_name, 0);
	}
	closedir(d);
}
