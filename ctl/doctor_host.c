/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: this host - storage, run.dir, sockets, serial devices. */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "model/settings.h"
#include "store/ctl_store.h"
#include "store/files.h"

/* Writes a small file the way an upload is written, and lets it vanish. */
static void storage(struct doctor *d)
{
	const char *dir = conf_text(d->c->conf, "storage.dir");
	int64_t min_free = conf_int(d->c->conf, "storage.min_free");
	int64_t largest = conf_int(d->c->conf, "storage.max_file_size"), space;
	const char *remedy = arena_printf(d->c->arena,
	    "install -d -o platen -g platen -m 0750 %s", dir);
	struct files *f;
	struct file_new *n;
	struct err e;

	if (files_open_root(dir, min_free, &f, &e) != E_OK) {
		doctor_say(d, DOCTOR_FAIL, "storage", remedy, "%s", e.detail);
		return;
	}
	space = files_free_space(f) >> 20;
	if (files_create(f, 0, &n, &e) != E_OK) {
		doctor_say(d, DOCTOR_FAIL, "storage",
		    e.code == E_UNAVAILABLE ? "make room: uploads are refused" : remedy, "%s", e.detail);
	} else {
		if (files_write(n, "platen", 6, &e) != E_OK)
			doctor_say(d, DOCTOR_FAIL, "storage", "look at the disk", "%s", e.detail);
		else if (space < ((min_free + largest) >> 20))
			doctor_say(d, DOCTOR_WARN, "storage", "make room",
			    "%s: %d MiB free, less than the largest upload needs", dir, (int)space);
		else
			doctor_say(d, DOCTOR_OK, "storage", NULL, "%s: %d MiB free", dir, (int)space);
		files_abandon(n);
	}
	files_free(f);
}

/* A hard link costs nothing at the start of a print; a copy of a large file does. */
static void spool_dir(struct doctor *d)
{
	const char *dir = settings_spool_dir(d->c->conf, d->c->arena);
	struct stat a, b;

	if (stat(dir, &b) != 0)
		doctor_say(d, DOCTOR_WARN, "spool", "the spooler makes it when it starts", "%s: %s", dir,
		    strerror(errno));
	else if (stat(conf_text(d->c->conf, "storage.dir"), &a) == 0 && a.st_dev != b.st_dev)
		doctor_say(d, DOCTOR_WARN, "spool", "put storage.spool_dir beside storage.dir",
		    "%s is another file system: each print begins with a copy", dir);
	else
		doctor_say(d, DOCTOR_OK, "spool", NULL, "%s", dir);
}

static void run_dir(struct doctor *d)
{
	const char *dir = conf_text(d->c->conf, "run.dir");
	struct statfs fs;

	if (statfs(dir, &fs) != 0 || access(dir, R_OK | W_OK | X_OK) != 0) {
		doctor_say(d, DOCTOR_FAIL, "run.dir", arena_printf(d->c->arena,
		    "install -d -o platen -g platen -m 0750 %s (systemd: RuntimeDirectory=)", dir),
		    "%s: %s", dir, strerror(errno));
		return;
	}
	if (fs.f_type == TMPFS_MAGIC)
		doctor_say(d, DOCTOR_OK, "run.dir", NULL, "%s", dir);
	else
		doctor_say(d, DOCTOR_WARN, "run.dir", "use a directory below /run or /dev/shm",
		    "%s is not memory-backed: each printed line would write to the disk", dir);
}

