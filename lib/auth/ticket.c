/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/ticket.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"

#define HOUR (3600 * USEC_PER_SEC)

static void derive(uint8_t out[32], const char *secret, const char *purpose)
{
	hmac_sha256(secret, strlen(secret), purpose, strlen(purpose), out);
}

void ticket_keys_init(struct ticket_keys *k, const char *secret)
{
	derive(k->stop, secret, "platen emergency stop ticket v1");
	derive(k->media, secret, "platen media address v1");
	derive(k->csrf, secret, "platen csrf token v1");
}

static void sign(const uint8_t key[32], const char *text, size_t len, char out[SHA256_HEX_SIZE])
{
	uint8_t mac[SHA256_SIZE];

	hmac_sha256(key, 32, text, len, mac);
	hex_encode(mac, sizeof mac, out);
}

static bool sign_ok(const uint8_t key[32], const char *text, size_t len, const char *sig)
{
	char want[SHA256_HEX_SIZE];

	sign(key, text, len, want);
	return sig != NULL && strlen(sig) == SHA256_HEX_SIZE - 1 &&
	    bytes_equal(want, sig, SHA256_HEX_SIZE - 1);
}

/* Decimal digits only, so that one moment has one spelling. */
static bool seconds_read(const char *text, size_t len, usec_t *out)
{
	int64_t seconds = 0;

	if (len == 0 || len > 12)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		seconds = seconds * 10 + (text[i] - '0');
	}
	*out = seconds * USEC_PER_SEC;
	return true;
}

const char *ticket_stop_make(const struct ticket_keys *k, const struct ticket_stop *t,
    struct arena *a)
{
	char sig[SHA256_HEX_SIZE];
	const char *head = arena_printf(a, "%s.%s.%s.%lld", t->printer, t->user, t->organization,
	    (long long)(t->expires / USEC_PER_SEC));

	sign(k->stop, head, strlen(head), sig);
	return arena_printf(a, "%s.%s", head, sig);
}

static bool take_uuid(const char **p, char out[UUID_SIZE])
{
	char text[UUID_SIZE];

	if (strlen(*p) < UUID_SIZE || (*p)[UUID_SIZE - 1] != '.')
		return false;
	memcpy(text, *p, UUID_SIZE - 1);
	text[UUID_SIZE - 1] = '\0';
	*p += UUID_SIZE;
	return uuid_canon(text, out);
}

bool ticket_stop_read(const struct ticket_keys *k, const char *text, usec_t now,
    struct ticket_stop *out)
{
	const char *p = text, *dot = strrchr(text, '.');

	if (dot == NULL || !sign_ok(k->stop, text, (size_t)(dot - text), dot + 1))
		return false;
	if (!take_uuid(&p, out->printer) || !take_uuid(&p, out->user) ||
	    !take_uuid(&p, out->organization) || p > dot)
		return false;
	return seconds_read(p, (size_t)(dot - p), &out->expires) && out->expires > now;
}

static bool media_sign(const struct ticket_keys *k, const struct ticket_media *t,
    char out[SHA256_HEX_SIZE])
{
	char text[1024];
	int len = snprintf(text, sizeof text, "GET\n%s\n%s\n%s", t->path, t->expires,
	    t->organization == NULL ? "" : t->organization);

	if (len < 0 || (size_t)len >= sizeof text)
		return false;
	sign(k->media, text, (size_t)len, out);
	return true;
}

const char *ticket_media_url(const struct ticket_keys *k, const char *path,
    const char *organization, usec_t until, struct arena *a)
{
	const char *expires = arena_printf(a, "%lld", (long long)((until + HOUR - 1) / HOUR * 3600));
	const struct ticket_media t = { path, organization, expires, NULL };
	char sig[SHA256_HEX_SIZE];

	if (!media_sign(k, &t, sig))
		return NULL;
	return arena_printf(a, "%s?expires=%s%s%s&sig=%s", path, expires,
	    organization == NULL ? "" : "&org=", organization == NULL ? "" : organization, sig);
}

bool ticket_media_ok(const struct ticket_keys *k, const struct ticket_media *t, usec_t now)
{
	char want[SHA256_HEX_SIZE];
	usec_t until;

	if (t->expires == NULL || t->sig == NULL || strlen(t->sig) != SHA256_HEX_SIZE - 1 ||
	    !seconds_read(t->expires, strlen(t->expires), &until) || !media_sign(k, t, want))
		return false;
	return bytes_equal(want, t->sig, SHA256_HEX_SIZE - 1) && until > now;
}

const char *ticket_csrf(const struct ticket_keys *k, const char *session, struct arena *a)
{
	char sig[SHA256_HEX_SIZE];

	sign(k->csrf, session, strlen(session), sig);
	return arena_str(a, sig);
}

bool ticket_csrf_ok(const struct ticket_keys *k, const char *session, const char *text)
{
	return sign_ok(k->csrf, session, strlen(session), text);
}
