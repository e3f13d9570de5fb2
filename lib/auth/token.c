/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/token.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/crypto.h"
#include "base/jval.h"

#define LEEWAY    (60 * USEC_PER_SEC)
#define MAX_TOKEN 4096
#define MAX_TIME  ((int64_t)1 << 42) /* seconds; far beyond any calendar, far from overflow */

static const char *const type_words[] = { "access", "refresh", "browser" };

static enum errc invalid(struct err *e, const char *why)
{
	err_set(e, E_UNAUTHORIZED, "Invalid authentication token");
	err_detail(e, "%s", why);
	err_kind(e, "INVALID_TOKEN");
	return E_UNAUTHORIZED;
}

/* Words that only ever stand in examples; such a secret is public knowledge. */
static bool is_sample(const char *secret)
{
	static const char *const words[] = { "your-", "your_", "change-me", "changeme", "change-this",
		"change_this", "change-in-production", "secret-key", "example", "xxxxxxxx" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (const char *p = secret; *p != '\0'; p++)
			if (strncasecmp(p, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static enum errc check_secret(const struct conf *c, const char *key, struct err *e)
{
	const char *secret = conf_text(c, key);
	bool production = strcmp(conf_text(c, "core.environment"), "production") == 0;

	if (secret == NULL || strlen(secret) < TOKEN_MIN_SECRET)
		return err_field(e, E_INVALID, key, "Configuration: %s must be set to at least %d bytes",
		    key, TOKEN_MIN_SECRET);
	if (production && is_sample(secret))
		return err_field(e, E_INVALID, key,
		    "Configuration: %s is a sample value; make a random one", key);
	return E_OK;
}

enum errc token_keys_init(struct token_keys *k, const struct conf *c, struct err *e)
{
	enum errc rc = check_secret(c, "auth.jwt_secret", e);

	if (rc == E_OK)
		rc = check_secret(c, "auth.jwt_refresh_secret", e);
	if (rc != E_OK)
		return rc;
	k->access = conf_text(c, "auth.jwt_secret");
	k->refresh = conf_text(c, "auth.jwt_refresh_secret");
	if (strcmp(k->access, k->refresh) == 0)
		return err_field(e, E_INVALID, "auth.jwt_refresh_secret",
		    "Configuration: auth.jwt_refresh_secret must differ from auth.jwt_secret");
	k->access_ttl = conf_duration(c, "auth.access_ttl");
	k->refresh_ttl = conf_duration(c, "auth.refresh_ttl");
	k->require_exp = conf_bool(c, "auth.require_exp");
	return E_OK;
}

/* A time claim (RFC 7519 NumericDate, which may have a fraction): absent is fine (*out = 0), 1970 and
 * before is long ago, anything but a number in range is refused. */
static bool time_claim(const struct jval *root, const char *name, usec_t *out)
{
	const struct jval *v = jval_get(root, name);
	double seconds;

	*out = 0;
	if (!jval_has(root, name))
		return true;
	if (!jval_is_number(v))
		return false;
	seconds = jval_real(v);
	if (seconds > (double)MAX_TIME)
		return false;
	*out = seconds < 1 ? 1 : (usec_t)(seconds * USEC_PER_SEC);
	return true;
}

static enum errc check_times(const struct token_keys *k, const struct jval *root, usec_t now,
    struct token_claims *out, struct err *e)
{
	usec_t nbf, iat;

	if (!time_claim(root, "exp", &out->expires) || !time_claim(root, "nbf", &nbf) ||
	    !time_claim(root, "iat", &iat))
		return invalid(e, "a time claim is not a number of seconds");
	if (out->expires == 0 && (out->is_own || k->require_exp))
		return invalid(e, "no exp");
	if (nbf > now + LEEWAY || iat > now + LEEWAY)
		return invalid(e, "from the future");
	if (out->expires != 0 && out->expires <= now) {
		err_set(e, E_UNAUTHORIZED, "Token has expired");
		return err_kind(e, "TOKEN_EXPIRED");
	}
	return E_OK;
}

/* A UUID claim: absent leaves "", anything else than a UUID is refused. */
static bool uuid_claim(const struct jval *root, const char *name, char out[UUID_SIZE])
{
	const char *text;

	out[0] = '\0';
	if (!jval_has(root, name) || jval_type(jval_get(root, name)) == JSON_NULL)
		return true;
	text = jval_text(jval_get(root, name), NULL);
	if (text == NULL)
		return false;
	return *text == '\0' || uuid_canon(text, out);
}

static bool subject_claim(const struct jval *root, char out[UUID_SIZE])
{
	static const char *const names[] = { "userId", "sub", "id" };

	for (size_t i = 0; i < 3; i++) {
		if (!uuid_claim(root, names[i], out))
			return false;
		if (out[0] != '\0')
			return true;
	}
	return false;
}

static const char *text_claim(const struct jval *root, const char *name, struct arena *a)
{
	return arena_str(a, jval_text(jval_get(root, name), NULL));
}

static enum errc read_claims(enum token_type type, const struct jval *root,
    struct token_claims *out, struct err *e)
{
	const char *word = jval_text(jval_get(root, "type"), NULL);
	bool fits;

	if (jval_type(root) != JSON_OBJECT)
		return invalid(e, "claims are not an object");
	if (type == TOKEN_ACCESS)
		fits = !jval_has(root, "type") ||
		    (word != NULL && (strcmp(word, "access") == 0 || strcmp(word, "agent") == 0));
	else
		fits = word != NULL && strcmp(word, type_words[type]) == 0;
	if (!fits)
		return invalid(e, "made for another purpose");
	if (!subject_claim(root, out->subject))
		return invalid(e, "no subject");
	if (!uuid_claim(root, "sid", out->session) || !uuid_claim(root, "jti", out->jti) ||
	    !uuid_claim(root, "organizationId", out->organization))
		return invalid(e, "a claim is not a UUID");
	out->is_own = type != TOKEN_ACCESS || out->session[0] != '\0';
	out->is_agent = word != NULL && strcmp(word, "agent") == 0;
	return E_OK;
}

/* The claims as they were signed: libjwt's own reading drops a name that is given twice. */
static enum errc parse_payload(struct arena *a, const char *text, const struct jval **root)
{
	const char *from = strchr(text, '.') + 1;
	size_t len = strcspn(from, ".");
	char *standard = arena_alloc(a, len + 4);
	struct buf json = BUF_INIT;
	enum errc rc = E_INVALID;

	for (size_t i = 0; i < len; i++)
		standard[i] = from[i] == '-' ? '+' : from[i] == '_' ? '/' : from[i];
	while (len % 4 != 0)
		standard[len++] = '=';
	if (base64_decode(&json, standard, len))
		rc = jval_parse(a, buf_str(&json), json.size, root, NULL);
	buf_fini(&json);
	return rc;
}

static enum errc check_signature(const char *secret, const char *text, struct arena *a,
    struct err *e)
{
	const struct jval *header = NULL;
	jwt_t *jwt = NULL;
	char *head;
	bool ok;

	if (strlen(text) > MAX_TOKEN)
		return invalid(e, "too long");
	if (jwt_decode(&jwt, text, (const unsigned char *)secret, (int)strlen(secret)) != 0)
		return invalid(e, "signature or form");
	head = jwt_get_headers_json(jwt, NULL);
	ok = jwt_get_alg(jwt) == JWT_ALG_HS256 && head != NULL &&
	    jval_parse(a, head, strlen(head), &header, NULL) == E_OK && !jval_has(header, "crit");
	free(head);
	jwt_free(jwt);
	return ok ? E_OK : invalid(e, "algorithm or header");
}

enum errc token_verify(const struct token_keys *k, enum token_type type, const char *text,
    usec_t now, struct arena *a, struct token_claims *out, struct err *e)
{
	const struct jval *root = NULL;
	enum errc rc;

	*out = (struct token_claims){ 0 };
	rc = check_signature(type == TOKEN_REFRESH ? k->refresh : k->access, text, a, e);
	if (rc != E_OK)
		return rc;
	if (parse_payload(a, text, &root) != E_OK)
		return invalid(e, "claims do not parse");
	rc = read_claims(type, root, out, e);
	if (rc == E_OK)
		rc = check_times(k, root, now, out, e);
	if (rc != E_OK)
		return rc;
	out->email = text_claim(root, "email", a);
	out->username = text_claim(root, "username", a);
	out->role = text_claim(root, "role", a);
	/* in any case, as every role: the least that can be meant */
	if (out->role != NULL && strcasecmp(out->role, "AGENT") == 0)
		out->is_agent = true;
	return E_OK;
}

static void add_text(jwt_t *jwt, const char *name, const char *value)
{
	if (value != NULL && *value != '\0' && jwt_add_grant(jwt, name, value) != 0)
		abort(); /* only out of memory or a name given twice */
}

const char *token_issue(const struct token_keys *k, enum token_type type,
    const struct token_claims *claims, usec_t now, struct arena *a)
{
	const char *secret = type == TOKEN_REFRESH ? k->refresh : k->access;
	usec_t ttl = type == TOKEN_ACCESS ? k->access_ttl : k->refresh_ttl;
	usec_t expires = claims->expires != 0 ? claims->expires : now + ttl;
	jwt_t *jwt = NULL;
	char *text;
	const char *out;

	if (jwt_new(&jwt) != 0 ||
	    jwt_set_alg(jwt, JWT_ALG_HS256, (const unsigned char *)secret, (int)strlen(secret)) != 0)
		abort();
	add_text(jwt, "userId", claims->subject);
	add_text(jwt, "sub", claims->subject);
	add_text(jwt, "sid", claims->session);
	add_text(jwt, "jti", claims->jti);
	add_text(jwt, "type", type_words[type]);
	if (type == TOKEN_ACCESS) {
		add_text(jwt, "email", claims->email);
		add_text(jwt, "username", claims->username);
		add_text(jwt, "role", claims->role);
		add_text(jwt, "organizationId", claims->organization);
	}
	if (jwt_add_grant_int(jwt, "iat", (long)(now / USEC_PER_SEC)) != 0 ||
	    jwt_add_grant_int(jwt, "exp", (long)(expires / USEC_PER_SEC)) != 0)
		abort();
	text = jwt_encode_str(jwt);
	if (text == NULL)
		abort();
	out = arena_str(a, text);
	free(text);
	jwt_free(jwt);
	return out;
}