static bool answers(const char *path, int type)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = false;

	if (fd >= 0 && strlen(path) < sizeof at.sun_path) {
		memcpy(at.sun_path, path, strlen(path) + 1);
		ok = connect(fd, (const struct sockaddr *)&at, sizeof at) == 0;
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

static void sockets(struct doctor *d)
{
	static const struct {
		const char *name, *remedy;
		int type;
	} all[] = {
		{ "holder.sock", "start platen-holder", SOCK_SEQPACKET },
		{ "spooler.sock", "start platen-spooler", SOCK_SEQPACKET },
		{ "cgi-api.sock", "start platen-cgi --pool api", SOCK_STREAM },
		{ "cgi-slow.sock", "start platen-cgi --pool slow", SOCK_STREAM },
		{ "cgi-upload.sock", "start platen-cgi --pool upload", SOCK_STREAM },
		{ "cgi-stop.sock", "start platen-cgi --pool stop", SOCK_STREAM },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const char *path = settings_run_path(d->c->conf, d->c->arena, all[i].name);

		if (strlen(path) >= sizeof ((struct sockaddr_un *)NULL)->sun_path)
			doctor_say(d, DOCTOR_FAIL, "sockets", "choose a shorter run.dir",
			    "%s is too long for a socket", path);
		else if (answers(path, all[i].type))
			doctor_say(d, DOCTOR_OK, "sockets", NULL, "%s", all[i].name);
		else
			doctor_say(d, DOCTOR_WARN, "sockets", all[i].remedy, "%s: %s", path,
			    strerror(errno));
	}
}

static void logs(struct doctor *d)
{
	const char *dir = conf_text(d->c->conf, "log.dir");

	if (dir != NULL && access(dir, W_OK | X_OK) != 0)
		doctor_say(d, DOCTOR_FAIL, "log", arena_printf(d->c->arena,
		    "install -d -o platen -g platen -m 0750 %s", dir), "%s: %s", dir, strerror(errno));
	else if (dir != NULL)
		doctor_say(d, DOCTOR_OK, "log", NULL, "day files in %s", dir);
	if (conf_is_set(d->c->conf, "sentry.dsn") && !settings_reports(d->c->conf))
		doctor_say(d, DOCTOR_WARN, "log", "core.environment = production, or take it out",
		    "sentry.dsn is set, but errors are told in production only");
}

void doctor_host(struct doctor *d)
{
	logs(d);
	storage(d);
	spool_dir(d);
	run_dir(d);
	sockets(d);
}

static void prefixes(struct doctor *d)
{
	const char *list = conf_text(d->c->conf, "serial.device_prefixes");
	char *copy = arena_str(d->c->arena, list), *one, *rest = copy;
	struct stat st;

	while (copy != NULL && (one = strsep(&rest, ", ")) != NULL) {
		if (*one == '\0')
			continue;
		if (*one != '/')
			doctor_say(d, DOCTOR_FAIL, "serial", "use absolute paths",
			    "serial.device_prefixes: %s", one);
		else if (one[strlen(one) - 1] == '/' && stat(one, &st) != 0)
			doctor_say(d, DOCTOR_WARN, "serial", "make it, or take it out of the list",
			    "serial.device_prefixes: %s: %s", one, strerror(errno));
		else
			doctor_say(d, DOCTOR_OK, "serial", NULL, "devices below %s are allowed", one);
	}
}

static void device(struct doctor *d, const char *name, const char *path)
{
	char real[4096];
	struct stat st;

	if (realpath(path, real) == NULL || stat(real, &st) != 0)
		doctor_say(d, DOCTOR_WARN, "serial", "plug the printer in and switch it on",
		    "%s: %s: %s", name, path, strerror(errno));
	else if (!S_ISCHR(st.st_mode) || strncmp(real, "/dev/", 5) != 0)
		doctor_say(d, DOCTOR_FAIL, "serial", "correct the printer's serial_device",
		    "%s: %s is not a device", name, path);
	else if (access(real, R_OK | W_OK) != 0)
		doctor_say(d, DOCTOR_FAIL, "serial", "usermod -aG dialout platen, then restart",
		    "%s: %s: %s", name, path, strerror(errno));
	else
		doctor_say(d, DOCTOR_OK, "serial", NULL, "%s: %s", name, path);
}

void doctor_printers(struct doctor *d, struct pg *db)
{
	struct pg_result *r;
	struct err e;

	prefixes(d);
	if (db == NULL)
		return;
	if (ctl_store_devices(db, d->c->arena, &r, &e) != E_OK) {
		doctor_say(d, DOCTOR_FAIL, "serial", "platenctl migrate", "%s", e.detail);
		return;
	}
	for (int i = 0; i < pg_len(r); i++)
		device(d, pg_get(r, i, "name"), pg_get(r, i, "device"));
}
