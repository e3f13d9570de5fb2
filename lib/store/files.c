/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "store/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "store/files_dir.h"

#define FILE_MODE   0640
#define DIR_MODE    0750
#define CHECK_EVERY ((int64_t)16 << 20) /* free space is looked at once per so many bytes */
#define STALE_AFTER 86400               /* seconds; a named temporary file nobody finished */

struct files {
	int root, tmp;
	int64_t min_free;
};

struct file_new {
	struct files *files;
	int fd;
	int64_t size, next_check;
	char name[20]; /* in tmp/, where the file system knows no unnamed files; else "" */
};

/* Uploads of a process that died on a file system without unnamed files. */
static void sweep(int tmp)
{
	int copy = openat(tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *en;
	struct stat st;

	if (d == NULL) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((en = readdir(d)) != NULL)
		if (en->d_name[0] != '.' && fstatat(tmp, en->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mtime + STALE_AFTER < time(NULL))
			unlinkat(tmp, en->d_name, 0);
	closedir(d);
}

enum errc files_open_root(const char *dir, int64_t min_free, struct files **out, struct err *e)
{
	struct files *f;
	int root, tmp;

	if (mkdir(dir, DIR_MODE) != 0 && errno != EEXIST)
		return err_errno(e, dir);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_errno(e, dir);
	tmp = files_dir_make(root, "tmp");
	if (tmp < 0) {
		enum errc rc = err_errno(e, "tmp below storage.dir");

		close(root);
		return rc;
	}
	sweep(tmp);
	f = calloc(1, sizeof *f);
	if (f == NULL)
		abort();
	f->root = root;
	f->tmp = tmp;
	f->min_free = min_free;
	*out = f;
	return E_OK;
}

void files_free(struct files *f)
{
	if (f == NULL)
		return;
	close(f->root);
	close(f->tmp);
	free(f);
}

int64_t files_free_space(const struct files *f)
{
	struct statvfs vfs;

	if (fstatvfs(f->root, &vfs) != 0)
		return -1;
	return (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
}

static enum errc check_space(const struct files *f, int64_t wanted, struct err *e)
{
	int64_t space = files_free_space(f);

	if (space < 0 || space - wanted >= f->min_free)
		return E_OK;
	err_set(e, E_UNAVAILABLE, "There is not enough free space to store the file");
	err_detail(e, "%" PRId64 " bytes free, storage.min_free is %" PRId64, space, f->min_free);
	return E_UNAVAILABLE;
}

static void random_hex(char out[17])
{
	uint8_t bytes[8];

	crypto_random(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, out);
}

enum errc files_create(struct files *f, int64_t expected, struct file_new **out, struct err *e)
{
	enum errc rc = check_space(f, expected, e);
	struct file_new *n;
	char name[20] = "";
	int fd;

	if (rc != E_OK)
		return rc;
	fd = openat(f->tmp, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);
	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
		random_hex(name);
		fd = openat(f->tmp, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, FILE_MODE);
	}
	if (fd < 0)
		return err_errno(e, "create a temporary file below storage.dir");
	n = calloc(1, sizeof *n);
	if (n == NULL)
		abort();
	n->files = f;
	n->fd = fd;
	n->next_check = CHECK_EVERY;
	memcpy(n->name, name, sizeof name);
	*out = n;
	return E_OK;
}

enum errc files_write(struct file_new *n, const void *bytes, size_t size, struct err *e)
{
	const char *p = bytes;

	while (size > 0) {
		ssize_t done = write(n->fd, p, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_errno(e, "write below storage.dir");
		p += done;
		size -= (size_t)done;
		n->size += done;
	}
	if (n->size < n->next_check)
		return E_OK;
	n->next_check = n->size + CHECK_EVERY;
	return check_space(n->files, 0, e);
}

int64_t files_size(const struct file_new *n)
{
	return n->size;
}

int files_fd(const struct file_new *n)
{
	return n->fd;
}

void files_abandon(struct file_new *n)
{
	if (n == NULL)
		return;
	if (n->name[0] != '\0')
		unlinkat(n->files->tmp, n->name, 0);
	close(n->fd);
	free(n);
}

/* The file gets a name in tmp/ if it has none, so that it can be moved over another. */
static bool give_name(struct file_new *n)
{
	char name[20];

	if (n->name[0] != '\0')
		return true;
	random_hex(name);
	if (!files_dir_link_fd(n->fd, n->files->tmp, name))
		return false;
	memcpy(n->name, name, sizeof name);
	return true;
}

static enum errc publish(struct file_new *n, int dir, const char *name, struct err *e)
{
	enum errc rc = E_OK;

	/* Bytes before the name, the name before the answer. */
	if (fsync(n->fd) != 0 || !give_name(n) ||
	    renameat(n->files->tmp, n->name, dir, name) != 0)
		rc = err_errno(e, name);
	else
		n->name[0] = '\0';
	if (rc == E_OK && fsync(dir) != 0)
		rc = err_errno(e, "fsync of a directory below storage.dir");
	return rc;
}

static bool good_extension(const char *ext, char out[17])
{
	size_t len = strlen(ext);

	if (len > 16 || (len > 0 && ext[0] != '.'))
		return false;
	for (size_t i = 0; i < len; i++) {
		out[i] = (char)tolower((unsigned char)ext[i]);
		if (!isalnum((unsigned char)ext[i]) && ext[i] != '.')
			return false;
	}
	out[len] = '\0';
	return strstr(out, "..") == NULL;
}

enum errc files_finish(struct file_new *n, const char *extension, char path[FILES_PATH_SIZE],
    struct err *e)
{
	usec_t now = clock_wall();
	time_t sec = (time_t)(now / USEC_PER_SEC);
	char hex[17], ext[17];
	enum errc rc;
	struct tm tm;
	int dir;

	if (!good_extension(extension, ext)) {
		files_abandon(n);
		return err_set(e, E_INVALID, "The file name's extension is not usable");
	}
	gmtime_r(&sec, &tm);
	random_hex(hex);
	snprintf(path, FILES_PATH_SIZE, "%04d/%02d/%" PRId64 "-%s%s", (tm.tm_year + 1900) % 10000,
	    tm.tm_mon + 1, now / USEC_PER_MSEC, hex, ext);
	dir = files_dir_open(n->files->root, path, true);
	if (dir < 0) {
		rc = err_errno(e, path);
	} else {
		rc = publish(n, dir, strrchr(path, '/') + 1, e);
		close(dir);
	}
	files_abandon(n);
	return rc;
}

enum errc files_finish_beside(struct file_new *n, const char *path, const char *suffix,
    struct err *e)
{
	char name[FILES_NAME_SIZE];
	enum errc rc = files_dir_name(path, suffix, name, e);
	int dir = -1;

	if (rc == E_OK) {
		dir = files_dir_open(n->files->root, path, false);
		rc = dir < 0 ? err_errno(e, path) : publish(n, dir, name, e);
	}
	if (dir >= 0)
		close(dir);
	files_abandon(n);
	return rc;
}

/* Directory and name of path + suffix; the caller closes *dir. */
static enum errc locate(struct files *f, const char *path, const char *suffix, int *dir,
    char name[FILES_NAME_SIZE], struct err *e)
{
	enum errc rc = files_dir_name(path, suffix, name, e);

	if (rc != E_OK)
		return rc;
	*dir = files_dir_open(f->root, path, false);
	if (*dir >= 0)
		return E_OK;
	if (errno == ENOENT)
		return err_set(e, E_NOTFOUND, "The file is not in the store");
	return err_errno(e, path);
}

enum errc files_open(struct files *f, const char *path, const char *suffix, int *fd,
    struct err *e)
{
	char name[FILES_NAME_SIZE];
	int dir;
	enum errc rc = locate(f, path, suffix, &dir, name, e);
	struct stat st;

	if (rc != E_OK)
		return rc;
	*fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		rc = errno == ENOENT ? err_set(e, E_NOTFOUND, "The file is not in the store") :
		     errno == ELOOP ? err_set(e, E_INVALID, "A link is not a stored file") :
		     err_errno(e, path);
	close(dir);
	if (rc == E_OK && (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(*fd);
		*fd = -1;
		rc = err_set(e, E_INVALID, "Not a stored file");
	}
	return rc;
}

enum errc files_remove(struct files *f, const char *path, const char *suffix, struct err *e)
{
	char name[FILES_NAME_SIZE];
	int dir;
	enum errc rc = locate(f, path, suffix, &dir, name, e);

	if (rc == E_NOTFOUND)
		return E_OK;
	if (rc != E_OK)
		return rc;
	if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
		rc = err_errno(e, path);
	close(dir);
	return rc;
}

enum errc files_link(struct files *f, const char *path, const char *suffix, const char *dir,
    const char *name, struct err *e)
{
	int from, to;
	enum errc rc = files_open(f, path, suffix, &from, e);

	if (rc != E_OK)
		return rc;
	if (mkdir(dir, DIR_MODE) != 0 && errno != EEXIST)
		rc = err_errno(e, dir);
	to = rc != E_OK ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rc == E_OK && to < 0)
		rc = err_errno(e, dir);
	if (rc == E_OK && !files_dir_link_fd(from, to, name))
		rc = errno == EEXIST ? err_set(e, E_CONFLICT, "The file is already there") :
		     files_dir_copy(from, to, name, e);
	if (rc == E_OK && fsync(to) != 0)
		rc = err_errno(e, dir);
	if (to >= 0)
		close(to);
	close(from);
	return rc;
}
