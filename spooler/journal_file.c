/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"

#include "spooler/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "spooler/journal.h"

static bool take_over(int fd, const char *copies, const char *id)
{
	static char room[JOURNAL_SIZE]; /* only at start, on the one thread */
	char path[600];
	int from;
	bool ok;

	snprintf(path, sizeof path, "%s/%s", copies, id);
	from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (from < 0)
		return false;
	ok = read(from, room, sizeof room) == (ssize_t)sizeof room &&
	     pwrite(fd, room, sizeof room, 0) == (ssize_t)sizeof room;
	close(from);
	return ok;
}

enum errc journal_file_map(const char *dir, const char *copies, const char *id, void **memory,
    struct err *e)
{
	char path[600];
	struct stat st;
	int fd;

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		return err_errno(e, "The journals' folder cannot be made");
	snprintf(path, sizeof path, "%s/%s", dir, id);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return err_errno(e, "The journal cannot be opened");
	}
	if (st.st_size == 0 && take_over(fd, copies, id))
		log_warn("%s: the journal is the disk's copy", id);
	/* Room now, so that a full memory file system cannot kill us in the middle of a print. */
	if (ftruncate(fd, JOURNAL_SIZE) != 0 || (errno = posix_fallocate(fd, 0, JOURNAL_SIZE)) != 0) {
		close(fd);
		return err_errno(e, "No room for the journal");
	}
	*memory = mmap(NULL, JOURNAL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (*memory == MAP_FAILED)
		return err_errno(e, "The journal cannot be mapped");
	if (mlock(*memory, JOURNAL_SIZE) != 0)
		log_warn("%s: the journal's memory is not locked: %s", id, strerror(errno));
	return E_OK;
}

void journal_file_unmap(void *memory)
{
	if (memory != NULL)
		munmap(memory, JOURNAL_SIZE);
}

/* In place: its records carry checksums, a half written copy loses the newest at most. */
enum errc journal_file_save(const char *copies, const char *id, const void *bytes, struct err *e)
{
	enum errc rc = E_OK;
	char path[600];
	int fd;

	if (mkdir(copies, 0750) != 0 && errno != EEXIST)
		return err_errno(e, "The folder of the journals' copies cannot be made");
	snprintf(path, sizeof path, "%s/%s", copies, id);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(e, "The journal's copy cannot be written");
	if (write(fd, bytes, JOURNAL_SIZE) != JOURNAL_SIZE || fdatasync(fd) != 0)
		rc = err_errno(e, "The journal's copy cannot be written");
	close(fd);
	return rc;
}

void journal_file_remove(const char *dir, const char *id)
{
	char path[600];

	snprintf(path, sizeof path, "%s/%s", dir, id);
	unlink(path);
}
