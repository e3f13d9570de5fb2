/* SPDX-License-Identifier: Apache-2.0 */
#include "run/loop.h"

#include <stdlib.h>
#include <uv.h>

#include "base/log.h"

struct loop {
	uv_loop_t uv;
};

struct loop_watch {
	uv_poll_t uv; /* first: libuv hands this pointer back */
	unsigned events;
	void (*cb)(void *ctx, unsigned events);
	void *ctx;
};

struct loop_timer {
	uv_timer_t uv;
	usec_t when;  /* what the owner wants */
	usec_t armed; /* when libuv will wake us; USEC_NEVER: not armed */
	void (*cb)(void *ctx);
	void *ctx;
};

struct loop_sig {
	uv_signal_t uv;
	void (*cb)(void *ctx, int signo);
	void *ctx;
};

struct loop_job {
	uv_work_t uv;
	void (*work)(void *ctx);
	void (*done)(void *ctx);
	void *ctx;
};

static void must(int rc, const char *what)
{
	if (rc == 0)
		return;
	log_error("%s: %s", what, uv_strerror(rc));
	abort();
}

static void *zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		abort();
	return p;
}

static void free_handle(uv_handle_t *h)
{
	free(h); /* every handle is the first member of what was allocated */
}

static void close_handle(uv_handle_t *h, void *unused)
{
	(void)unused;
	if (!uv_is_closing(h))
		uv_close(h, free_handle);
}

struct loop *loop_new(void)
{
	struct loop *l = zeroed(sizeof *l);

	must(uv_loop_init(&l->uv), "event loop");
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	uv_walk(&l->uv, close_handle, NULL);
	do
		uv_run(&l->uv, UV_RUN_DEFAULT); /* returns early once when loop_stop() was called */
	while (uv_loop_alive(&l->uv));
	must(uv_loop_close(&l->uv), "closing the event loop");
	free(l);
}

void loop_run(struct loop *l)
{
	uv_run(&l->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *l)
{
	uv_stop(&l->uv);
}

usec_t loop_now(struct loop *l)
{
	(void)l;
	return clock_mono();
}

/* ---- descriptors ---- */

static void watch_arm(struct loop_watch *w);

static void on_poll(uv_poll_t *uv, int status, int events)
{
	struct loop_watch *w = (struct loop_watch *)uv;
	unsigned got = 0;

	if (status < 0) {
		/* POLLERR: libuv has stopped the handle. Whoever waits learns it by reading or
		 * writing; who does not free the watch then is told again only after a new set. */
		got = w->events | LOOP_READ | LOOP_HANGUP;
		w->events = 0;
	} else {
		got |= (events & UV_READABLE) != 0 ? LOOP_READ : 0;
		got |= (events & UV_WRITABLE) != 0 ? LOOP_WRITE : 0;
		got |= (events & UV_DISCONNECT) != 0 ? LOOP_READ | LOOP_HANGUP : 0;
	}
	if (got != 0)
		w->cb(w->ctx, got);
}

struct loop_watch *loop_watch_new(struct loop *l, int fd, unsigned events,
    void (*cb)(void *ctx, unsigned events), void *ctx)
{
	struct loop_watch *w = zeroed(sizeof *w);

	w->cb = cb;
	w->ctx = ctx;
	w->events = events;
	must(uv_poll_init(&l->uv, &w->uv, fd), "watching a descriptor");
	watch_arm(w);
	return w;
}

void loop_watch_set(struct loop_watch *w, unsigned events)
{
	if (w->events == events)
		return;
	w->events = events;
	watch_arm(w);
}

static void watch_arm(struct loop_watch *w)
{
	int want = 0;

	want |= (w->events & LOOP_READ) != 0 ? UV_READABLE | UV_DISCONNECT : 0;
	want |= (w->events & LOOP_WRITE) != 0 ? UV_WRITABLE : 0;
	want |= (w->events & LOOP_HANGUP) != 0 ? UV_DISCONNECT : 0;
	must(want == 0 ? uv_poll_stop(&w->uv) : uv_poll_start(&w->uv, want, on_poll),
	    "watching a descriptor");
}

void loop_watch_free(struct loop_watch *w)
{
	if (w != NULL)
		close_handle((uv_handle_t *)&w->uv, NULL);
}

/* ---- timers ---- */

static void timer_arm(struct loop_timer *t);

static void on_timer(uv_timer_t *uv)
{
	struct loop_timer *t = (struct loop_timer *)uv;

	t->armed = USEC_NEVER;
	if (t->when == USEC_NEVER)
		return;
	if (t->when > clock_mono()) { /* moved to later since, or the clocks' grain */
		timer_arm(t);
		return;
	}
	t->when = USEC_NEVER;
	t->cb(t->ctx);
}

struct loop_timer *loop_timer_new(struct loop *l, void (*cb)(void *ctx), void *ctx)
{
	struct loop_timer *t = zeroed(sizeof *t);

	t->cb = cb;
	t->ctx = ctx;
	t->when = t->armed = USEC_NEVER;
	must(uv_timer_init(&l->uv, &t->uv), "timer");
	return t;
}

void loop_timer_at(struct loop_timer *t, usec_t when)
{
	t->when = when;
	/* A deadline moved to later needs no work now: the old wake-up looks again. Streaming moves
	 * its deadline with every line. */
	if (when < t->armed)
		timer_arm(t);
}

static void timer_arm(struct loop_timer *t)
{
	usec_t wait = t->when - clock_mono();
	uint64_t msec = wait <= 0 ? 0 : ((uint64_t)wait + USEC_PER_MSEC - 1) / USEC_PER_MSEC;

	t->armed = t->when;
	uv_update_time(t->uv.loop); /* libuv counts from the start of the turn */
	must(uv_timer_start(&t->uv, on_timer, msec, 0), "timer");
}

void loop_timer_free(struct loop_timer *t)
{
	if (t != NULL)
		close_handle((uv_handle_t *)&t->uv, NULL);
}

/* ---- signals and the thread pool ---- */

static void on_signal(uv_signal_t *uv, int signo)
{
	struct loop_sig *s = (struct loop_sig *)uv;

	s->cb(s->ctx, signo);
}

void loop_signal(struct loop *l, int signo, void (*cb)(void *ctx, int signo), void *ctx)
{
	struct loop_sig *s = zeroed(sizeof *s);

	s->cb = cb;
	s->ctx = ctx;
	must(uv_signal_init(&l->uv, &s->uv), "signal");
	must(uv_signal_start(&s->uv, on_signal, signo), "signal");
	uv_unref((uv_handle_t *)&s->uv); /* a signal alone keeps no loop alive */
}

static void on_work(uv_work_t *uv)
{
	struct loop_job *job = (struct loop_job *)uv;

	job->work(job->ctx);
}

static void on_done(uv_work_t *uv, int status)
{
	struct loop_job *job = (struct loop_job *)uv;

	(void)status; /* never cancelled */
	if (job->done != NULL)
		job->done(job->ctx);
	free(job);
}

void loop_work(struct loop *l, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx)
{
	struct loop_job *job = zeroed(sizeof *job);

	job->work = work;
	job->done = done;
	job->ctx = ctx;
	must(uv_queue_work(&l->uv, &job->uv, on_work, on_done), "thread pool");
}
