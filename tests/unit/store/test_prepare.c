/* SPDX-License-Identifier: Apache-2.0 */
/* Every named statement against the real schema: it prepares, takes the parameters it declares,
 * answers columns when it says it has rows, and the role that runs it is permitted to. Run by
 * tests/sql/prepare; PLATEN_TEST_DB is the superuser's connection to a migrated database. */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/all_sql.h"

#define LEN (sizeof sql_all / sizeof *sql_all)

static int passed, failed;

static void fail_with(const struct pg_stmt *st, const char *what, const char *said)
{
	printf("FAIL %s: %s: %s\n", st->name, what, said);
	failed++;
}

static PGconn *connect_as(const char *role)
{
	char set[80];
	PGconn *conn = PQconnectdb(getenv("PLATEN_TEST_DB") == NULL ? "" : getenv("PLATEN_TEST_DB"));
	PGresult *r;

	if (PQstatus(conn) != CONNECTION_OK) {
		printf("FAIL connect: %s", PQerrorMessage(conn));
		exit(1);
	}
	snprintf(set, sizeof set, "SET ROLE %s", role);
	r = PQexec(conn, set);
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		printf("FAIL %s: %s", set, PQerrorMessage(conn));
		exit(1);
	}
	PQclear(r);
	return conn;
}

static void prepares(PGconn *conn, const struct pg_stmt *st)
{
	PGresult *r = PQprepare(conn, st->name, st->text, 0, NULL), *d = NULL;

	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fail_with(st, "prepare", PQerrorMessage(conn));
		PQclear(r);
		return;
	}
	d = PQdescribePrepared(conn, st->name);
	if (PQnparams(d) != st->params)
		fail_with(st, "parameters", "the server counts others than declared");
	else if (st->rows != PG_NONE && PQnfields(d) == 0)
		fail_with(st, "rows", "declared, but the statement answers none");
	else
		passed++;
	PQclear(d);
	PQclear(r);
}

static bool is_query(const char *text)
{
	static const char *const words[] = { "SELECT", "INSERT", "UPDATE", "DELETE", "WITH" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

static bool has_prefix(const struct pg_stmt *st, const char *prefix)
{
	return strncmp(st->name, prefix, strlen(prefix)) == 0;
}

/* Who runs it, by aggregate: platenctl as owner, daemons as the service, the rest in the API. */
static const char *role_of(const struct pg_stmt *st)
{
	if (has_prefix(st, "ctl_"))
		return "platen_owner";
	if (has_prefix(st, "spool_") || has_prefix(st, "live_") || has_prefix(st, "task_") ||
	    has_prefix(st, "upkeep_"))
		return "platen_service";
	return "platen_api";
}

/* EXPLAIN checks the rights of tables and functions as running would, and runs nothing. */
static void permitted(PGconn *conn, const struct pg_stmt *st)
{
	char text[500];
	int len;
	PGresult *r;

	if (!is_query(st->text))
		return;
	len = snprintf(text, sizeof text, "EXPLAIN EXECUTE %s", st->name);
	for (int i = 0; i < st->params; i++)
		len += snprintf(text + len, sizeof text - (size_t)len, "%sNULL%s", i == 0 ? "(" : ",",
		    i == st->params - 1 ? ")" : "");
	r = PQexec(conn, text);
	if (PQresultStatus(r) == PGRES_TUPLES_OK)
		passed++;
	else
		fail_with(st, role_of(st), PQerrorMessage(conn));
	PQclear(r);
}

int main(void)
{
	static const char *const roles[] = { "platen_owner", "platen_service", "platen_api" };
	PGconn *root = connect_as("postgres");

	setbuf(stdout, NULL);
	for (size_t i = 0; i < LEN; i++)
		prepares(root, sql_all[i]);
	PQfinish(root);
	for (size_t k = 0; k < 3; k++) {
		PGconn *conn = connect_as(roles[k]);

		for (size_t i = 0; i < LEN; i++) {
			if (strcmp(role_of(sql_all[i]), roles[k]) != 0)
				continue;
			PQclear(PQprepare(conn, sql_all[i]->name, sql_all[i]->text, 0, NULL));
			permitted(conn, sql_all[i]);
		}
		PQfinish(conn);
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
