/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl tick: the background's work, once, for hosts that let nothing run on (cron calls it
 * every minute). The work itself is platen-worker's; this becomes that program. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/ctl.h"

/* Where platenctl lies, its worker lies; then where it was installed. */
static const char *worker_path(struct ctl *c)
{
	char self[4096];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

	while (len > 0 && self[len - 1] != '/')
		len--;
	if (len > 0) {
		const char *beside = arena_printf(c->arena, "%.*splaten-worker", (int)len, self);

		if (access(beside, X_OK) == 0)
			return beside;
	}
	return PLATEN_BINDIR "/platen-worker";
}

static int run(struct ctl *c)
{
	const char *path = worker_path(c);
	const char *argv[] = { path, "--once", NULL, NULL, NULL };

	if (c->config != NULL) {
		argv[2] = "--config";
		argv[3] = c->config;
	}
	execv(path, (char *const *)argv);
	fprintf(stderr, "platenctl: cannot run %s: %s\n", path, strerror(errno));
	return CTL_FAILED;
}

const struct verb verb_tick = {
	.name = "tick",
	.summary = "run the due background tasks once, for cron",
	.usage = "usage: platenctl tick\n\n"
	         "Analyses uploads and does what else is due, then ends. For hosts where no\n"
	         "platen-worker may run: call it every minute. Two at once share the work.\n",
	.loads_itself = true,
	.run = run,
};
