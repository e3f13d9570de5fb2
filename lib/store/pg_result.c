/* SPDX-License-Identifier: Apache-2.0 */
/* Reading results. struct pg_result is libpq's own: no copy, no wrapper. */
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/pg.h"

int pg_len(const struct pg_result *r)
{
	return PQntuples(r);
}

int pg_columns(const struct pg_result *r)
{
	return PQnfields(r);
}

const char *pg_column_name(const struct pg_result *r, int column)
{
	return PQfname(r, column);
}

unsigned pg_column_type(const struct pg_result *r, int column)
{
	return PQftype(r, column);
}

size_t pg_size(const struct pg_result *r, int row, int column)
{
	return (size_t)PQgetlength(r, row, column);
}

const char *pg_at(const struct pg_result *r, int row, int column)
{
	return PQgetisnull(r, row, column) ? NULL : PQgetvalue(r, row, column);
}

/* Not PQfnumber(): it folds case, and the wire's names are camelCase. */
static int column_of(const struct pg_result *r, const char *name)
{
	int n = PQnfields(r);

	for (int i = 0; i < n; i++)
		if (strcmp(PQfname(r, i), name) == 0)
			return i;
	log_error("a result has no column %s", name);
	abort();
}

const char *pg_get(const struct pg_result *r, int row, const char *column)
{
	return pg_at(r, row, column_of(r, column));
}

int64_t pg_get_int(const struct pg_result *r, int row, const char *column)
{
	const char *text = pg_get(r, row, column);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

double pg_get_real(const struct pg_result *r, int row, const char *column)
{
	const char *text = pg_get(r, row, column);

	return text == NULL ? 0 : strtod(text, NULL);
}

bool pg_get_bool(const struct pg_result *r, int row, const char *column)
{
	const char *text = pg_get(r, row, column);

	return text != NULL && *text == 't';
}
