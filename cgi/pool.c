/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "cgi/app.h"
#include "cgi/fcgi.h"
#include "cgi/pids.h"
#include "model/settings.h"

#define BACKLOG     4096 /* a full backlog is an immediate 502 of nginx */
#define MAX_POOLS   4
#define MAX_WORKERS 256
#define DRAIN       (15 * USEC_PER_SEC)
#define TOO_FAST    (200 * USEC_PER_MSEC) /* a worker that dies younger than this is ill */

struct crew {
	enum pool pool;
	int listener, len;
	char path[108];
	pid_t pid[MAX_WORKERS];
	bool leaving[MAX_WORKERS]; /* has the configuration of before */
	usec_t born[MAX_WORKERS];
};

static struct crew crews[MAX_POOLS];
static int crew_len;

int pool_default_workers(const struct conf *c, enum pool p)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int api = (int)conf_int(c, "http.api_workers");

	if (p == POOL_SLOW)
		return 8;
	if (p == POOL_API)
		return api > 0 ? api : (int)(2 * (cores < 1 ? 1 : cores > 32 ? 32 : cores));
	return 2;
}

static enum errc bind_socket(struct crew *crew, const struct conf *c, struct err *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int rc;

	if ((size_t)snprintf(at.sun_path, sizeof at.sun_path, "%s/cgi-%s.sock", conf_text(c, "run.dir"),
	        pool_name(crew->pool)) >= sizeof at.sun_path)
		return err_field(e, E_INVALID, "run.dir", "Configuration: run.dir is too long");
	memcpy(crew->path, at.sun_path, sizeof crew->path);
	crew->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (crew->listener < 0)
		return err_errno(e, "socket");
	unlink(crew->path);
	mask = umask(0117); /* 0660 from the first moment */
	rc = bind(crew->listener, (const struct sockaddr *)&at, sizeof at);
	umask(mask);
	if (rc != 0 || listen(crew->listener, BACKLOG) != 0)
		return err_errno(e, crew->path);
	return E_OK;
}

static void on_stop(int signo)
{
	(void)signo;
	fcgi_stop();
}

/* Without SA_RESTART: an idle worker must leave accept() at once. */
static void handle(int signo, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

_Noreturn static void worker(struct app *app, const struct crew *crew, pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0); /* the parent died before the line above */
	for (int i = 0; i < crew_len; i++)
		if (&crews[i] != crew)
			close(crews[i].listener);
	handle(SIGTERM, on_stop);
	handle(SIGINT, SIG_IGN); /* the parent passes on a Ctrl-C as SIGTERM */
	handle(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	app->pool = crew->pool;
	if (!fcgi_serve(crew->listener, app_serve, app))
		_exit(1);
	app_fini(app);
	_exit(0);
}

static bool fork_worker(struct app *app, struct crew *crew, int slot)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0)
		worker(app, crew, parent);
	crew->pid[slot] = pid < 0 ? 0 : pid;
	crew->leaving[slot] = false;
	crew->born[slot] = clock_mono();
	if (pid < 0)
		log_error("cannot fork a worker of pool %s", pool_name(crew->pool));
	return pid > 0;
}

static void write_pids(const struct conf *c)
{
	for (int i = 0; i < crew_len; i++)
		pids_write(c, pool_name(crews[i].pool), crews[i].pid, crews[i].len);
	pids_join(c);
}

static int reap(void)
{
	int gone = 0, status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int i = 0; i < crew_len; i++)
			for (int j = 0; j < crews[i].len; j++)
				if (crews[i].pid[j] == pid)
					crews[i].pid[j] = 0;
		if (WIFSIGNALED(status))
			log_error("a worker was killed by signal %d", WTERMSIG(status));
		gone++;
	}
	return gone;
}

static void signal_all(int signo)
{
	for (int i = 0; i < crew_len; i++)
		for (int j = 0; j < crews[i].len; j++)
			if (crews[i].pid[j] > 0)
				kill(crews[i].pid[j], signo);
}

