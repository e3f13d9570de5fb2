/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* prctl, sigtimedwait */
#include "worker/slots.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/settings.h"
#include "worker/report.h"
#include "worker/slot.h"

#define CHILDREN   65 /* the most slots, and who tells errors */
#define LIVED_LONG (10 * USEC_PER_SEC)
#define PAUSE_MIN  (USEC_PER_SEC / 10)
#define PAUSE_MAX  (5 * USEC_PER_SEC)
#define STOP_AFTER (10 * USEC_PER_SEC) /* a task longer than this is run again later */

struct child {
	pid_t pid; /* 0: waits for `due` */
	bool leaving; /* told to end: the configuration is another by now */
	usec_t started, due, pause;
};

struct slots {
	struct service *service;
	struct child child[CHILDREN]; /* those from len on are leaving or empty */
	int len, slots; /* one more child where errors are told */
	sigset_t watched;
};

static void start(struct slots *p, int i)
{
	pid_t parent = getpid(), pid = fork();

	if (pid == 0) {
		sigprocmask(SIG_UNBLOCK, &p->watched, NULL);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(0);
		if (i == p->slots)
			report_run(p->service->conf);
		slot_run(p->service->conf, i + 1);
	}
	p->child[i].started = clock_mono();
	p->child[i].leaving = false;
	if (pid > 0) {
		p->child[i].pid = pid;
		return;
	}
	log_error("cannot fork a slot");
	p->child[i].due = p->child[i].started + PAUSE_MAX;
}

static void ended(struct slots *p, pid_t pid, int status)
{
	usec_t now = clock_mono();
	int i;

	for (i = 0; i < CHILDREN; i++) {
		struct child *c = &p->child[i];

		if (c->pid != pid)
			continue;
		c->pid = 0;
		c->due = now;
		if (c->leaving && WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		if (WIFSIGNALED(status))
			log_error("slot %d was ended by signal %d", i + 1, WTERMSIG(status));
		else
			log_error("slot %d ended with status %d", i + 1, WEXITSTATUS(status));
		if (now - c->started > LIVED_LONG || c->pause == 0)
			c->pause = PAUSE_MIN;
		else
			c->pause = c->pause * 2 > PAUSE_MAX ? PAUSE_MAX : c->pause * 2;
		c->due = now + c->pause;
	}
}

/* Forks what is due; returns how long nothing is. */
static usec_t start_due(struct slots *p)
{
	usec_t now = clock_mono(), wait = PAUSE_MAX;
	int i;

	for (i = 0; i < p->len; i++) {
		if (p->child[i].pid != 0)
			continue;
		if (p->child[i].due <= now)
			start(p, i);
		else if (p->child[i].due - now < wait)
			wait = p->child[i].due - now;
	}
	return wait;
}

static int wait_signal(const struct slots *p, usec_t wait)
{
	struct timespec ts = { .tv_sec = wait / USEC_PER_SEC,
		.tv_nsec = wait % USEC_PER_SEC * 1000 };

	return sigtimedwait(&p->watched, NULL, &ts);
}

static void reap(struct slots *p, bool stopping)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (!stopping)
			ended(p, pid, status);
		for (i = 0; i < CHILDREN; i++)
			if (p->child[i].pid == pid)
				p->child[i].pid = 0;
	}
}

static void signal_all(const struct slots *p, int signo)
{
	int i;

	for (i = 0; i < CHILDREN; i++)
		if (p->child[i].pid > 0)
			kill(p->child[i].pid, signo);
}

static bool any_left(const struct slots *p)
{
	int i;

	for (i = 0; i < CHILDREN; i++)
		if (p->child[i].pid > 0)
			return true;
	return false;
}

static void stop(struct slots *p)
{
	usec_t deadline = clock_mono() + STOP_AFTER, now;

	signal_all(p, SIGTERM);
	for (reap(p, true); any_left(p); reap(p, true)) {
		now = clock_mono();
		if (now >= deadline) {
			signal_all(p, SIGKILL);
			deadline = now + USEC_PER_SEC;
		}
		(void)wait_signal(p, deadline - now > 0 ? deadline - now : USEC_PER_SEC);
	}
}

static void count(struct slots *p)
{
	p->slots = (int)conf_int(p->service->conf, "worker.slots");
	p->len = p->slots + settings_reports(p->service->conf);
}

/* Each slot ends after the task it runs, and is forked again with the new configuration. */
static void reload(struct slots *p)
{
	struct err e;
	int i;

	if (service_reload(p->service, &e) != E_OK) {
		log_err(&e, "the configuration stays as it was");
		return;
	}
	count(p);
	for (i = 0; i < CHILDREN; i++)
		p->child[i].leaving = p->child[i].pid > 0;
	signal_all(p, SIGTERM);
	log_info("the configuration was read again, %d slots", p->slots);
}

int slots_run(struct service *s)
{
	struct slots p = { .service = s };
	usec_t wait;
	int signo;

	count(&p);
	sigemptyset(&p.watched);
	sigaddset(&p.watched, SIGCHLD);
	sigaddset(&p.watched, SIGTERM);
	sigaddset(&p.watched, SIGINT);
	sigaddset(&p.watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &p.watched, NULL);
	wait = start_due(&p);
	service_write_pid(s);
	log_info("ready, %d slots", p.slots);
	for (;;) {
		signo = wait_signal(&p, wait);
		if (signo == SIGTERM || signo == SIGINT)
			break;
		if (signo == SIGHUP)
			reload(&p);
		reap(&p, false);
		wait = start_due(&p);
	}
	stop(&p);
	log_info("stopped");
	return 0;
}
