/* SPDX-License-Identifier: Apache-2.0 */
/* One table of the columns of a printer's row; reading a result, printing and parsing go by it.
 * All values travel as PostgreSQL's text form. */
#include "store/spool_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/jval.h"

enum kind { TEXT, HEAP, WHOLE, REAL, YESNO };

struct column {
	const char *name;
	enum kind kind;
	size_t at, size;
};

#define COLUMN(name, kind, field)                                                                  \
	{ name, kind, offsetof(struct spool_printer, field),                                       \
	    sizeof(((struct spool_printer *)NULL)->field) }

static const struct column columns[] = {
	COLUMN("id", TEXT, id),
	COLUMN("organization_id", TEXT, org),
	COLUMN("name", TEXT, name),
	COLUMN("device", TEXT, device),
	COLUMN("attention", TEXT, attention),
	COLUMN("baud", WHOLE, baud),
	COLUMN("is_default", YESNO, is_default),
	COLUMN("volume_x", REAL, volume_x),
	COLUMN("volume_y", REAL, volume_y),
	COLUMN("volume_z", REAL, volume_z),
	COLUMN("max_hotend", REAL, max_hotend),
	COLUMN("max_bed", REAL, max_bed),
	COLUMN("script_start", HEAP, script_start),
	COLUMN("script_end", HEAP, script_end),
	COLUMN("script_pause", HEAP, script_pause),
	COLUMN("script_resume", HEAP, script_resume),
	COLUMN("script_cancel", HEAP, script_cancel),
};

enum { COLUMNS = sizeof columns / sizeof *columns };

static char *copied(const char *text)
{
	char *out = text == NULL ? NULL : strdup(text);

	if (text != NULL && out == NULL)
		abort();
	return out;
}

static void set(struct spool_printer *p, const struct column *c, const char *value)
{
	void *at = (char *)p + c->at;

	switch (c->kind) {
	case TEXT:
		snprintf(at, c->size, "%s", value == NULL ? "" : value);
		break;
	case HEAP:
		*(char **)at = copied(value);
		break;
	case WHOLE:
		*(int64_t *)at = value == NULL ? 0 : strtoll(value, NULL, 10);
		break;
	case REAL:
		*(double *)at = value == NULL ? 0 : strtod(value, NULL);
		break;
	case YESNO:
		*(bool *)at = value != NULL && value[0] == 't';
		break;
	}
}

static const char *get(const struct spool_printer *p, const struct column *c, char room[32])
{
	const void *at = (const char *)p + c->at;

	switch (c->kind) {
	case TEXT:
		return at;
	case HEAP:
		return *(char *const *)at;
	case WHOLE:
		snprintf(room, 32, "%lld", (long long)*(const int64_t *)at);
		break;
	case REAL:
		snprintf(room, 32, "%.10g", *(const double *)at);
		break;
	case YESNO:
		return *(const bool *)at ? "t" : "f";
	}
	return room;
}

void spool_printer_row(const struct pg_result *r, int row, struct spool_printer *out)
{
	memset(out, 0, sizeof *out);
	for (int i = 0; i < COLUMNS; i++)
		set(out, &columns[i], pg_get(r, row, columns[i].name));
}

void spool_printer_copy(struct spool_printer *to, const struct spool_printer *from)
{
	char room[32];

	memset(to, 0, sizeof *to);
	for (int i = 0; i < COLUMNS; i++)
		set(to, &columns[i], get(from, &columns[i], room));
}

void spool_printer_fini(struct spool_printer *p)
{
	for (int i = 0; i < COLUMNS; i++)
		if (columns[i].kind == HEAP)
			free(*(char **)((char *)p + columns[i].at));
	memset(p, 0, sizeof *p);
}

void spool_printer_print(const struct spool_printer *p, struct buf *out)
{
	struct json_sink js;
	char room[32];

	json_sink_init(&js, out);
	sink_begin_object(&js.sink, NULL);
	for (int i = 0; i < COLUMNS; i++)
		sink_text(&js.sink, columns[i].name, get(p, &columns[i], room));
	sink_end_object(&js.sink);
}

enum errc spool_printer_parse(const char *text, size_t size, struct spool_printer *out,
    struct err *e)
{
	struct arena *a = arena_new(65536);
	const struct jval *v;
	enum errc rc = jval_parse(a, text, size, &v, e);

	memset(out, 0, sizeof *out);
	for (int i = 0; rc == E_OK && i < COLUMNS; i++)
		set(out, &columns[i], jval_text(jval_get(v, columns[i].name), NULL));
	arena_free(a);
	if (rc == E_OK && !uuid_ok(out->id)) {
		spool_printer_fini(out);
		rc = err_set(e, E_FORMAT, "not a printer");
	}
	return rc;
}
