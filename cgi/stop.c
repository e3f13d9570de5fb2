/* SPDX-License-Identifier: Apache-2.0 */
/* The emergency stop's two doors: API callers with a token (L-11), pages with a stop ticket. Both
 * run in pool stop, without database and without rate limit: the signature alone decides. */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "cgi/answer.h"
#include "cgi/do_control.h"
#include "cgi/do_stop.h"
#include "cgi/doors.h"

struct in_stop { const char *printer; };
static const struct field stop_fields[] = {
	{ .name = "printerId", .type = F_ID, .flags = FIELD_QUERY,
	    .offset = offsetof(struct in_stop, printer) },
};
static const struct schema stop_schema = SCHEMA(stop_fields, struct in_stop, NULL);

/* Inside the request's transaction. */
static const struct answer *tell_agent(struct req *rq, const char *printer)
{
	const struct control_wish w = { .type = "emergency_stop", .audit = "printer.emergency_stop" };
	struct control_result r;
	struct printer_facts p;
	struct sink *s;
	struct err e;

	if (printer_store_facts(rq->app->db, rq->arena, printer, &p, &e) != E_OK)
		return answer_error(rq, &e);
	if (p.is_local || !p.is_active) {
		err_set(&e, p.is_active ? E_OFFLINE : E_NOTFOUND, "Printer not found");
		return answer_error(rq, &e);
	}
	if (do_control(rq, &p, &w, &r, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 202);
	sink_bool(s, "success", true);
	sink_text(s, "commandId", r.id);
	sink_text(s, "status", r.status);
	return answer_end(rq);
}

/* No spooler of this host knows the printer: it may be a remote one, whose agent is told. Only
 * here, after the fast way has failed, is the database asked. */
static const struct answer *stop_remote(struct req *rq, const char *printer)
{
	struct err e;

	if (req_enter(rq, &e) != E_OK)
		return answer_error(rq, &e);
	return tell_agent(rq, printer);
}

/* A token that names no organisation (we issue none), or a role that may have been raised since: the
 * database knows where its user belongs and what it may. */
static const struct answer *stop_entered(struct req *rq, const char *printer)
{
	struct stop_wish w = { printer, NULL, rq->who.user };
	struct err e;

	if (req_enter(rq, &e) != E_OK)
		return answer_error(rq, &e);
	w.organization = arena_str(rq->arena, req_org(rq));
	if (do_stop(rq, &w, &e) == E_OK)
		return answer_true(rq);
	if (e.code == E_NOTFOUND || e.code == E_UNAVAILABLE)
		return tell_agent(rq, printer);
	return answer_error(rq, &e);
}

static const struct answer *l_stop(struct req *rq)
{
	const struct in_stop *in = rq->in;
	const struct stop_wish w = { in->printer, rq->who.claimed_org, rq->who.user };
	struct err e;

	if (rq->who.claimed_org[0] == '\0' || !role_at_least(rq->who.claimed_role, ROLE_OPERATOR))
		return stop_entered(rq, in->printer);
	if (do_stop(rq, &w, &e) == E_OK)
		return answer_true(rq);
	if (e.code == E_NOTFOUND || e.code == E_UNAVAILABLE)
		return stop_remote(rq, in->printer);
	return answer_error(rq, &e);
}

struct in_ticket { const char *ticket; };
static const struct field ticket_fields[] = {
	{ .name = "ticket", .type = F_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = 400,
	    .offset = offsetof(struct in_ticket, ticket) },
};
static const struct schema ticket_schema = SCHEMA(ticket_fields, struct in_ticket, NULL);

/* The ticket is the proof and cannot be guessed, so no CSRF token is asked for. */
static const struct answer *page_stop(struct req *rq)
{
	const struct in_ticket *in = rq->in;
	const char *printer = req_uuid(rq, "id");
	struct ticket_stop t;
	struct stop_wish w;
	struct err e;

	if (printer == NULL || !ticket_stop_read(&rq->app->tickets, in->ticket, clock_wall(), &t) ||
	    strcmp(t.printer, printer) != 0)
		return answer_fail(rq, 403, NULL, "The page is out of date: reload it and try again");
	w = (struct stop_wish){ t.printer, NULL, t.user };
	if (do_stop(rq, &w, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_redirect(rq, arena_printf(rq->arena, "/printers/%s?notice=stop", printer));
}

const struct route stop_routes[] = {
	{ METHOD_POST, "/api/printer/emergency-stop", ROLE_OPERATOR, RATE_NONE, POOL_STOP, FAMILY_L,
	    &stop_schema, l_stop, ROUTE_NO_DB },
	{ METHOD_POST, "/printers/:id/stop", ROLE_ANYONE, RATE_NONE, POOL_STOP, FAMILY_WEB,
	    &ticket_schema, page_stop, ROUTE_NO_DB | ROUTE_TICKET },
	{ .path = NULL },
};
