/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "store/ctl_store.h"

#define SQL_DIR PLATEN_DATADIR "/sql"

struct scripts {
	struct dirent **entry;
	int len;
};

static int is_script(const struct dirent *en)
{
	size_t len = strlen(en->d_name);

	return en->d_name[0] != '.' && len > 4 && strcmp(en->d_name + len - 4, ".sql") == 0;
}

/* Bytes decide, not the locale: the order is the same everywhere. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum errc list(const char *dir, struct scripts *out, struct err *e)
{
	out->len = scandir(dir, &out->entry, is_script, by_name);
	if (out->len < 0)
		return err_errno(e, dir);
	if (out->len == 0) {
		free(out->entry);
		return err_set(e, E_NOTFOUND, "There are no SQL files in %s", dir);
	}
	return E_OK;
}

static void drop(struct scripts *s)
{
	for (int i = 0; i < s->len; i++)
		free(s->entry[i]);
	free(s->entry);
}

static enum errc append_file(struct buf *out, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	enum errc rc = E_OK;
	size_t n;

	if (f == NULL)
		return err_errno(e, path);
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->size += n;
	} while (n > 0);
	if (ferror(f))
		rc = err_errno(e, path);
	fclose(f);
	buf_append(out, "\n", 1);
	return rc;
}

static const char *version_of(struct ctl *c, const char *file)
{
	return arena_strn(c->arena, file, strlen(file) - 4);
}

/* Script 000 makes the list of the others and may run every time. */
static bool is_list(const char *version)
{
	return strncmp(version, "000", 3) == 0;
}

static enum errc apply_one(struct ctl *c, struct pg *db, const char *dir, const char *file,
    struct err *e)
{
	const char *version = version_of(c, file);
	struct buf script = BUF_INIT;
	bool applied = false;
	enum errc rc = E_OK;

	if (!is_list(version))
		rc = ctl_store_is_applied(db, c->arena, version, &applied, e);
	if (rc != E_OK || applied)
		return rc;
	rc = append_file(&script, arena_printf(c->arena, "%s/%s", dir, file), e);
	if (rc == E_OK)
		rc = ctl_store_apply(db, is_list(version) ? NULL : version, buf_str(&script), e);
	buf_fini(&script);
	if (rc == E_OK && !is_list(version))
		printf("applied %s\n", version);
	if (rc != E_OK)
		fprintf(stderr, "platenctl: migration %s was refused; nothing of it remains\n", version);
	return rc;
}

static enum errc apply_schema(struct ctl *c, struct pg *db, const char *dir, struct err *e)
{
	struct scripts all;
	enum errc rc = list(dir, &all, e);

	if (rc != E_OK)
		return rc;
	for (int i = 0; i < all.len && rc == E_OK; i++)
		rc = apply_one(c, db, dir, all.entry[i]->d_name, e);
	drop(&all);
	return rc;
}

/* All views and the grants in one transaction: nobody sees a database without them. */
static enum errc apply_views(struct ctl *c, struct pg *db, const char *root, struct err *e)
{
	const char *dir = arena_printf(c->arena, "%s/views", root);
	struct buf script = BUF_INIT;
	struct scripts all;
	enum errc rc = list(dir, &all, e);

	if (rc != E_OK)
		return rc;
	for (int i = 0; i < all.len && rc == E_OK; i++)
		rc = append_file(&script, arena_printf(c->arena, "%s/%s", dir, all.entry[i]->d_name), e);
	if (rc == E_OK)
		rc = append_file(&script, arena_printf(c->arena, "%s/grants.sql", root), e);
	if (rc == E_OK)
		rc = ctl_store_apply(db, NULL, buf_str(&script), e);
	buf_fini(&script);
	drop(&all);
	return rc;
}

enum errc migrate_run(struct ctl *c, struct pg *db, const char *sql_dir, struct err *e)
{
	const char *root = sql_dir == NULL ? SQL_DIR : sql_dir;
	struct ctl_server server;
	enum errc rc = ctl_store_server(db, c->arena, &server, e);

	if (rc == E_OK && server.version < CTL_SERVER_NEEDED)
		rc = err_set(e, E_INVALID, "PostgreSQL 15 or later is needed; this is %s",
		    server.version_text);
	if (rc == E_OK)
		rc = ctl_store_lock(db, e);
	if (rc == E_OK)
		rc = apply_schema(c, db, arena_printf(c->arena, "%s/schema", root), e);
	if (rc == E_OK)
		rc = apply_views(c, db, root, e);
	return rc;
}

enum errc migrate_missing(struct ctl *c, struct pg *db, const char *sql_dir, int *missing,
    const char **next, struct err *e)
{
	const char *dir = arena_printf(c->arena, "%s/schema", sql_dir == NULL ? SQL_DIR : sql_dir);
	struct scripts all;
	enum errc rc = list(dir, &all, e);

	*missing = 0;
	*next = NULL;
	if (rc != E_OK)
		return rc;
	for (int i = 0; i < all.len && rc == E_OK; i++) {
		const char *version = version_of(c, all.entry[i]->d_name);
		bool applied = is_list(version);

		if (!applied)
			rc = ctl_store_is_applied(db, c->arena, version, &applied, e);
		if (rc == E_OK && !applied && (*missing)++ == 0)
			*next = version;
	}
	drop(&all);
	return rc;
}

static const char *sql_dir_option;

static int run(struct ctl *c)
{
	struct pg *db = ctl_connect(c);
	struct err e;
	int rc = CTL_DONE;

	if (migrate_run(c, db, sql_dir_option, &e) != E_OK)
		rc = ctl_fail(&e);
	else
		puts("the database is up to date");
	pg_free(db);
	return rc;
}

static const struct service_option options[] = {
	{ "sql-dir", "DIR", "schema, views and grants (default " SQL_DIR ")", &sql_dir_option },
	{ NULL, NULL, NULL, NULL },
};

const struct verb verb_migrate = {
	.name = "migrate",
	.summary = "bring the database to this version",
	.usage = "usage: platenctl migrate [--sql-dir DIR]\n\n"
	         "Runs each numbered migration once, in a transaction of its own, then makes all views\n"
	         "and grants anew. Connects with db.owner_url, else with db.url. Safe to run again and\n"
	         "while the server is running.\n",
	.options = options,
	.run = run,
};
