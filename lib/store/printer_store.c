/* SPDX-License-Identifier: Apache-2.0 */
#include "store/printer_store.h"

#include "base/buf.h"
#include "gen/printer_sql.h"

static enum errc by_id(struct pg *db, struct arena *a, const struct pg_stmt *st, const char *id,
    struct pg_result **out, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	rc = pg_exec(db, a, st, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Printer not found");
	if (out != NULL)
		*out = r;
	return rc;
}

enum errc printer_store_list(struct pg *db, struct arena *a, const struct printer_filter *f,
    struct list *out, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, f->status);
	pg_bool(&args, f->include_inactive);
	pg_int(&args, f->limit);
	pg_int(&args, f->offset);
	return list_exec(db, a, &sql_printer_list, &args, out, e);
}

enum errc printer_store_detail(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_printer_detail, id, out, e);
}

enum errc printer_store_row(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_printer_row, id, out, e);
}

enum errc printer_store_facts(struct pg *db, struct arena *a, const char *id,
    struct printer_facts *out, struct err *e)
{
	struct pg_result *r;
	enum errc rc = by_id(db, a, &sql_printer_facts, id, &r, e);

	if (rc != E_OK)
		return rc;
	*out = (struct printer_facts){
		.id = pg_get(r, 0, "id"),
		.name = pg_get(r, 0, "name"),
		.organization = pg_get(r, 0, "organization_id"),
		.serial_device = pg_get(r, 0, "serial_device"),
		.recipient = pg_get(r, 0, "recipient"),
		.ip = pg_get(r, 0, "ip_address"),
		.plate = pg_get(r, 0, "plate"),
		.attention = pg_get(r, 0, "attention"),
		.state = pg_get(r, 0, "state"),
		.baud_rate = pg_get_int(r, 0, "baud_rate"),
		.max_nozzle = pg_get_int(r, 0, "max_nozzle_temp"),
		.max_bed = pg_get_int(r, 0, "max_bed_temp"),
		.volume = { pg_get_real(r, 0, "max_build_volume_x"),
		    pg_get_real(r, 0, "max_build_volume_y"), pg_get_real(r, 0, "max_build_volume_z") },
		.is_active = pg_get_bool(r, 0, "is_active"),
		.is_default = pg_get_bool(r, 0, "is_default"),
		.is_local = pg_get_bool(r, 0, "local"),
		.is_connected = pg_get_bool(r, 0, "connected"),
		.job = pg_get(r, 0, "job_id"),
		.job_status = pg_get(r, 0, "job_status"),
		.job_hold = pg_get(r, 0, "job_hold"),
	};
	return E_OK;
}

enum errc printer_store_lock(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_printer_lock, id, NULL, e);
}

enum errc printer_store_alone(struct pg *db, struct arena *a, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	return pg_exec(db, a, &sql_printer_alone, &args, NULL, e);
}

static void secret_arg(struct pg_args *args, const struct buf *sealed)
{
	if (sealed == NULL)
		pg_null(args);
	else
		pg_bytes(args, sealed->bytes, sealed->size);
}

static enum errc step_back(struct pg *db, struct arena *a, const char *but, struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, but);
	return pg_exec(db, a, &sql_printer_undefault, &args, NULL, e);
}

enum errc printer_store_insert(struct pg *db, struct arena *a, const struct printer_change *c,
    const char **id, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc = c->makes_default ? step_back(db, a, NULL, e) : E_OK;

	if (rc != E_OK)
		return rc;
	pg_args_init(&args, a);
	pg_text(&args, c->json);
	secret_arg(&args, c->code);
	secret_arg(&args, c->password);
	rc = pg_exec(db, a, &sql_printer_insert, &args, &r, e);
	*id = rc == E_OK ? pg_get(r, 0, "id") : NULL;
	return rc;
}

enum errc printer_store_update(struct pg *db, struct arena *a, const char *id,
    const struct printer_change *c, struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc = c->makes_default ? step_back(db, a, id, e) : E_OK;

	if (rc != E_OK)
		return rc;
	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_text(&args, c->json);
	pg_bool(&args, c->new_code);
	secret_arg(&args, c->code);
	pg_bool(&args, c->new_password);
	secret_arg(&args, c->password);
	rc = pg_exec(db, a, &sql_printer_update, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

enum errc printer_store_delete(struct pg *db, struct arena *a, const char *id, struct err *e)
{
	return by_id(db, a, &sql_printer_delete, id, NULL, e);
}

enum errc printer_store_changed(struct pg *db, struct arena *a, const char *id,
    const char *const words[3], struct err *e)
{
	struct pg_args args;

	pg_args_init(&args, a);
	pg_text(&args, id);
	for (int i = 0; i < 3; i++)
		pg_text(&args, words[i]);
	return pg_exec(db, a, &sql_printer_changed, &args, NULL, e);
}

enum errc printer_store_clear(struct pg *db, struct arena *a, const char *id, bool plate,
    struct err *e)
{
	struct pg_args args;
	struct pg_result *r;
	enum errc rc;

	pg_args_init(&args, a);
	pg_text(&args, id);
	pg_bool(&args, plate);
	rc = pg_exec(db, a, &sql_printer_clear, &args, &r, e);
	if (rc == E_OK && pg_len(r) == 0)
		return err_set(e, E_NOTFOUND, "Printer not found");
	return rc;
}

enum errc printer_store_status(struct pg *db, struct arena *a, const char *id,
    struct pg_result **out, struct err *e)
{
	return by_id(db, a, &sql_printer_status, id, out, e);
}
