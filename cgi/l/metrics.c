/* SPDX-License-Identifier: Apache-2.0 */
/* O-01 /metrics: totals over all processes of this host, on the metrics listener only. */
#include "base/metrics.h"
#include "cgi/answer.h"
#include "cgi/doors.h"

static const struct answer *l_metrics(struct req *rq)
{
	struct answer *an = answer_new(rq, 200, METRICS_CONTENT_TYPE);

	metrics_print(&an->body);
	return an;
}

const struct route l_metrics_routes[] = {
	{ METHOD_GET, "/metrics", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_metrics,
	    ROUTE_METRICS },
	{ .path = NULL },
};
