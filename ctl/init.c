/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl init: roles and database when a superuser's connection is given, schema, first
 * account or setup code. Every step may find its work done. */
#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/log.h"
#include "ctl/account.h"
#include "ctl/migrate.h"
#include "model/settings.h"
#include "store/ctl_store.h"
#include "store/pg_admin.h"

#define SETUP_CODE_LEN 28 /* 140 bits */

static const char *superuser_url, *sql_dir, *admin_email, *admin_name, *admin_password_file;

/* The role gets the password of the URL it logs in with; SCRAM, made here. */
static enum errc make_role(struct ctl *c, struct pg *root, const char *name, const char *options,
    const char *url, struct err *e)
{
	const char *user = url == NULL ? NULL : pg_admin_part(c->arena, url, "user");
	const char *password = url == NULL ? NULL : pg_admin_part(c->arena, url, "password");
	const char *verifier = NULL;

	if (user != NULL && strcmp(user, name) == 0 && password != NULL)
		verifier = pg_admin_verifier(c->arena, superuser_url, user, password);
	return ctl_store_role(root, name, options, verifier, e);
}

static enum errc make_roles(struct ctl *c, struct pg *root, struct err *e)
{
	const char *url = settings_db(c->conf, c->arena);
	const char *owner_url = conf_text(c->conf, "db.owner_url");
	static const char *const groups[] = { "platen_api", "platen_service" };
	static const char *const members[] = { "platen", "platen_owner" };
	enum errc rc = make_role(c, root, "platen_owner", "LOGIN", owner_url, e);

	if (rc == E_OK)
		rc = make_role(c, root, "platen", "LOGIN NOINHERIT", url, e);
	for (size_t i = 0; i < 2 && rc == E_OK; i++)
		rc = make_role(c, root, groups[i], "NOLOGIN", NULL, e);
	for (size_t i = 0; i < 4 && rc == E_OK; i++)
		rc = ctl_store_grant(root, groups[i % 2], members[i / 2], e);
	return rc;
}

/* Roles and database; gives the connection with which to migrate for the first time. */
static enum errc make_database(struct ctl *c, const char **url, struct err *e)
{
	const char *name = pg_admin_part(c->arena, settings_db(c->conf, c->arena), "dbname");
	struct pg *root = pg_new(superuser_url, NULL, USEC_NEVER);
	struct ctl_server server;
	bool made = false;
	enum errc rc;

	if (name == NULL)
		name = "platen";
	rc = ctl_store_server(root, c->arena, &server, e);
	if (rc == E_OK && server.version < CTL_SERVER_NEEDED)
		rc = err_set(e, E_INVALID, "PostgreSQL 15 or later is needed; this is %s",
		    server.version_text);
	if (rc == E_OK && !server.superuser)
		rc = err_set(e, E_DENIED, "%s of --superuser-url is not a superuser", server.login);
	if (rc == E_OK)
		rc = make_roles(c, root, e);
	if (rc == E_OK)
		rc = ctl_store_database(root, name, "platen_owner", &made, e);
	if (rc == E_OK)
		printf("roles ready, database %s %s\n", name, made ? "made" : "found");
	pg_free(root);
	*url = pg_admin_with(c->arena, superuser_url, "dbname", name);
	return rc;
}

static int first_account(struct ctl *c, struct pg *db)
{
	struct account admin = { admin_email, admin_name, "ADMIN", admin_password_file };
	char hash[SHA256_HEX_SIZE];
	struct ctl_user found;
	const char *code;
	struct err e;
	bool any;

	if (admin_email != NULL && ctl_store_find_user(db, c->arena, admin_email, &found, &e) == E_OK) {
		printf("%s is there already\n", admin_email);
		return CTL_DONE;
	}
	if (admin_email != NULL)
		return account_add(c, db, &admin);
	if (ctl_store_has_users(db, &any, &e) != E_OK)
		return ctl_fail(&e);
	if (any)
		return CTL_DONE;
	code = ctl_random_code(c, SETUP_CODE_LEN, true);
	sha256_hex(code, strlen(code), hash);
	if (ctl_store_setup_code(db, hash, &e) != E_OK)
		return ctl_fail(&e);
	log_set_level(LOG_INFO_LEVEL);
	log_info("setup code for the first account: %s", code);
	printf("setup code: %s\nRegister the first account with it; it becomes ADMIN.\n", code);
	return CTL_DONE;
}

static int run(struct ctl *c)
{
	const char *url = NULL;
	struct pg *db;
	struct err e;
	int rc;

	if (c->len > 0)
		return ctl_usage(&verb_init, "takes options only");
	if (superuser_url != NULL && make_database(c, &url, &e) != E_OK)
		return ctl_fail(&e);
	db = url != NULL ? pg_new(url, NULL, USEC_NEVER) : ctl_connect(c);
	rc = migrate_run(c, db, sql_dir, &e) != E_OK ? ctl_fail(&e) : first_account(c, db);
	pg_free(db);
	return rc;
}

static const struct service_option options[] = {
	{ "superuser-url", "URL", "makes roles and database first", &superuser_url },
	{ "sql-dir", "DIR", "schema, views and grants", &sql_dir },
	{ "admin-email", "EMAIL", "makes the first administrator", &admin_email },
	{ "admin-name", "NAME", "its user name (default: from the address)", &admin_name },
	{ "admin-password-file", "FILE", "its password, first line; -: standard input",
	    &admin_password_file },
	{ NULL, NULL, NULL, NULL },
};

const struct verb verb_init = {
	.name = "init",
	.summary = "make the database, its schema and the first administrator",
	.usage = "usage: platenctl init [options]\n\n"
	         "With --superuser-url the roles platen_owner, platen, platen_api and platen_service\n"
	         "and the database of db.url are made; the two logins get the passwords of\n"
	         "db.owner_url and db.url. Without --admin-email an installation without users gets a\n"
	         "one-time setup code. Safe to run again.\n",
	.options = options,
	.run = run,
};
