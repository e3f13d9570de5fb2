/* SPDX-License-Identifier: Apache-2.0 */
#include "store/pg_admin.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/buf.h"

const char *pg_admin_part(struct arena *a, const char *conninfo, const char *keyword)
{
	PQconninfoOption *opts = PQconninfoParse(conninfo, NULL), *o;
	const char *out = NULL;

	for (o = opts; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, keyword) == 0)
			out = arena_str(a, o->val);
	PQconninfoFree(opts);
	return out;
}

static void add(struct buf *out, const char *keyword, const char *value)
{
	buf_printf(out, "%s%s='", out->size == 0 ? "" : " ", keyword);
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			buf_char(out, '\\');
		buf_char(out, *value);
	}
	buf_char(out, '\'');
}

const char *pg_admin_with(struct arena *a, const char *conninfo, const char *keyword,
    const char *value)
{
	PQconninfoOption *opts = PQconninfoParse(conninfo, NULL), *o;
	struct buf text = BUF_INIT;
	const char *out;

	if (opts == NULL)
		return NULL;
	for (o = opts; o->keyword != NULL; o++)
		if (o->val != NULL && strcmp(o->keyword, keyword) != 0)
			add(&text, o->keyword, o->val);
	add(&text, keyword, value);
	PQconninfoFree(opts);
	out = arena_strn(a, text.bytes, text.size);
	buf_fini(&text);
	return out;
}

const char *pg_admin_verifier(struct arena *a, const char *conninfo, const char *user,
    const char *password)
{
	/* With the algorithm named, libpq asks no server: a connection that never opens will do. */
	PGconn *conn = PQconnectStart(conninfo);
	char *made = PQencryptPasswordConn(conn, password, user, "scram-sha-256");
	const char *out = arena_str(a, made);

	PQfreemem(made);
	PQfinish(conn);
	return out;
}
