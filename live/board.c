/* SPDX-License-Identifier: Apache-2.0 */
#include "live/board.h"

#include <stdlib.h>
#include <string.h>

static void *zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		abort();
	return p;
}

struct org *board_org(struct board *b, const char *id)
{
	struct org *o;

	for (o = b->orgs; o != NULL; o = o->next)
		if (strcmp(o->id, id) == 0)
			return o;
	o = zeroed(sizeof *o);
	memcpy(o->id, id, UUID_SIZE);
	o->next = b->orgs;
	b->orgs = o;
	return o;
}

struct printer *board_printer(struct board *b, const char *org, const char *id)
{
	struct org *o = board_org(b, org);
	struct printer *p;

	for (p = o->printers; p != NULL; p = p->next)
		if (strcmp(p->id, id) == 0)
			return p;
	p = zeroed(sizeof *p);
	memcpy(p->id, id, UUID_SIZE);
	p->org = o;
	p->number = ++b->printers;
	p->next = o->printers;
	o->printers = p;
	return p;
}

struct printer *board_find(const struct org *o, const char *id)
{
	for (struct printer *p = o->printers; p != NULL; p = p->next)
		if (!p->gone && (id == NULL ? p->is_default : strcmp(p->id, id) == 0))
			return p;
	return NULL;
}

bool board_put(struct printer *p, enum value v, const struct buf *text, const struct buf *demo)
{
	struct buf *to = &p->text[v];
	bool differs = to->size != text->size ||
	    (text->size > 0 && memcmp(to->bytes, text->bytes, text->size) != 0);

	buf_clear(to);
	buf_append(to, buf_str(text), text->size);
	buf_clear(&p->demo[v]);
	if (demo != NULL)
		buf_append(&p->demo[v], buf_str(demo), demo->size);
	return differs;
}

void board_sweep_end(struct board *b)
{
	for (struct org *o = b->orgs; o != NULL; o = o->next)
		for (struct printer *p = o->printers; p != NULL; p = p->next) {
			p->gone = p->sweep != b->sweep;
			if (!p->gone)
				continue;
			p->seq = 0;
			for (int v = 0; v < VALUE_COUNT; v++) {
				buf_fini(&p->text[v]);
				buf_fini(&p->demo[v]);
				p->changed[v] = false;
			}
		}
	b->loaded = true;
}

void board_free(struct board *b)
{
	struct org *o, *next_org;
	struct printer *p, *next;

	for (o = b->orgs; o != NULL; o = next_org) {
		next_org = o->next;
		for (p = o->printers; p != NULL; p = next) {
			next = p->next;
			for (int v = 0; v < VALUE_COUNT; v++) {
				buf_fini(&p->text[v]);
				buf_fini(&p->demo[v]);
			}
			free(p);
		}
		free(o);
	}
	b->orgs = NULL;
}
