/* SPDX-License-Identifier: Apache-2.0 */
/* platenctl user: accounts from the command line. */
#include <stdio.h>
#include <string.h>

#include "ctl/account.h"
#include "store/ctl_store.h"

static const char *name, *role, *password_file;

static int add(struct ctl *c, struct pg *db)
{
	struct account in = { c->word[1], name, role == NULL ? "VIEWER" : role, password_file };

	return account_add(c, db, &in);
}

static int list(struct ctl *c, struct pg *db)
{
	struct pg_result *r;
	struct err e;

	if (ctl_store_users(db, c->arena, &r, &e) != E_OK)
		return ctl_fail(&e);
	printf("%-32s %-20s %-9s %-9s %s\n", "EMAIL", "NAME", "ROLE", "STATE", "LAST LOGIN (UTC)");
	for (int i = 0; i < pg_len(r); i++) {
		const char *last = pg_get(r, i, "last_login");

		printf("%-32s %-20s %-9s %-9s %s\n", pg_get(r, i, "email"), pg_get(r, i, "username"),
		    pg_get(r, i, "role"), pg_get_bool(r, i, "is_active") ? "active" : "disabled",
		    last == NULL ? "never" : last);
	}
	return CTL_DONE;
}

/* An installation whose last administrator is gone cannot be administered by its pages. */
static enum errc keep_an_admin(const struct ctl_user *u, struct err *e)
{
	if (strcmp(u->role, "ADMIN") == 0 && u->is_active && !u->other_admin)
		return err_set(e, E_STATE, "%s is the last active administrator", u->email);
	return E_OK;
}

static int report(enum errc rc, const struct err *e, const struct ctl_user *u, const char *what)
{
	if (rc != E_OK)
		return ctl_fail(e);
	printf("%s %s\n", u->email, what);
	return CTL_DONE;
}

static int enable(struct ctl *c, struct pg *db)
{
	struct ctl_user u;
	struct err e;
	enum errc rc = ctl_store_find_user(db, c->arena, c->word[1], &u, &e);

	if (rc == E_OK)
		rc = ctl_store_set_active(db, u.id, true, &e);
	return report(rc, &e, &u, "is active");
}

static int disable(struct ctl *c, struct pg *db)
{
	struct ctl_user u;
	struct err e;
	enum errc rc = ctl_store_find_user(db, c->arena, c->word[1], &u, &e);

	if (rc == E_OK)
		rc = keep_an_admin(&u, &e);
	if (rc == E_OK)
		rc = ctl_store_set_active(db, u.id, false, &e);
	return report(rc, &e, &u, "is disabled, its sessions are closed");
}

static int set_role(struct ctl *c, struct pg *db)
{
	const char *wanted = c->word[2];
	struct ctl_user u;
	struct err e;
	enum errc rc = ctl_store_find_user(db, c->arena, c->word[1], &u, &e);

	if (rc == E_OK && strcmp(wanted, "ADMIN") != 0 && strcmp(wanted, "OPERATOR") != 0 &&
	    strcmp(wanted, "VIEWER") != 0)
		rc = err_set(&e, E_INVALID, "A role is ADMIN, OPERATOR or VIEWER");
	if (rc == E_OK && strcmp(wanted, "ADMIN") != 0)
		rc = keep_an_admin(&u, &e);
	if (rc == E_OK)
		rc = ctl_store_set_role(db, u.id, wanted, &e);
	return report(rc, &e, &u, arena_printf(c->arena, "is %s", wanted));
}

static int password(struct ctl *c, struct pg *db)
{
	struct ctl_user u;
	const char *hash, *made;
	struct err e;
	enum errc rc = ctl_store_find_user(db, c->arena, c->word[1], &u, &e);

	if (rc != E_OK)
		return ctl_fail(&e);
	hash = account_password(c, password_file, &made);
	if (hash == NULL)
		return CTL_FAILED;
	rc = ctl_store_set_password(db, u.id, hash, &e);
	if (rc == E_OK && made != NULL)
		printf("password: %s\n", made);
	return report(rc, &e, &u, "has a new password, its sessions are closed");
}

static const struct act {
	const char *name;
	int words; /* with its own name */
	int (*run)(struct ctl *c, struct pg *db);
} acts[] = {
	{ "add", 2, add },
	{ "list", 1, list },
	{ "enable", 2, enable },
	{ "disable", 2, disable },
	{ "role", 3, set_role },
	{ "password", 2, password },
};

static int run(struct ctl *c)
{
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		struct pg *db;
		int rc;

		if (c->len == 0 || strcmp(c->word[0], acts[i].name) != 0)
			continue;
		if (c->len != acts[i].words)
			return ctl_usage(&verb_user, "wrong number of words");
		db = ctl_connect(c);
		rc = acts[i].run(c, db);
		pg_free(db);
		return rc;
	}
	return ctl_usage(&verb_user, "say add, list, enable, disable, role or password");
}

static const struct service_option options[] = {
	{ "name", "NAME", "add: user name (default: from the address)", &name },
	{ "role", "ROLE", "add: ADMIN, OPERATOR or VIEWER (default)", &role },
	{ "password-file", "FILE", "add, password: first line; -: standard input", &password_file },
	{ NULL, NULL, NULL, NULL },
};

const struct verb verb_user = {
	.name = "user",
	.summary = "make, list, enable, disable accounts; roles and passwords",
	.usage = "usage: platenctl user add EMAIL [--name NAME] [--role ROLE] [--password-file FILE]\n"
	         "       platenctl user list\n"
	         "       platenctl user enable|disable EMAIL\n"
	         "       platenctl user role EMAIL ADMIN|OPERATOR|VIEWER\n"
	         "       platenctl user password EMAIL [--password-file FILE]\n\n"
	         "Instead of the address the user name will do. Without a password file a password is\n"
	         "made and printed. A change closes the user's sessions.\n",
	.options = options,
	.run = run,
};
