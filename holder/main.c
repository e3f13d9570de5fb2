/* SPDX-License-Identifier: Apache-2.0 */
/* platen-holder - opens the printers' ports and keeps them open, so that a print survives the death
 * of the spooler: closing a port would restart the board.
 *
 * Woken by: run/holder.sock (holder/wire.h), signals, the end of a spooler.
 * Trusts:   processes of its own user on that socket. Never reads a byte from a printer.
 * Writes:   to a port only LF M112 LF (stop) and the last will.
 * Touches:  ports, run.dir. After the start no privilege can be gained and none is kept.
 * Stops:    SIGTERM: the last wills are written, the ports close. SIGHUP: a new program takes over
 *           the same process with all ports open. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "holder/holder.h"
#include "run/packet.h"
#include "run/service.h"

static struct {
	struct holder holder;
	struct service service;
	char **argv;
} self;

static _Noreturn void give_up(const char *what, const char *name)
{
	log_error("%s %s: %s", what, name, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Files are opened by the owner's rights alone; root's powers are not needed and not kept. */
static void drop_rights(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { { 0 }, { 0 } };
	struct rlimit no_core = { 0, 0 };

	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &head, none) != 0)
		give_up("cannot drop", "rights");
	setrlimit(RLIMIT_CORE, &no_core);
	umask(0007);
}

static int lock_file(const char *dir, const char *name)
{
	char path[600];
	int fd;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		give_up("cannot open", path);
	return fd;
}

static void start(struct holder *h)
{
	const char *dir = conf_text(self.service.conf, "run.dir");
	char path[600];

	if (mkdir(dir, 0700) != 0 && errno != EEXIST)
		give_up("cannot make", dir);
	h->own_lock = lock_file(dir, "holder.lock");
	if (flock(h->own_lock, LOCK_EX | LOCK_NB) != 0)
		give_up("another holder lives in", dir);
	h->lock_fd = lock_file(dir, "spooler.lock");
	snprintf(path, sizeof path, "%s/holder.sock", dir);
	h->listener = packet_listen(path);
	if (h->listener < 0)
		give_up("cannot listen at", path);
}

static void configure(struct holder *h)
{
	const char *prefixes = conf_text(self.service.conf, "serial.device_prefixes");

	h->patience = conf_duration(self.service.conf, "holder.patience");
	snprintf(h->prefixes, sizeof h->prefixes, "%s", prefixes == NULL ? "" : prefixes);
}

static void on_term(void *ctx, int signo)
{
	struct holder *h = ctx;

	(void)signo;
	log_info("stopping");
	serve_wills(h, true);
	loop_stop(h->loop);
}

static void on_hup(void *ctx, int signo)
{
	(void)signo;
	state_exec(ctx, self.argv);
}

int main(int argc, char **argv)
{
	struct holder *h = &self.holder;

	self.argv = argv;
	self.service = (struct service){ .name = "platen-holder",
		.summary = "keeps the printers' ports open", .pid_name = "holder" };
	service_init(&self.service, argc, argv);
	*h = (struct holder){ .loop = loop_new(), .listener = -1, .own_lock = -1, .lock_fd = -1,
		.old_pidfd = -1, .absent_since = USEC_NEVER };
	configure(h);
	if (!state_restore(h))
		start(h);
	drop_rights();
	loop_signal(h->loop, SIGTERM, on_term, h);
	loop_signal(h->loop, SIGINT, on_term, h);
	loop_signal(h->loop, SIGHUP, on_hup, h);
	serve_start(h);
	service_write_pid(&self.service);
	loop_run(h->loop);
	serve_stop(h);
	loop_free(h->loop);
	service_fini(&self.service);
	return EXIT_SUCCESS;
}
