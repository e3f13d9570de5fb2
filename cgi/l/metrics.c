/* SPDX-License-Identifier: Apache-2.0 */
/* O-01 /metrics: totals over all processes of this host, and what the database knows, on the
 * metrics listener only. Without the database the first part is still there. */
#include <string.h>

#include "base/log.h"
#include "cgi/answer.h"
#include "cgi/doors.h"
#include "model/figures.h"
#include "model/job.h"
#include "store/metrics_store.h"

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static bool is(const struct pg_result *r, int row, const char *kind)
{
	return strcmp(pg_get(r, row, "kind"), kind) == 0;
}

/* Every state, also those that no job has entered yet. */
static void print_jobs(struct buf *out, const struct pg_result *r)
{
	head(out, "print_jobs_total", "counter", "Total number of print jobs");
	for (int s = JOB_PENDING; s <= (int)JOB_CANCELLED; s++) {
		const char *name = job_state_name((enum job_state)s);
		int64_t n = 0;

		for (int i = 0; i < pg_len(r); i++)
			if (is(r, i, "job") && strcmp(pg_get(r, i, "a"), name) == 0)
				n = pg_get_int(r, i, "value");
		buf_printf(out, "print_jobs_total{status=\"%s\"} %lld\n", name, (long long)n);
	}
}

static void print_heat(struct buf *out, const struct pg_result *r)
{
	head(out, "printer_temperature_celsius", "gauge", "Current printer temperatures");
	for (int i = 0; i < pg_len(r); i++)
		if (is(r, i, "heat") && pg_get(r, i, "a") == NULL)
			buf_printf(out, "printer_temperature_celsius{component=\"%s\"} %.15g\n",
			    pg_get(r, i, "b"), pg_get_real(r, i, "value"));
	head(out, "platen_printer_temperature_celsius", "gauge", "Temperatures of other printers");
	for (int i = 0; i < pg_len(r); i++)
		if (is(r, i, "heat") && pg_get(r, i, "a") != NULL)
			buf_printf(out, "platen_printer_temperature_celsius{printer=\"%s\","
			    "component=\"%s\"} %.15g\n", pg_get(r, i, "a"), pg_get(r, i, "b"),
			    pg_get_real(r, i, "value"));
}

static void print_tasks(struct buf *out, const struct pg_result *r)
{
	struct buf labels = BUF_INIT;

	head(out, "platen_tasks", "gauge", "Background tasks that wait or run");
	for (int i = 0; i < pg_len(r); i++) {
		if (!is(r, i, "task"))
			continue;
		buf_clear(&labels);
		metrics_label(&labels, "queue", pg_get(r, i, "a"));
		metrics_label(&labels, "status", pg_get(r, i, "b"));
		buf_printf(out, "platen_tasks{%s} %.15g\n", buf_str(&labels),
		    pg_get_real(r, i, "value"));
	}
	buf_fini(&labels);
}

static const struct answer *l_metrics(struct req *rq)
{
	struct answer *an;
	struct pg_result *r;
	struct err e;
	bool up = metrics_store_figures(rq->app->db, rq->arena, &r, &e) == E_OK;

	if (!up)
		log_warn("metrics without the database: %s", e.message);
	an = answer_new(rq, 200, METRICS_CONTENT_TYPE);
	metrics_add(&figure_sockets, NULL, 0); /* no gateway yet: a zero, not a gap */
	metrics_print(&an->body);
	head(&an->body, "platen_database_up", "gauge", "Whether the database answered this request");
	buf_printf(&an->body, "platen_database_up %d\n", up);
	if (up) {
		print_jobs(&an->body, r);
		print_heat(&an->body, r);
		print_tasks(&an->body, r);
	}
	return an;
}

const struct route l_metrics_routes[] = {
	{ METHOD_GET, "/metrics", ROLE_ANYONE, RATE_NONE, POOL_API, FAMILY_L, NULL, l_metrics,
	    ROUTE_METRICS },
	{ .path = NULL },
};
