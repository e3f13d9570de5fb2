/* SPDX-License-Identifier: Apache-2.0 */
/* render - rows of the database as the JSON of socket events (contract §6.4).
 * Owns: nothing; texts are appended to the caller's buffers. Errors: none. Blocking: never. */
#ifndef PLATEN_LIVE_RENDER_H
#define PLATEN_LIVE_RENDER_H

#include "auth/ticket.h"
#include "live/board.h"
#include "store/rows.h"

struct rendered {
	struct buf text[VALUE_COUNT], demo[VALUE_COUNT]; /* as in struct printer */
};

/* One row of live_store_status(). */
void render_printer(const struct ticket_keys *keys, const struct pg_result *r, int row,
    struct rendered *out);
void rendered_fini(struct rendered *r);

/* print:*: the job row may be missing (deleted meanwhile): null. NULL reason: left out. */
struct render_print {
	const char *job, *printer, *timestamp, *reason;
};
void render_print(const struct ticket_keys *keys, const struct render_print *p,
    const struct pg_result *job, struct buf *out);
void render_row(const struct ticket_keys *keys, const struct pg_result *r, struct buf *out);

#endif
