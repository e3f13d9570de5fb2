/* SPDX-License-Identifier: Apache-2.0 */
/* Family L: what everybody may see while demo.enabled is on (O-03): the default printer of the
 * default organisation, without a name in it. */
#include "base/conf.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "store/demo_store.h"

#define TOTALS_DAYS 30 /* bounded, because nobody signs in for it */

static enum errc enter(struct req *rq, struct pg_result **status, struct err *e)
{
	enum errc rc;

	if (!conf_bool(rq->app->conf, "demo.enabled"))
		return err_set(e, E_NOTFOUND, "Not found");
	rc = pg_begin(rq->app->db, NULL, e);
	if (rc == E_OK)
		rc = demo_store_enter(rq->app->db, rq->arena, e);
	return rc == E_OK ? demo_store_status(rq->app->db, rq->arena, status, e) : rc;
}

static const struct answer *l_status(struct req *rq)
{
	struct pg_result *status;
	struct sink *s;
	struct err e;

	if (enter(rq, &status, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_members(s, status, 0, req_hooks(rq));
	return answer_end(rq);
}

static const struct answer *l_demo(struct req *rq)
{
	struct pg_result *status, *prints, *totals;
	struct sink *s;
	struct err e;

	if (enter(rq, &status, &e) != E_OK ||
	    demo_store_prints(rq->app->db, rq->arena, &prints, &e) != E_OK ||
	    demo_store_totals(rq->app->db, rq->arena, TOTALS_DAYS, &totals, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	rows_members(s, status, 0, req_hooks(rq));
	rows_list(s, "recentPrints", prints, req_hooks(rq));
	rows_object(s, "totals", totals, 0, req_hooks(rq));
	return answer_end(rq);
}

const struct route l_public_routes[] = {
	{ METHOD_GET, "/api/public/status", ROLE_ANYONE, RATE_API, POOL_API, FAMILY_L, NULL,
	    l_status, 0 },
	{ METHOD_GET, "/api/public/demo", ROLE_ANYONE, RATE_API, POOL_API, FAMILY_L, NULL, l_demo,
	    0 },
	{ .path = NULL },
};
