/* SPDX-License-Identifier: Apache-2.0 */
/* apikey_store - who an API key stands for. Contract: outside any transaction. Owns: texts belong
 * to the arena. Errors: as pg_exec(); E_NOTFOUND for a key nobody knows. Blocking: one round trip. */
#ifndef PLATEN_STORE_APIKEY_STORE_H
#define PLATEN_STORE_APIKEY_STORE_H

#include "store/pg.h"

struct apikey {
	const char *id;           /* NULL: the organisation's own key */
	const char *organization;
	const char *scope;        /* agent, octoprint, api */
	const char *printer;      /* the only one it is for, or NULL */
};
/* hash: SHA-256 of the whole key in hex. */
enum errc apikey_store_find(struct pg *db, struct arena *a, const char *hash,
    struct apikey *out, struct err *e) MUST_CHECK;

#endif
