/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/admin.h"

#include "auth/password.h"
#include "base/conf.h"
#include "cgi/limit.h"
#include "store/people_store.h"

bool admin_of_host(const struct req *rq)
{
	const char *host = pg_entered(rq->app->db, "host_admin");

	return host != NULL && *host == 't';
}

enum errc admin_check_host(const struct req *rq, struct err *e)
{
	return admin_of_host(rq) ? E_OK : err_set(e, E_DENIED, "Insufficient permissions");
}

static enum errc find_proof(struct req *rq, struct people_proof *p, struct err *e)
{
	*p = (struct people_proof){ .session = rq->who.session[0] == '\0' ? NULL : rq->who.session,
		.within_sec = conf_duration(rq->app->conf, "auth.fresh") / USEC_PER_SEC };
	return people_store_proof(rq->app->db, rq->arena, p, e);
}

/* Guessing through a stolen session is limited like guessing at the door. */
static enum errc compare(struct req *rq, const char *current, const char *hash,
    const struct answer **refusal, struct err *e)
{
	const char *account = pg_entered(rq->app->db, "email");
	int rounds = (int)conf_int(rq->app->conf, "auth.bcrypt_rounds");

	if (password_check(current, hash, rounds))
		return E_OK;
	req_rollback(rq);
	*refusal = limit_account(rq, account == NULL ? rq->who.user : account);
	err_set(e, E_UNAUTHORIZED, "Invalid credentials");
	return err_kind(e, "INVALID_CREDENTIALS");
}

enum errc admin_prove(struct req *rq, const char *current, const struct answer **refusal,
    struct err *e)
{
	struct people_proof p;
	enum errc rc = find_proof(rq, &p, e);

	*refusal = NULL;
	if (rc != E_OK)
		return rc;
	if (current != NULL)
		return compare(rq, current, p.hash, refusal, e);
	if (p.is_fresh)
		return E_OK;
	err_set(e, E_DENIED, "Sign in again, or give your password as currentPassword");
	return err_kind(e, "FORBIDDEN");
}

enum errc admin_prove_password(struct req *rq, const char *current,
    const struct answer **refusal, struct err *e)
{
	struct people_proof p;
	enum errc rc = find_proof(rq, &p, e);

	*refusal = NULL;
	return rc == E_OK ? compare(rq, current, p.hash, refusal, e) : rc;
}
