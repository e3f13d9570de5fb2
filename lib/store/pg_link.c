/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* program_invocation_short_name */
#include "store/pg_link.h"

#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/pg_state.h"

#define MAX_KEYWORDS 60

/* Server settings in the form of PGOPTIONS: a blank or backslash in a value is escaped. */
static void add_option(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " -c %s=", name);
	for (; *value != '\0'; value++) {
		if (*value == ' ' || *value == '\\')
			buf_char(out, '\\');
		buf_char(out, *value);
	}
}

static void session_options(struct buf *out, const char *given, usec_t timeout)
{
	char text[32];

	buf_text(out, given == NULL ? "" : given);
	add_option(out, "TimeZone", "UTC");
	add_option(out, "DateStyle", "ISO, YMD");
	add_option(out, "IntervalStyle", "postgres");
	add_option(out, "bytea_output", "hex");
	if (timeout == USEC_NEVER)
		return;
	/* A little earlier than our own deadline, so that the session survives a slow statement. */
	snprintf(text, sizeof text, "%" PRId64, (timeout - timeout / 10) / USEC_PER_MSEC);
	add_option(out, "statement_timeout", text);
	add_option(out, "idle_in_transaction_session_timeout", "60s");
}

static void notice(void *ctx, const PGresult *r)
{
	const char *said = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);

	(void)ctx;
	log_debug("database: %s", said == NULL ? "notice" : said);
}

struct pg_conn *pg_link_start(const char *conninfo, usec_t timeout, struct err *e)
{
	const char *keyword[MAX_KEYWORDS], *value[MAX_KEYWORDS], *given = NULL;
	PQconninfoOption *opts, *o;
	struct buf options = BUF_INIT;
	PGconn *conn;
	int n = 0;

	opts = PQconninfoParse(conninfo, NULL);
	if (opts == NULL) {
		err_set(e, E_INVALID, "Configuration: the database connection string is not valid");
		return NULL;
	}
	for (o = opts; o->keyword != NULL && n < MAX_KEYWORDS - 4; o++) {
		if (o->val == NULL)
			continue;
		if (strcmp(o->keyword, "options") == 0) {
			given = o->val;
			continue;
		}
		keyword[n] = o->keyword;
		value[n++] = o->val;
	}
	session_options(&options, given, timeout);
	keyword[n] = "options";
	value[n++] = options.bytes;
	keyword[n] = "client_encoding";
	value[n++] = "UTF8";
	keyword[n] = "fallback_application_name";
	value[n++] = program_invocation_short_name;
	keyword[n] = NULL;
	value[n] = NULL;
	conn = PQconnectStartParams(keyword, value, 0);
	if (conn == NULL)
		abort();
	PQsetNoticeReceiver(conn, notice, NULL);
	PQconninfoFree(opts);
	buf_fini(&options);
	return conn;
}

static size_t hash(const char *name)
{
	size_t h = 14695981039346656037u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h;
}

/* Open addressing; cap is a power of two and never more than half full. */
static const char **slot_of(const struct pg_names *n, const char *name)
{
	size_t i = hash(name) & (n->cap - 1);

	while (n->slot[i] != NULL && n->slot[i] != name && strcmp(n->slot[i], name) != 0)
		i = (i + 1) & (n->cap - 1);
	return &n->slot[i];
}

bool pg_names_has(const struct pg_names *n, const char *name)
{
	return n->cap > 0 && *slot_of(n, name) != NULL;
}

void pg_names_add(struct pg_names *n, const char *name)
{
	const char **slot;

	if (2 * (n->len + 1) > n->cap) {
		struct pg_names grown = { NULL, n->cap == 0 ? 64 : 2 * n->cap, 0 };

		grown.slot = calloc(grown.cap, sizeof *grown.slot);
		if (grown.slot == NULL)
			abort();
		for (size_t i = 0; i < n->cap; i++)
			if (n->slot[i] != NULL)
				*slot_of(&grown, n->slot[i]) = n->slot[i];
		grown.len = n->len;
		free(n->slot);
		*n = grown;
	}
	slot = slot_of(n, name);
	if (*slot == NULL)
		n->len++;
	*slot = name;
}

void pg_names_remove(struct pg_names *n, const char *name)
{
	const char **slot = n->cap == 0 ? NULL : slot_of(n, name);
	size_t i;

	if (slot == NULL || *slot == NULL)
		return;
	*slot = NULL;
	n->len--;
	/* Names behind the hole may have been pushed there by it: each finds its place again. */
	for (i = (size_t)(slot - n->slot + 1) & (n->cap - 1); n->slot[i] != NULL;
	     i = (i + 1) & (n->cap - 1)) {
		const char *moved = n->slot[i];

		n->slot[i] = NULL;
		*slot_of(n, moved) = moved;
	}
}

void pg_names_clear(struct pg_names *n)
{
	if (n->cap > 0)
		memset(n->slot, 0, n->cap * sizeof *n->slot);
	n->len = 0;
}

void pg_names_fini(struct pg_names *n)
{
	free(n->slot);
	*n = (struct pg_names){ NULL, 0, 0 };
}
