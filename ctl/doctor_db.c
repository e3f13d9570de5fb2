/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: the database as the programs and as the owner see it. */
#include <stdio.h>
#include <string.h>

#include "ctl/doctor.h"
#include "ctl/migrate.h"
#include "model/settings.h"
#include "store/ctl_store.h"

#define PATIENCE (5 * USEC_PER_SEC)

static void version(struct doctor *d, const struct ctl_server *s)
{
	if (s->version < CTL_SERVER_NEEDED)
		doctor_say(d, DOCTOR_FAIL, "database", "upgrade the database server",
		    "PostgreSQL %s; 15 or later is needed", s->version_text);
	else
		doctor_say(d, DOCTOR_OK, "database", NULL, "PostgreSQL %s, database %s, login %s",
		    s->version_text, s->database, s->login);
	if (!s->superuser)
		return;
	doctor_say(d,
	    strcmp(conf_text(d->c->conf, "core.environment"), "production") == 0 ? DOCTOR_FAIL :
	    DOCTOR_WARN, "database", "log in as platen (platenctl init --superuser-url makes it)",
	    "%s is a superuser: row security rests on SET ROLE alone", s->login);
}

static void migrations(struct doctor *d, struct pg *owner)
{
	const char *next;
	struct err e;
	int missing;

	if (migrate_missing(d->c, owner, d->sql_dir, &missing, &next, &e) != E_OK)
		doctor_say(d, DOCTOR_FAIL, "schema", "platenctl migrate", "%s (%s)", e.message, e.detail);
	else if (missing > 0)
		doctor_say(d, DOCTOR_FAIL, "schema", "platenctl migrate",
		    "%d migrations have not run, the first is %s", missing, next);
	else
		doctor_say(d, DOCTOR_OK, "schema", NULL, "all migrations have run");
}

/* The two roles, and row security tried out rather than believed. */
static void row_security(struct doctor *d, const char *url)
{
	static const char *const remedy = "as superuser: platenctl init --superuser-url URL, then "
	                                  "platenctl migrate";
	struct pg *api = pg_new(url, "platen_api", PATIENCE);
	struct pg *service = pg_new(url, "platen_service", PATIENCE);
	const char *names = NULL;
	bool by_role = false;
	int64_t seen = 0;
	struct err e;

	if (ctl_store_seen(api, &seen, &by_role, &e) != E_OK)
		doctor_say(d, DOCTOR_FAIL, "row security", remedy, "role platen_api: %s", e.detail);
	else if (seen != 0)
		doctor_say(d, DOCTOR_FAIL, "row security", "platenctl migrate",
		    "platen_api sees rows without an organisation");
	else if (ctl_store_unlocked(api, d->c->arena, &names, &e) != E_OK)
		doctor_say(d, DOCTOR_FAIL, "row security", "platenctl migrate", "%s", e.detail);
	else if (names != NULL)
		doctor_say(d, DOCTOR_FAIL, "row security", "platenctl migrate",
		    "open to the API without row security: %s", names);
	else if (!by_role)
		doctor_say(d, DOCTOR_WARN, "row security", remedy,
		    "without the roles platen_api and platen_service a setting tells who works: a "
		    "mistake in a statement could see other organisations");
	else
		doctor_say(d, DOCTOR_OK, "row security", NULL,
		    "platen_api sees nothing without an organisation");
	if (ctl_store_seen(service, &seen, &by_role, &e) != E_OK)
		doctor_say(d, DOCTOR_FAIL, "row security", remedy, "role platen_service: %s", e.detail);
	else if (seen == 0)
		doctor_say(d, DOCTOR_FAIL, "row security", "platenctl migrate",
		    "platen_service sees no rows at all");
	pg_free(api);
	pg_free(service);
}

static void accounts(struct doctor *d, struct pg *owner)
{
	struct err e;
	bool any;

	if (ctl_store_has_users(owner, &any, &e) != E_OK)
		doctor_say(d, DOCTOR_FAIL, "accounts", "platenctl migrate", "%s", e.detail);
	else if (!any)
		doctor_say(d, DOCTOR_WARN, "accounts", "platenctl user add EMAIL --role ADMIN",
		    "there is no user yet");
	else
		doctor_say(d, DOCTOR_OK, "accounts", NULL, "there are users");
}

static void schema(struct doctor *d, const char *url, struct pg *owner)
{
	struct ctl_server s;
	struct err e;

	if (ctl_store_server(owner, d->c->arena, &s, &e) != E_OK) {
		doctor_say(d, DOCTOR_FAIL, "database", "check db.owner_url", "as owner: %s", e.detail);
		return;
	}
	if (!s.migrated) {
		doctor_say(d, DOCTOR_FAIL, "schema", "platenctl init", "database %s has no schema",
		    s.database);
		return;
	}
	migrations(d, owner);
	row_security(d, url);
	accounts(d, owner);
	doctor_printers(d, owner);
}

void doctor_database(struct doctor *d)
{
	const char *url = settings_db(d->c->conf, d->c->arena);
	const char *owner_url = conf_text(d->c->conf, "db.owner_url");
	struct pg *db = pg_new(url, NULL, PATIENCE);
	struct pg *owner = pg_new(owner_url != NULL ? owner_url : url, NULL, PATIENCE);
	struct ctl_server s;
	struct err e;

	if (ctl_store_server(db, d->c->arena, &s, &e) != E_OK) {
		doctor_say(d, DOCTOR_FAIL, "database", "start the server; check db.url, or db.host and "
		    "the rest, and pg_hba.conf", "%s", e.detail);
		doctor_printers(d, NULL);
	} else {
		version(d, &s);
		schema(d, url, owner);
	}
	pg_free(db);
	pg_free(owner);
}
