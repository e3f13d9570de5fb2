/* SPDX-License-Identifier: Apache-2.0 */
/* Family L, extension: own notifications and weekly reports (contract §2.7). */
#include <stddef.h>

#include "cgi/answer.h"
#include "cgi/doors.h"
#include "cgi/l/page.h"
#include "store/notice_store.h"

struct in_list { struct in_page page; struct in_bool unread; };
static const struct field list_fields[] = {
	PAGE_FIELDS(struct in_list, page),
	{ .name = "unread", .type = F_BOOL, .fallback = "false",
	    .offset = offsetof(struct in_list, unread) },
};
static const struct schema list_schema = SCHEMA(list_fields, struct in_list, NULL);

struct in_reports { struct in_page page; };
static const struct field report_fields[] = { PAGE_FIELDS(struct in_reports, page) };
static const struct schema report_schema = SCHEMA(report_fields, struct in_reports, NULL);

static const struct answer *l_list(struct req *rq)
{
	const struct in_list *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (notice_store_list(rq->app->db, rq->arena, in->unread.v, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "notifications", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

static const struct answer *l_read(struct req *rq)
{
	const char *id = req_uuid(rq, "id");
	struct pg_result *r;
	struct err e;

	if (id == NULL)
		return answer_not_found(rq, "Notification");
	if (notice_store_read(rq->app->db, rq->arena, id, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_row(rq, 200, "notification", r, 0);
}

static const struct answer *l_read_all(struct req *rq)
{
	int64_t updated;
	struct sink *s;
	struct err e;

	if (notice_store_read_all(rq->app->db, rq->arena, &updated, &e) != E_OK)
		return answer_error(rq, &e);
	s = answer_begin(rq, 200);
	sink_bool(s, "success", true);
	sink_int(s, "updated", updated);
	return answer_end(rq);
}

static const struct answer *l_reports(struct req *rq)
{
	const struct in_reports *in = rq->in;
	int64_t limit = page_limit(&in->page), window[2] = { limit, page_offset(&in->page) };
	struct pg_result *r;
	struct err e;

	pg_last(rq->app->db);
	if (notice_store_reports(rq->app->db, rq->arena, window, &r, &e) != E_OK)
		return answer_error(rq, &e);
	return answer_page(rq, "reports", r, pg_len(r) == 0 ? 0 : pg_get_int(r, 0, "_total"),
	    in->page.page.v, limit);
}

#define ROW(method, path, schema, handler) \
	{ METHOD_##method, path, ROLE_VIEWER, RATE_API, POOL_API, FAMILY_L, schema, handler, 0 }
const struct route l_notice_routes[] = {
	ROW(GET, "/api/notifications", &list_schema, l_list),
	ROW(POST, "/api/notifications/read-all", NULL, l_read_all),
	ROW(POST, "/api/notifications/:id/read", NULL, l_read),
	ROW(GET, "/api/reports", &report_schema, l_reports),
	{ .path = NULL },
};
