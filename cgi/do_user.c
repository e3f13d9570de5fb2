/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_user.h"

#include "auth/password.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "cgi/admin.h"
#include "store/people_store.h"

/* 128 bits, to be told once and changed by its owner. */
static const char *make_password(struct req *rq)
{
	uint8_t bytes[16];
	struct buf text = BUF_INIT;
	const char *out;

	crypto_random(bytes, sizeof bytes);
	base64url_encode(&text, bytes, sizeof bytes);
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

static const char *hash_of(struct req *rq, const char *password)
{
	return password_hash(password, (int)conf_int(rq->app->conf, "auth.bcrypt_rounds"),
	    rq->arena);
}

enum errc do_user_create(struct req *rq, const struct user_wish *w, const char **id,
    const char **made, struct err *e)
{
	struct people_new user = { .email = w->email, .username = w->username, .role = w->role };

	*made = w->password == NULL ? make_password(rq) : NULL;
	user.hash = hash_of(rq, *made == NULL ? w->password : *made);
	return people_store_create(rq->app->db, rq->arena, &user, id, e);
}

enum errc do_user_reset(struct req *rq, struct user_reset *r, struct err *e)
{
	struct pg *db = rq->app->db;
	enum errc rc;

	r->refusal = NULL;
	r->made = NULL;
	rc = people_store_check(db, rq->arena, r->id, e);
	if (rc == E_OK)
		rc = admin_prove(rq, r->current, &r->refusal, e);
	if (rc != E_OK)
		return rc;
	if (r->password == NULL)
		r->made = make_password(rq);
	return people_store_reset_password(db, rq->arena, r->id, hash_of(rq, r->made == NULL ?
	    r->password : r->made), e);
}

enum errc do_password_change(struct req *rq, const char *current, const char *wanted,
    const struct answer **refusal, struct err *e)
{
	enum errc rc = admin_prove_password(rq, current, refusal, e);

	if (rc != E_OK)
		return rc;
	return people_store_change_password(rq->app->db, rq->arena, hash_of(rq, wanted),
	    rq->who.session[0] == '\0' ? NULL : rq->who.session, e);
}
