/* SPDX-License-Identifier: Apache-2.0 */
/* board - the newest state of every printer, as the JSON that goes on the wire.
 *
 * Purpose:  the feed writes, the hub sends; a subscriber gets what stands here at once.
 * Owns:     organisations and printers until board_free(); a printer that was removed stays,
 *           marked gone, because clients may point at it.
 * Units:    usec_t. Errors: none. Blocking: never. */
#ifndef PLATEN_LIVE_BOARD_H
#define PLATEN_LIVE_BOARD_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/uuid.h"

/* What is sent about a printer; the order is the order on the wire. */
enum value { VALUE_STATUS, VALUE_TEMPERATURE, VALUE_POSITION, VALUE_PROGRESS, VALUE_COUNT };

struct org {
	struct org *next;
	char id[UUID_SIZE];
	struct printer *printers;
};

struct printer {
	struct printer *next; /* of the organisation */
	struct org *org;
	char id[UUID_SIZE];
	unsigned number; /* distinguishes frames of several printers */
	bool is_default, gone;
	int64_t seq;
	unsigned sweep;                 /* the full reading that saw it last */
	char look[64];                  /* state, job and attention: what pages show differently */
	struct buf text[VALUE_COUNT];   /* JSON for users; empty: nothing to tell */
	struct buf demo[VALUE_COUNT];   /* JSON for demo clients; empty: the same as for users */
	bool changed[VALUE_COUNT];      /* to be sent as soon as the pace allows */
	usec_t sent_at[VALUE_COUNT];
};

struct board {
	struct org *orgs;
	unsigned printers; /* ever seen */
	unsigned sweep;
	bool loaded; /* one full reading is in */
};

struct org *board_org(struct board *b, const char *id); /* made when new */
struct printer *board_printer(struct board *b, const char *org, const char *id); /* ditto */
/* NULL id: the default printer. NULL when there is none. */
struct printer *board_find(const struct org *o, const char *id);
/* Replaces a value; true when it differs from what stood there. */
bool board_put(struct printer *p, enum value v, const struct buf *text, const struct buf *demo);
void board_sweep_end(struct board *b); /* printers not seen since sweep++ are gone */
void board_free(struct board *b);

#endif
