/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/t_probe.h"

#include <string.h>

#include "base/log.h"
#include "run/http_call.h"
#include "store/upkeep_store.h"

#define PROBE_WAIT (5 * USEC_PER_SEC)
#define MAX_ANSWER 4096u /* only the status counts */

static void ask(struct task_run *t, struct upkeep_probe *p)
{
	size_t len = strlen(p->url);
	struct http_call c = { .method = "GET", .connect = PROBE_WAIT, .timeout = PROBE_WAIT,
		.allow_http = conf_bool(t->conf, "printer_backend.allow_http"),
		.ca_file = conf_text(t->conf, "printer_backend.ca_file"), .max_answer = MAX_ANSWER };
	struct http_reply reply;
	struct err e;

	while (len > 0 && p->url[len - 1] == '/')
		len--;
	c.url = arena_printf(t->arena, "%.*s/health", (int)len, p->url);
	if (http_call(&c, &reply, &e) != E_OK) {
		p->answer = arena_str(t->arena, e.message);
		return;
	}
	buf_fini(&reply.body);
	p->healthy = reply.status >= 200 && reply.status <= 299;
	p->answer = arena_printf(t->arena, "status %d", reply.status);
}

enum errc t_probe_work(struct task_run *t, struct err *e)
{
	struct upkeep_probe p = { .url = conf_text(t->conf, "printer_backend.url") };
	bool has_changed;
	enum errc rc;

	if (p.url == NULL || *p.url == '\0')
		return E_OK;
	ask(t, &p);
	rc = upkeep_store_probed(t->db, t->arena, &p, &has_changed, e);
	if (rc == E_OK && has_changed && p.healthy)
		log_info("the printer backend is healthy");
	else if (rc == E_OK && has_changed)
		log_warn("the printer backend is not healthy: %s", p.answer);
	t->result_json = p.healthy ? "{\"healthy\":true}" : "{\"healthy\":false}";
	return rc;
}
