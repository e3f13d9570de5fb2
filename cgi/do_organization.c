/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/do_organization.h"

#include <string.h>

#include "base/crypto.h"
#include "cgi/admin.h"
#include "store/organization_store.h"

#define KEY_PREFIX_SIZE 12 /* shown, so that keys can be told apart */

enum errc do_organization_change(struct req *rq, const char *id,
    const struct organization_wish *w, struct err *e)
{
	struct pg *db = rq->app->db;
	enum errc rc = organization_store_enter(db, rq->arena, id, "ADMIN", e);

	if (rc == E_OK && w->gives_host_matters)
		rc = admin_check_host(rq, e);
	if (rc == E_OK && w->json != NULL)
		rc = organization_store_update(db, rq->arena, w->json, e);
	return rc;
}

static const char *make_key(struct req *rq)
{
	uint8_t bytes[32];
	struct buf text = BUF_INIT;
	const char *out;

	crypto_random(bytes, sizeof bytes);
	buf_text(&text, "pk_");
	base64url_encode(&text, bytes, sizeof bytes);
	out = arena_str(rq->arena, buf_str(&text));
	buf_fini(&text);
	return out;
}

enum errc do_organization_key(struct req *rq, struct organization_key *k, struct err *e)
{
	struct pg *db = rq->app->db;
	char sha256[SHA256_HEX_SIZE];
	enum errc rc;

	k->refusal = NULL;
	rc = organization_store_enter(db, rq->arena, k->id, "ADMIN", e);
	if (rc == E_OK)
		rc = admin_prove(rq, k->current, &k->refusal, e);
	if (rc != E_OK)
		return rc;
	k->key = make_key(rq);
	sha256_hex(k->key, strlen(k->key), sha256);
	return organization_store_set_key(db, rq->arena, sha256,
	    arena_strn(rq->arena, k->key, KEY_PREFIX_SIZE), e);
}
