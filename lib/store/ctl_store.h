/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_store - what platenctl does to the database: installation, migrations, accounts, checks.
 *
 * Purpose:  statements run as the owner of the schema, in transactions of their own.
 * Owns:     results belong to the arena.
 * Errors:   as pg_exec(). E_NOTFOUND: no such user. E_STATE: the last active ADMIN would go.
 * Blocking: yes; migrations wait for their lock. */
#ifndef PLATEN_STORE_CTL_STORE_H
#define PLATEN_STORE_CTL_STORE_H

#include "store/pg.h"

struct ctl_server {
	int64_t version; /* 150020 */
	const char *version_text, *login, *database;
	bool superuser, migrated;
};
enum errc ctl_store_server(struct pg *db, struct arena *a, struct ctl_server *out, struct err *e)
    MUST_CHECK;

/* One migration at a time, until the connection ends. */
enum errc ctl_store_lock(struct pg *db, struct err *e) MUST_CHECK;
enum errc ctl_store_is_applied(struct pg *db, struct arena *a, const char *version, bool *applied,
    struct err *e) MUST_CHECK;
/* The script and its entry in schema_migrations; version NULL: no entry. */
enum errc ctl_store_apply(struct pg *db, const char *version, const char *script, struct err *e)
    MUST_CHECK;

/* For a superuser. verifier NULL: the password stays as it is. */
enum errc ctl_store_role(struct pg *db, const char *name, const char *options,
    const char *verifier, struct err *e) MUST_CHECK;
enum errc ctl_store_grant(struct pg *db, const char *role, const char *member, struct err *e)
    MUST_CHECK;
enum errc ctl_store_database(struct pg *db, const char *name, const char *owner, bool *made,
    struct err *e) MUST_CHECK;

enum errc ctl_store_has_users(struct pg *db, bool *any, struct err *e) MUST_CHECK;
enum errc ctl_store_setup_code(struct pg *db, const char *sha256, struct err *e) MUST_CHECK;

struct ctl_user {
	const char *id, *email, *username, *role;
	bool is_active, other_admin; /* other_admin: an active ADMIN besides this user exists */
};
/* By e-mail address or user name. */
enum errc ctl_store_find_user(struct pg *db, struct arena *a, const char *who,
    struct ctl_user *out, struct err *e) MUST_CHECK;
enum errc ctl_store_add_user(struct pg *db, const struct ctl_user *in, const char *hash,
    struct err *e) MUST_CHECK;
enum errc ctl_store_users(struct pg *db, struct arena *a, struct pg_result **out, struct err *e)
    MUST_CHECK;
enum errc ctl_store_set_active(struct pg *db, const char *id, bool active, struct err *e)
    MUST_CHECK;
enum errc ctl_store_set_role(struct pg *db, const char *id, const char *role, struct err *e)
    MUST_CHECK;
enum errc ctl_store_set_password(struct pg *db, const char *id, const char *hash, struct err *e)
    MUST_CHECK;

/* doctor. seen: rows visible with no organisation set; by_role: under one of our roles, not by the
 * setting that stands in for them. names NULL: every table is locked. */
enum errc ctl_store_seen(struct pg *db, int64_t *seen, bool *by_role, struct err *e) MUST_CHECK;
enum errc ctl_store_unlocked(struct pg *db, struct arena *a, const char **names, struct err *e)
    MUST_CHECK;
enum errc ctl_store_devices(struct pg *db, struct arena *a, struct pg_result **out, struct err *e)
    MUST_CHECK;

#endif
