/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_stop.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "model/settings.h"
#include "run/packet.h"

#define SPOOLER_WAIT_MSEC 50
#define HOLDER_WAIT_MSEC  200

/* One question, one answer; false: nobody answered in time. */
static bool ask(struct req *rq, const char *name, const char *line, int wait_msec, char answer[64])
{
	int fd = packet_connect(settings_run_path(rq->app->conf, rq->arena, name));
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	bool ok;

	if (fd < 0)
		return false;
	ok = packet_send(fd, line, strlen(line), -1) >= 0 && poll(&ready, 1, wait_msec) == 1 &&
	    packet_recv(fd, answer, 64, NULL) > 0;
	close(fd);
	return ok;
}

static enum errc judge(const char *answer, struct err *e)
{
	if (strncmp(answer, "written", 7) == 0)
		return E_OK;
	if (strncmp(answer, "offline", 7) == 0)
		return err_set(e, E_OFFLINE, "Printer is not connected");
	return err_set(e, E_NOTFOUND, "Printer not found");
}

enum errc do_stop(struct req *rq, const struct stop_wish *w, struct err *e)
{
	const char *request = rq->id, *printer, *line;
	char answer[64] = "", fresh[UUID_SIZE];

	if (strlen(request) > 63 || strchr(request, ' ') != NULL) {
		uuid_new(fresh);
		request = fresh;
	}
	if (w->printer == NULL)
		printer = arena_printf(rq->arena, "default:%s", w->organization);
	else if (w->organization != NULL)
		printer = arena_printf(rq->arena, "%s@%s", w->printer, w->organization);
	else
		printer = w->printer;
	line = arena_printf(rq->arena, "stop %s %s %s", request, printer, w->user);
	if (ask(rq, "spooler.sock", line, SPOOLER_WAIT_MSEC, answer))
		return judge(answer, e);
	/* The holder knows printers and defaults, not organisations. With the spooler dead a
	 * needless stop is the smaller harm. */
	log_warn("emergency stop: the spooler does not answer, asking the holder");
	if (w->printer != NULL)
		line = arena_printf(rq->arena, "stop %s %s %s", request, w->printer, w->user);
	if (ask(rq, "holder.sock", line, HOLDER_WAIT_MSEC, answer))
		return judge(answer, e);
	return err_set(e, E_UNAVAILABLE, "No spooler is running");
}
