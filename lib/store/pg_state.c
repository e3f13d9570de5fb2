/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_state.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "store/pg.h"

/* The longest matching prefix wins by order. message NULL: the sentence raised by our function. */
static const struct state {
	const char *prefix;
	enum errc code;
	const char *kind;
	const char *message;
} states[] = {
	{ "P4000", E_INVALID, "", NULL },
	{ "P4011", E_UNAUTHORIZED, "INVALID_TOKEN", NULL },
	{ "P4012", E_UNAUTHORIZED, "USER_NOT_FOUND", NULL },
	{ "P4031", E_DENIED, "", NULL },
	{ "P4032", E_DENIED, "", NULL },
	{ "P4041", E_NOTFOUND, "", NULL },
	{ "P4090", E_CONFLICT, "", NULL },
	{ "P4091", E_STATE, "", NULL },
	{ "P4092", E_BUSY, "", NULL },
	{ "P5031", E_OFFLINE, "", NULL },
	{ "23505", E_CONFLICT, "", "This value is already in use" },
	{ "23503", E_CONFLICT, "", "The object is in use, or refers to one that does not exist" },
	{ "23502", E_INVALID, "", "A value is missing" },
	{ "23514", E_INVALID, "", "A value is not allowed" },
	{ "22", E_INVALID, "", "A value is not valid" },
	{ "42501", E_DENIED, "", "Not permitted" },
	{ "40001", E_UNAVAILABLE, "", "The database is busy, try again" },
	{ "40P01", E_UNAVAILABLE, "", "The database is busy, try again" },
	{ "55P03", E_UNAVAILABLE, "", "The database is busy, try again" },
	{ "25006", E_UNAVAILABLE, "", "The database is not available" },
	{ "08", E_UNAVAILABLE, "", "The database is not available" },
	{ "53", E_UNAVAILABLE, "", "The database is not available" },
	{ "57", E_UNAVAILABLE, "", "The database is not available" },
};

static const struct state *find_state(const char *sqlstate)
{
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (strncmp(states[i].prefix, sqlstate, strlen(states[i].prefix)) == 0)
			return &states[i];
	return NULL;
}

static const char *part(const struct pg_result *r, int field)
{
	const char *text = PQresultErrorField(r, field);

	return text == NULL ? "" : text;
}

static bool is_word(const char *text)
{
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++)
		if (!isupper((unsigned char)*text) && !isdigit((unsigned char)*text) && *text != '_')
			return false;
	return true;
}

/* users_email_key of table users is about "email". */
static void name_unique(struct err *e, const struct pg_result *r)
{
	const char *table = part(r, PG_DIAG_TABLE_NAME), *name = part(r, PG_DIAG_CONSTRAINT_NAME);
	size_t len = strlen(table), end;

	if (len > 0 && strncmp(name, table, len) == 0 && name[len] == '_')
		name += len + 1;
	end = strlen(name);
	if (end > 4 && (strcmp(name + end - 4, "_key") == 0 || strcmp(name + end - 4, "_idx") == 0))
		end -= 4;
	snprintf(e->field, sizeof e->field, "%.*s", (int)end, name);
}

enum errc pg_state_refused(struct err *e, const struct pg_result *r, const char *statement)
{
	const char *sqlstate = part(r, PG_DIAG_SQLSTATE);
	const struct state *st = find_state(sqlstate);
	const char *said = part(r, PG_DIAG_MESSAGE_PRIMARY);

	if (e == NULL)
		return st == NULL ? E_INTERNAL : st->code;
	if (st == NULL)
		err_set(e, E_INTERNAL, "Internal server error");
	else
		err_set(e, st->code, "%s", st->message == NULL ? said : st->message);
	err_detail(e, "%s: %s %s%s%s", statement, sqlstate, said,
	    *part(r, PG_DIAG_CONTEXT) != '\0' ? " | " : "", part(r, PG_DIAG_CONTEXT));
	if (st == NULL)
		return e->code;
	err_kind(e, st->kind);
	if (st->message == NULL) {
		snprintf(e->field, sizeof e->field, "%s", part(r, PG_DIAG_MESSAGE_HINT));
		if (is_word(part(r, PG_DIAG_MESSAGE_DETAIL)))
			err_kind(e, part(r, PG_DIAG_MESSAGE_DETAIL));
	} else if (strcmp(sqlstate, "23505") == 0) {
		name_unique(e, r);
	} else if (strncmp(sqlstate, "23", 2) == 0) {
		snprintf(e->field, sizeof e->field, "%s", part(r, PG_DIAG_COLUMN_NAME));
	}
	return e->code;
}

enum errc pg_state_lost(struct err *e, const struct pg_conn *conn, const char *doing)
{
	const char *said = conn == NULL ? "" : PQerrorMessage(conn);
	int len = (int)strcspn(said, "\n");

	err_set(e, E_UNAVAILABLE, "The database is not available");
	err_detail(e, "%s: %.*s", doing, len, len == 0 ? "" : said);
	return E_UNAVAILABLE;
}

bool pg_state_is_stale(const struct pg_result *r)
{
	/* feature_not_supported: "cached plan must not change result type" */
	return strcmp(part(r, PG_DIAG_SQLSTATE), "0A000") == 0;
}

bool pg_state_is_unknown(const struct pg_result *r)
{
	return strcmp(part(r, PG_DIAG_SQLSTATE), "26000") == 0; /* invalid_sql_statement_name */
}
