/* SPDX-License-Identifier: Apache-2.0 */
/* platen-spooler - prints on all local printers of this host.
 *
 * Does:     one session for each printer (spooler/bay), their jobs streamed line by line; the
 *           printers' values and everything that happens to a job written to the database.
 * Woken by: bytes from printers, NOTIFY, timers, run/spooler.sock (emergency stop), the holder.
 * Trusts:   the database's rows, the holder. Neither printers nor print files.
 * Touches:  descriptors from the holder, run.dir/journal, spool_dir, stored files for reading.
 * Stops:    SIGTERM: stops reading and writing and leaves everything as it is; the print goes on
 *           with the next spooler. kill -9 is the same. SIGHUP: reads the configuration again. */
#include "config.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metrics.h"
#include "model/settings.h"
#include "run/service.h"
#include "spooler/shell.h"

static struct service service = {
	.name = "platen-spooler",
	.summary = "prints on the local printers",
	.pid_name = "spooler",
};

static void on_term(void *ctx, int signo)
{
	struct spooler *sp = ctx;

	log_info("signal %d: stopping, prints go on with the next spooler", signo);
	sp->stopping = true;
	loop_stop(sp->loop);
}

static void on_hup(void *ctx, int signo)
{
	struct spooler *sp = ctx;
	struct err e;

	(void)signo;
	if (service_reload(&service, &e) != E_OK) {
		log_err(&e, "the configuration stays as it was");
		return;
	}
	sp->conf = service.conf;
	for (struct unit *u = sp->units; u != NULL; u = u->next)
		unit_reload(u);
	log_info("the configuration was read again");
}

/* A line is a few microseconds of work, due at once: short turns on a processor come sooner where
 * others keep it busy. Linux 6.12; where it is not known, nothing changes. */
static void ask_short_turns(void)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period; /* nanoseconds */
	} attr = { .size = sizeof attr };

	if (syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) != 0 || attr.policy != SCHED_OTHER)
		return;
	attr.runtime = 100000;
	if (syscall(SYS_sched_setattr, 0, &attr, 0) != 0)
		log_debug("no short turns: %s", strerror(errno));
}

static void need_dir(const char *path)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return;
	log_error("%s: %s", path, strerror(errno));
	exit(EXIT_FAILURE);
}

static void find_dirs(struct spooler *sp, struct arena *a)
{
	snprintf(sp->run_dir, sizeof sp->run_dir, "%s", conf_text(sp->conf, "run.dir"));
	snprintf(sp->journal_dir, sizeof sp->journal_dir, "%s/journal", sp->run_dir);
	snprintf(sp->spool_dir, sizeof sp->spool_dir, "%s", settings_spool_dir(sp->conf, a));
	snprintf(sp->copies_dir, sizeof sp->copies_dir, "%s/journal", sp->spool_dir);
	snprintf(sp->storage_dir, sizeof sp->storage_dir, "%s", conf_text(sp->conf, "storage.dir"));
	if (gethostname(sp->host, sizeof sp->host) != 0)
		snprintf(sp->host, sizeof sp->host, "localhost");
	need_dir(sp->run_dir);
	need_dir(sp->journal_dir);
	need_dir(sp->spool_dir);
}

/* No older spooler lives: the prints of the last run, then the world. Until here a signal ends the
 * process at once. */
static void start(struct spooler *sp)
{
	static const struct pg_async_ops ops = { .up = sched_db_up, .notify = sched_notify };
	struct arena *a = arena_new(0);

	loop_signal(sp->loop, SIGTERM, on_term, sp);
	loop_signal(sp->loop, SIGINT, on_term, sp);
	loop_signal(sp->loop, SIGHUP, on_hup, sp);
	sched_start(sp);
	sp->saver = saver_new(sp);
	sp->db = pg_async_new(sp->loop, settings_db(sp->conf, a), "platen_service", &ops, sp);
	sp->telemetry = telemetry_new(sp);
	service_write_pid(&service);
	arena_free(a);
}

static void stop(struct spooler *sp)
{
	pg_async_free(sp->db);
	control_free(sp->control);
	telemetry_free(sp->telemetry);
	saver_stop(sp->saver);
	sched_stop(sp);
	link_free(sp->link);
	loop_free(sp->loop);
	saver_free(sp->saver);
}

int main(int argc, char **argv)
{
	static struct spooler sp;
	struct arena *a;
	struct err e;

	service_init(&service, argc, argv);
	ask_short_turns();
	sp.conf = service.conf;
	sp.loop = loop_new();
	a = arena_new(0);
	find_dirs(&sp, a);
	if (metrics_open(settings_run_path(sp.conf, a, "metrics"), &e) != E_OK)
		log_err(&e, "figures are not counted");
	arena_free(a);
	sp.link = link_new(&sp, start);
	loop_run(sp.loop);
	stop(&sp);
	metrics_close();
	service_fini(&service);
	return EXIT_SUCCESS;
}
