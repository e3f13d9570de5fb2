/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_printer.h"

#include <string.h>

#include "auth/policy.h"
#include "base/conf.h"
#include "base/crypto.h"

#define MASK "********"

static bool is_local_user(const struct req *rq)
{
	const char *local = pg_entered(rq->app->db, "local");

	return local != NULL && *local == 't';
}

static bool below(const char *path, const char *prefix, size_t len)
{
	return len > 0 && strncmp(path, prefix, len) == 0 && path[len - 1] == '/' &&
	    path[len] != '\0';
}

/* Under /dev or a configured place; no step upwards. What it points to is checked at each open. */
static bool device_ok(const struct conf *c, const char *path)
{
	const char *p = conf_text(c, "serial.device_prefixes");

	if (strstr(path, "..") != NULL || strstr(path, "//") != NULL)
		return false;
	if (below(path, "/dev/", 5))
		return true;
	while (p != NULL && *p != '\0') {
		size_t len;

		p += strspn(p, ", ");
		len = strcspn(p, ", ");
		if (below(path, p, len))
			return true;
		p += len;
	}
	return false;
}

static enum errc check_wish(struct req *rq, const struct printer_wish *w, struct err *e)
{
	if (w->gives_host_matters && !policy_host_matters(req_role(rq), is_local_user(rq)))
		return err_set(e, E_DENIED, "Insufficient permissions");
	if (w->serial_device != NULL && !conf_bool(rq->app->conf, "core.daemons"))
		return err_field(e, E_INVALID, "serial_device",
		    "Serial printers are off on this server: it runs without a spooler");
	if (w->serial_device != NULL && !device_ok(rq->app->conf, w->serial_device))
		return err_field(e, E_INVALID, "serial_device", "Invalid serial_device");
	return E_OK;
}

static enum errc seal(struct req *rq, const char *plain, struct buf *out, struct err *e)
{
	if (!rq->app->can_seal) {
		err_set(e, E_UNAVAILABLE, "Secrets cannot be stored: auth.seal_key is not configured");
		return e->code;
	}
	crypto_seal(rq->app->seal_key, plain, strlen(plain), out);
	return E_OK;
}

/* The mask that lists show means: leave it as it is. */
static enum errc seal_wish(struct req *rq, const struct printer_wish *w, struct printer_change *c,
    struct buf sealed[2], struct err *e)
{
	enum errc rc = E_OK;

	c->new_code = w->gives_code && (w->code == NULL || strcmp(w->code, MASK) != 0);
	c->new_password = w->gives_password &&
	    (w->password == NULL || strcmp(w->password, MASK) != 0);
	if (c->new_code && w->code != NULL) {
		rc = seal(rq, w->code, &sealed[0], e);
		c->code = &sealed[0];
	}
	if (rc == E_OK && c->new_password && w->password != NULL) {
		rc = seal(rq, w->password, &sealed[1], e);
		c->password = &sealed[1];
	}
	return rc;
}

static enum errc changed(struct req *rq, const char *id, const char *event, const char *what,
    const char *fields, struct err *e)
{
	const char *words[3] = { event, what, fields == NULL ?
		arena_printf(rq->arena, "{\"printerId\":\"%s\"}", id) :
		arena_printf(rq->arena, "{\"printerId\":\"%s\",\"fields\":\"%s\"}", id, fields) };

	return printer_store_changed(rq->app->db, rq->arena, id, words, e);
}

enum errc do_printer_create(struct req *rq, const struct printer_wish *w, const char **id,
    struct err *e)
{
	struct printer_change c = { .json = w->json,
		.makes_default = w->is_default.has && w->is_default.v };
	struct buf sealed[2] = { BUF_INIT, BUF_INIT };
	enum errc rc = check_wish(rq, w, e);

