/* SPDX-License-Identifier: Apache-2.0 */
/* platen-worker - the background: task queue `task_queue`, n slots (contract §8).
 *
 * Does:     analyses uploaded G-code (t_analyze.c). Each slot is a process with its own database
 *           connection; the parent only forks them and forks dead ones again.
 * Woken by: NOTIFY `task <queue>`, the time a task becomes due, a slow scan.
 * Trusts:   the database. Not the files: they are users' bytes, read in bounded memory; a file that
 *           ends its slot ends nothing else, and is given up after a few times.
 * Touches:  the storage below storage.dir, no printer, no network but the database.
 * --once:   no slots, no waiting: one pass over what is due, for hosts without daemons.
 * Stops:    on SIGTERM after the running tasks, at most 10 s; what is cut off runs again. SIGHUP:
 *           reads the configuration again. */
#include "base/arena.h"
#include "base/log.h"
#include "base/metrics.h"
#include "model/settings.h"
#include "worker/slot.h"
#include "worker/slots.h"

int main(int argc, char **argv)
{
	const char *once = NULL;
	const struct service_option options[] = {
		{ "once", NULL, "run what is due and end (platenctl tick)", &once },
		{ NULL, NULL, NULL, NULL },
	};
	struct service s = { .name = "platen-worker", .summary = "runs background tasks",
		.options = options };
	struct arena *a;
	struct err e;
	int status;

	service_init(&s, argc, argv);
	if (once == NULL)
		s.pid_name = "worker";
	a = arena_new(4096);
	if (metrics_open(settings_run_path(s.conf, a, "metrics"), &e) != E_OK)
		log_err(&e, "opening the shared metrics");
	arena_free(a);
	status = once != NULL ? slot_once(s.conf) : slots_run(&s);
	metrics_close();
	service_fini(&s);
	return status;
}
