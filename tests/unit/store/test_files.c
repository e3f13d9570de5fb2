/* SPDX-License-Identifier: Apache-2.0 */
/* Uploads on a real disk: kept whole or not at all, nothing outside the root, modes, links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/files.h"

static char dir[] = "/tmp/platen-files-XXXXXX";
static char root[80], spool[80];
static struct files *store;

static int setup(void **state)
{
	struct err e;

	(void)state;
	snprintf(dir, sizeof dir, "/tmp/platen-files-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(root, sizeof root, "%s/uploads", dir);
	snprintf(spool, sizeof spool, "%s/spool", dir);
	assert_int_equal(files_open_root(root, 0, &store, &e), E_OK);
	return 0;
}

/* Counts files below `at`; with `erase` removes everything, `at` included. */
static int walk(const char *at, bool erase)
{
	DIR *d = opendir(at);
	struct dirent *en;
	int files = 0;

	assert_non_null(d);
	while ((en = readdir(d)) != NULL) {
		char path[600];
		struct stat st;

		if (strcmp(en->d_name, ".") == 0 || strcmp(en->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", at, en->d_name);
		assert_int_equal(lstat(path, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			files += walk(path, erase);
			continue;
		}
		files++;
		if (erase)
			unlink(path);
	}
	closedir(d);
	if (erase)
		rmdir(at);
	return files;
}

static int teardown(void **state)
{
	(void)state;
	files_free(store);
	walk(dir, true);
	return 0;
}

static void keep(const char *text, const char *ext, char path[FILES_PATH_SIZE])
{
	struct file_new *n;
	struct err e;

	assert_int_equal(files_create(store, 0, &n, &e), E_OK);
	assert_int_equal(files_write(n, text, strlen(text), &e), E_OK);
	assert_int_equal(files_size(n), strlen(text));
	if (files_finish(n, ext, path, &e) != E_OK)
		fail_msg("%s", e.detail);
}

static void reads_as(int fd, const char *text)
{
	char got[100];
	ssize_t n = read(fd, got, sizeof got - 1);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, text);
	close(fd);
}

static void kept(void **state)
{
	char path[FILES_PATH_SIZE], full[200];
	struct stat st;
	struct err e;
	int fd, ms, y, m, end = 0;
	char hex[17];

	(void)state;
	keep("G28\n", ".GCode", path);
	assert_int_equal(sscanf(path, "%4d/%2d/%8d%*5d-%16[0-9a-f].gcode%n", &y, &m, &ms, hex, &end), 4);
	assert_int_equal(path[end], '\0');
	assert_int_equal(strlen(hex), 16);
	snprintf(full, sizeof full, "%s/%s", root, path);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	*strrchr(full, '/') = '\0';
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(files_open(store, path, NULL, &fd, &e), E_OK);
	reads_as(fd, "G28\n");
	assert_int_equal(walk(root, false), 1);
	assert_int_equal(files_remove(store, path, NULL, &e), E_OK);
	assert_int_equal(files_remove(store, path, NULL, &e), E_OK);
	assert_int_equal(files_open(store, path, NULL, &fd, &e), E_NOTFOUND);
	assert_int_equal(walk(root, false), 0);
}

static void abandoned(void **state)
{
	struct file_new *n;
	char path[FILES_PATH_SIZE];
	struct err e;

	(void)state;
	assert_int_equal(files_create(store, 0, &n, &e), E_OK);
	assert_int_equal(files_write(n, "half", 4, &e), E_OK);
	files_abandon(n);
	assert_int_equal(files_create(store, 0, &n, &e), E_OK);
	assert_int_equal(files_finish(n, "/../x", path, &e), E_INVALID);
	assert_int_equal(files_create(store, 0, &n, &e), E_OK);
	assert_int_equal(files_finish(n, ".a..b", path, &e), E_INVALID);
	assert_int_equal(walk(dir, false), 0);
}

static void beside(void **state)
{
	char path[FILES_PATH_SIZE];
	struct file_new *n;
	struct err e;
	int fd;

	(void)state;
	keep("G28\n", ".gcode", path);
	for (int i = 0; i < 2; i++) { /* the second replaces the first */
		assert_int_equal(files_create(store, 0, &n, &e), E_OK);
		assert_int_equal(files_write(n, i == 0 ? "one" : "two", 3, &e), E_OK);
		assert_int_equal(files_finish_beside(n, path, ".idx", &e), E_OK);
	}
	assert_int_equal(files_open(store, path, ".idx", &fd, &e), E_OK);
	reads_as(fd, "two");
	assert_int_equal(walk(root, false), 2);
}

static void nothing_outside(void **state)
{
	static const char *const bad[] = { "../secret", "/etc/passwd", "2025/../../secret", "2025//x",
		"2025/11/..", "2025/11/.", "x", "", "2025/11/", "2025/11/.hidden", "a\\b/c", "a b/c" };
	char link[200], path[FILES_PATH_SIZE];
	struct err e;
	int fd;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(files_open(store, bad[i], NULL, &fd, &e), E_INVALID);
		assert_int_equal(files_remove(store, bad[i], NULL, &e), E_INVALID);
	}
	keep("x", "", path);
	assert_int_equal(files_open(store, path, "/../../x", &fd, &e), E_INVALID);
	snprintf(link, sizeof link, "%s/evil", root);
	assert_int_equal(symlink("/etc", link), 0);
	assert_int_not_equal(files_open(store, "evil/passwd", NULL, &fd, &e), E_OK);
	unlink(link);
	snprintf(link, sizeof link, "%s/%.8slink", root, path);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	snprintf(link, sizeof link, "%.8slink", path);
	assert_int_equal(files_open(store, link, NULL, &fd, &e), E_INVALID);
}

static void too_little_space(void **state)
{
	struct files *tight;
	struct file_new *n;
	struct err e;

	(void)state;
	assert_int_equal(files_create(store, INT64_MAX / 2, &n, &e), E_UNAVAILABLE);
	assert_int_equal(files_open_root(root, INT64_MAX / 2, &tight, &e), E_OK);
	assert_int_equal(files_create(tight, 1, &n, &e), E_UNAVAILABLE);
	files_free(tight);
}

static void linked(void **state)
{
	char path[FILES_PATH_SIZE], full[200];
	struct stat st;
	struct err e;
	FILE *f;

	(void)state;
	keep("G28\n", ".gcode", path);
	assert_int_equal(files_link(store, path, NULL, spool, "attempt", &e), E_OK);
	assert_int_equal(files_link(store, path, NULL, spool, "attempt", &e), E_CONFLICT);
	snprintf(full, sizeof full, "%s/attempt", spool);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_nlink, 2);
	assert_int_equal(files_remove(store, path, NULL, &e), E_OK);
	f = fopen(full, "re");
	assert_non_null(f);
	reads_as(dup(fileno(f)), "G28\n");
	fclose(f);
}

/* /dev/shm is another file system: the copy must be whole and of its own. */
static void copied(void **state)
{
	char path[FILES_PATH_SIZE], to[] = "/dev/shm/platen-files-XXXXXX", full[100];
	struct stat st;
	struct err e;

	(void)state;
	assert_non_null(mkdtemp(to));
	keep("G28\nG1 X1\n", ".gcode", path);
	assert_int_equal(files_link(store, path, NULL, to, "attempt", &e), E_OK);
	assert_int_equal(files_link(store, path, NULL, to, "attempt", &e), E_CONFLICT);
	snprintf(full, sizeof full, "%s/attempt", to);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_size, 10);
	assert_int_equal(walk(to, true), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(kept, setup, teardown),
		cmocka_unit_test_setup_teardown(abandoned, setup, teardown),
		cmocka_unit_test_setup_teardown(beside, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_outside, setup, teardown),
		cmocka_unit_test_setup_teardown(too_little_space, setup, teardown),
		cmocka_unit_test_setup_teardown(linked, setup, teardown),
		cmocka_unit_test_setup_teardown(copied, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