	if (rc == E_OK)
		rc = seal_wish(rq, w, &c, sealed, e);
	if (rc == E_OK)
		rc = printer_store_alone(rq->app->db, rq->arena, e);
	if (rc == E_OK)
		rc = printer_store_insert(rq->app->db, rq->arena, &c, id, e);
	if (rc == E_OK)
		rc = changed(rq, *id, "printer.created", "Printer created", NULL, e);
	buf_fini(&sealed[0]);
	buf_fini(&sealed[1]);
	return rc;
}

/* A form sent back as it was changes nothing. */
static bool moves_port(const struct printer_wish *w, const struct printer_facts *now)
{
	const char *has = now->serial_device == NULL ? "" : now->serial_device;
	const char *wanted = w->serial_device == NULL ? "" : w->serial_device;

	return (w->gives_device && strcmp(wanted, has) != 0) ||
	    (w->baud_rate.has && w->baud_rate.v != now->baud_rate) ||
	    (now->is_local && w->connection_type != NULL && strcmp(w->connection_type, "usb") != 0);
}

static enum errc check_change(struct req *rq, const char *id, const struct printer_wish *w,
    struct err *e)
{
	struct printer_facts now;
	enum errc rc = printer_store_facts(rq->app->db, rq->arena, id, &now, e);

	if (rc == E_OK)
		rc = check_wish(rq, w, e);
	if (rc != E_OK)
		return rc;
	if (now.job != NULL && moves_port(w, &now))
		return err_field(e, E_STATE, "serial_device",
		    "Cannot change device or baud rate while printing");
	if (w->is_active.has && !w->is_active.v && now.job != NULL)
		return err_field(e, E_STATE, "is_active", "Cannot deactivate printer while printing");
	if (w->is_default.has && w->is_default.v &&
	    !(w->is_active.has ? w->is_active.v : now.is_active))
		return err_field(e, E_INVALID, "is_default", "Invalid is_default");
	if (w->is_default.has && !w->is_default.v && now.is_default)
		return err_field(e, E_INVALID, "is_default", "Invalid is_default");
	return E_OK;
}

enum errc do_printer_change(struct req *rq, const char *id, const struct printer_wish *w,
    struct err *e)
{
	struct printer_change c = { .json = w->json == NULL ? "{}" : w->json,
		.makes_default = w->is_default.has && w->is_default.v };
	struct buf sealed[2] = { BUF_INIT, BUF_INIT };
	enum errc rc = printer_store_alone(rq->app->db, rq->arena, e);

	if (rc == E_OK)
		rc = printer_store_lock(rq->app->db, rq->arena, id, e);
	if (rc == E_OK)
		rc = check_change(rq, id, w, e);
	if (rc == E_OK)
		rc = seal_wish(rq, w, &c, sealed, e);
	if (rc == E_OK)
		rc = printer_store_update(rq->app->db, rq->arena, id, &c, e);
	if (rc == E_OK)
		rc = changed(rq, id, "printer.updated", "Printer changed", w->fields, e);
	buf_fini(&sealed[0]);
	buf_fini(&sealed[1]);
	return rc;
}

enum errc do_printer_delete(struct req *rq, const char *id, struct err *e)
{
	struct printer_facts now;
	enum errc rc = printer_store_alone(rq->app->db, rq->arena, e);

	if (rc == E_OK)
		rc = printer_store_lock(rq->app->db, rq->arena, id, e);
	if (rc == E_OK)
		rc = printer_store_facts(rq->app->db, rq->arena, id, &now, e);
	if (rc != E_OK)
		return rc;
	if (now.job != NULL)
		return err_set(e, E_STATE, "Cannot delete printer while printing");
	rc = printer_store_delete(rq->app->db, rq->arena, id, e);
	return rc == E_OK ? changed(rq, id, "printer.deleted", "Printer deleted", NULL, e) : rc;
}

enum errc do_printer_clear(struct req *rq, const char *id, bool plate, struct err *e)
{
	enum errc rc = printer_store_clear(rq->app->db, rq->arena, id, plate, e);

	if (rc != E_OK)
		return rc;
	return changed(rq, id, plate ? "printer.plate_cleared" : "printer.attention_cleared",
	    plate ? "The plate is clear" : "Looked after", NULL, e);
}
