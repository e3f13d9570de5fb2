/* SPDX-License-Identifier: Apache-2.0 */
#include "store/files_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_MODE  0750
#define FILE_MODE 0640
#define MAX_PATH_SIZE 256

static int open_dir(int parent, const char *name)
{
	return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int files_dir_make(int parent, const char *name)
{
	int fd = open_dir(parent, name);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (mkdirat(parent, name, DIR_MODE) != 0 && errno != EEXIST)
		return -1;
	if (fsync(parent) != 0)
		return -1;
	return open_dir(parent, name);
}

/* One component: plain characters, not hidden, so neither "." nor ".." nor "". */
static bool good_component(const char *p, size_t len)
{
	if (len == 0 || *p == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
		    p[i]) == NULL || p[i] == '\0')
			return false;
	return true;
}

static bool good_path(const char *path)
{
	const char *p = path;

	if (strlen(path) >= MAX_PATH_SIZE)
		return false;
	for (;;) {
		size_t len = strcspn(p, "/");

		if (!good_component(p, len))
			return false;
		if (p[len] == '\0')
			return p != path; /* at least one directory */
		p += len + 1;
	}
}

int files_dir_open(int root, const char *path, bool make)
{
	char part[MAX_PATH_SIZE];
	int at = open_dir(root, ".");

	if (!good_path(path)) {
		if (at >= 0)
			close(at);
		errno = EINVAL;
		return -1;
	}
	while (at >= 0 && strchr(path, '/') != NULL) {
		size_t len = strcspn(path, "/");
		int next, saved;

		snprintf(part, sizeof part, "%.*s", (int)len, path);
		next = make ? files_dir_make(at, part) : open_dir(at, part);
		saved = errno;
		close(at);
		errno = saved;
		at = next;
		path += len + 1;
	}
	return at;
}

enum errc files_dir_name(const char *path, const char *suffix, char out[FILES_NAME_SIZE],
    struct err *e)
{
	const char *slash = strrchr(path, '/');
	int len;

	if (!good_path(path) || slash == NULL)
		return err_set(e, E_INVALID, "Not a path of the store");
	len = snprintf(out, FILES_NAME_SIZE, "%s%s", slash + 1, suffix == NULL ? "" : suffix);
	if (len >= FILES_NAME_SIZE || !good_component(out, (size_t)len))
		return err_set(e, E_INVALID, "Not a path of the store");
	return E_OK;
}

bool files_dir_link_fd(int fd, int dir, const char *name)
{
	char proc[40];

	snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, proc, dir, name, AT_SYMLINK_FOLLOW) == 0;
}

static bool copy_bytes(int from, int to)
{
	off_t at = 0;

	for (;;) {
		char bytes[65536];
		ssize_t n = pread(from, bytes, sizeof bytes, at), done = 0;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		at += n;
		while (done < n) {
			ssize_t k = write(to, bytes + done, (size_t)(n - done));

			if (k < 0 && errno != EINTR)
				return false;
			done += k < 0 ? 0 : k;
		}
	}
}

enum errc files_dir_copy(int from, int dir, const char *name, struct err *e)
{
	char part[FILES_NAME_SIZE];
	enum errc rc = E_OK;
	int to;

	if (snprintf(part, sizeof part, ".%s.part", name) >= (int)sizeof part)
		return err_set(e, E_INVALID, "The name is too long");
	to = openat(dir, part, O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (to < 0)
		return err_errno(e, part);
	/* linkat and not rename: a name that is taken is told, not replaced. */
	if (!copy_bytes(from, to) || fsync(to) != 0)
		rc = err_errno(e, part);
	else if (linkat(dir, part, dir, name, 0) != 0)
		rc = errno == EEXIST ? err_set(e, E_CONFLICT, "The file is already there") :
		     err_errno(e, name);
	unlinkat(dir, part, 0);
	close(to);
	return rc;
}