static int living(void)
{
	int n = 0;

	for (int i = 0; i < crew_len; i++)
		for (int j = 0; j < crews[i].len; j++)
			n += crews[i].pid[j] > 0;
	return n;
}

/* Waits for a signal of the set, at most `wait`; 0: none came. */
static int next_signal(const sigset_t *set, usec_t wait)
{
	struct timespec ts = { wait / USEC_PER_SEC, wait % USEC_PER_SEC * 1000 };
	int got = sigtimedwait(set, NULL, &ts);

	return got < 0 ? 0 : got;
}

/* Told again and again, because a worker between its check and accept() misses the first one. */
static void drain(const sigset_t *set)
{
	usec_t until = clock_mono() + DRAIN;

	while (living() > 0 && clock_mono() < until) {
		signal_all(SIGTERM);
		next_signal(set, 200 * USEC_PER_MSEC);
		reap();
	}
	if (living() > 0)
		signal_all(SIGKILL);
	while (living() > 0 && reap() >= 0)
		next_signal(set, 100 * USEC_PER_MSEC);
}

/* Fills empty places; one that just died young waits, so that a broken worker cannot turn the
 * parent into a fork bomb. Returns how long to wait for the next try. */
static usec_t refill(struct app *app)
{
	bool changed = false, waiting = false;
	usec_t now = clock_mono();

	for (int i = 0; i < crew_len; i++) {
		for (int j = 0; j < crews[i].len; j++) {
			if (crews[i].pid[j] > 0)
				continue;
			if (crews[i].born[j] != 0 && now - crews[i].born[j] < TOO_FAST)
				waiting = true;
			else if (fork_worker(app, &crews[i], j))
				changed = true;
		}
	}
	if (changed)
		write_pids(app->conf);
	return waiting ? TOO_FAST : 3600 * USEC_PER_SEC;
}

/* Workers of before finish their request and go; told again and again, as in drain(). */
static bool retire(void)
{
	bool any = false;

	for (int i = 0; i < crew_len; i++)
		for (int j = 0; j < crews[i].len; j++)
			if (crews[i].leaving[j] && crews[i].pid[j] > 0) {
				kill(crews[i].pid[j], SIGTERM);
				any = true;
			}
	return any;
}

static void reload(struct app *app)
{
	struct err e;

	if (app_reload(app, &e) != E_OK) {
		log_err(&e, "the configuration stays as it was");
		return;
	}
	for (int i = 0; i < crew_len; i++)
		for (int j = 0; j < crews[i].len; j++)
			crews[i].leaving[j] = true;
	log_info("the configuration was read again, the workers are renewed");
}

static void watch(struct app *app, const sigset_t *set)
{
	int got;

	do {
		usec_t wait = refill(app);

		got = next_signal(set, retire() ? TOO_FAST : wait);
		if (got == SIGHUP)
			reload(app);
		reap();
	} while (got != SIGTERM && got != SIGINT);
}

enum errc pool_run(struct app *app, const struct pool_wish *wishes, int len, struct err *e)
{
	sigset_t set;

	for (crew_len = 0; crew_len < len; crew_len++) {
		struct crew *crew = &crews[crew_len];
		enum errc rc;

		crew->pool = wishes[crew_len].pool;
		crew->len = wishes[crew_len].workers;
		if (crew->len < 1 || crew->len > MAX_WORKERS)
			return err_set(e, E_INVALID, "--workers must be 1 to %d", MAX_WORKERS);
		rc = bind_socket(crew, app->conf, e);
		if (rc != E_OK)
			return rc;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	watch(app, &set);
	drain(&set);
	for (int i = 0; i < crew_len; i++) {
		unlink(crews[i].path);
		crews[i].len = 0;
	}
	write_pids(app->conf);
	return E_OK;
}
