/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_product.h"

static enum errc check_file(struct req *rq, const char *file, struct err *e)
{
	bool known = true;
	enum errc rc = file == NULL ? E_OK :
	    product_store_file(rq->app->db, rq->arena, file, &known, e);

	if (rc == E_OK && !known)
		return err_field(e, E_INVALID, "file_id", "Invalid file_id");
	return rc;
}

static enum errc changed(struct req *rq, const char *id, const char *event, const char *what,
    struct err *e)
{
	const char *const words[2] = { event, what };

	return product_store_changed(rq->app->db, rq->arena, id, words, e);
}

enum errc do_product_create(struct req *rq, const struct product_wish *w, const char **id,
    struct err *e)
{
	enum errc rc = check_file(rq, w->file, e);

	if (rc == E_OK)
		rc = product_store_insert(rq->app->db, rq->arena, w->json, id, e);
	return rc == E_OK ? changed(rq, *id, "product.created", "Product created", e) : rc;
}

enum errc do_product_change(struct req *rq, const char *id, const struct product_wish *w,
    struct err *e)
{
	enum errc rc = product_store_lock(rq->app->db, rq->arena, id, e);

	if (rc == E_OK)
		rc = check_file(rq, w->file, e);
	if (rc == E_OK)
		rc = product_store_update(rq->app->db, rq->arena, id, w->json, e);
	return rc == E_OK ? changed(rq, id, "product.updated", "Product changed", e) : rc;
}

enum errc do_product_delete(struct req *rq, const char *id, struct err *e)
{
	enum errc rc = product_store_retire(rq->app->db, rq->arena, id, e);

	return rc == E_OK ? changed(rq, id, "product.deleted", "Product deleted", e) : rc;
}
