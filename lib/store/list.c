/* SPDX-License-Identifier: Apache-2.0 */
#include "store/list.h"

#include <string.h>

void list_last(struct pg *db, int64_t offset)
{
	if (offset == 0)
		pg_last(db);
}

static int64_t total_of(const struct pg_result *rows)
{
	return pg_len(rows) == 0 ? 0 : pg_get_int(rows, 0, "_total");
}

enum errc list_exec(struct pg *db, struct arena *a, const struct pg_stmt *st, struct pg_args *args,
    struct list *out, struct err *e)
{
	const char **limit = &args->value[args->len - 2], **offset = &args->value[args->len - 1];
	enum errc rc = pg_exec(db, a, st, args, &out->rows, e);
	struct pg_result *first;

	if (rc != E_OK)
		return rc;
	out->total = total_of(out->rows);
	if (pg_len(out->rows) > 0 || strcmp(*offset, "0") == 0)
		return E_OK;
	*limit = "1";
	*offset = "0";
	rc = pg_exec(db, a, st, args, &first, e);
	if (rc == E_OK)
		out->total = total_of(first);
	return rc;
}
