/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_profile.h"

#include "cgi/admin.h"
#include "store/profile_store.h"
#include "store/user_store.h"

static enum errc note(struct req *rq, const char *event, const char *what, const char *id,
    struct err *e)
{
	return user_store_audit(rq->app->db, rq->arena, event, what,
	    arena_printf(rq->arena, "{\"profileId\":\"%s\"}", id), e);
}

enum errc do_profile_create(struct req *rq, const struct profile_wish *w, const char **id,
    struct err *e)
{
	struct pg *db = rq->app->db;
	enum errc rc = w->of_installation ? admin_check_host(rq, e) : E_OK;

	if (rc == E_OK && w->makes_default)
		rc = profile_store_undefault(db, rq->arena, w->of_installation, e);
	if (rc == E_OK)
		rc = profile_store_insert(db, rq->arena, w->json, w->of_installation, id, e);
	return rc == E_OK ? note(rq, "profile.created", "Profile created", *id, e) : rc;
}

/* Locks it; a profile of the installation is seen by all and touched by its ADMIN alone. */
static enum errc take(struct req *rq, const char *id, bool *of_installation, struct err *e)
{
	enum errc rc = profile_store_lock(rq->app->db, rq->arena, id, of_installation, e);

	return rc == E_OK && *of_installation ? admin_check_host(rq, e) : rc;
}

enum errc do_profile_change(struct req *rq, const char *id, const struct profile_wish *w,
    struct err *e)
{
	struct pg *db = rq->app->db;
	bool of_installation;
	enum errc rc = take(rq, id, &of_installation, e);

	if (rc != E_OK || w->json == NULL)
		return rc;
	if (w->makes_default)
		rc = profile_store_undefault(db, rq->arena, of_installation, e);
	if (rc == E_OK)
		rc = profile_store_update(db, rq->arena, id, w->json, e);
	return rc == E_OK ? note(rq, "profile.updated", "Profile changed", id, e) : rc;
}

enum errc do_profile_delete(struct req *rq, const char *id, struct err *e)
{
	struct pg *db = rq->app->db;
	bool of_installation, used;
	enum errc rc = take(rq, id, &of_installation, e);

	if (rc == E_OK)
		rc = profile_store_in_use(db, rq->arena, id, &used, e);
	if (rc == E_OK && used)
		return err_set(e, E_CONFLICT, "The profile is in use");
	if (rc == E_OK)
		rc = profile_store_delete(db, rq->arena, id, e);
	return rc == E_OK ? note(rq, "profile.deleted", "Profile deleted", id, e) : rc;
}
