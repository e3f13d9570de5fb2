/* SPDX-License-Identifier: Apache-2.0 */
/* hub - all clients, and who gets what: rooms inside each organisation.
 *
 * Purpose:  one frame is built per event and room, shared by its members, and written to each
 *           client once per turn of the loop. Values are paced: status and temperatures at most
 *           twice a second, progress once, everything at least every ten seconds.
 * Owns:     clients from hub_add() on; the board.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_LIVE_HUB_H
#define PLATEN_LIVE_HUB_H

#include "live/board.h"
#include "live/client.h"

struct hub *hub_new(struct gateway *gw);
void hub_free(struct hub *h); /* closes all clients; accepts NULL */
struct board *hub_board(struct hub *h);

/* Limits at the door, by the address nginx states. */
bool hub_has_room(const struct hub *h, const char *address);
void hub_add(struct hub *h, struct client *c);
struct client *hub_find(const struct hub *h, const char *sid);
void hub_ended(struct hub *h, struct client *c); /* frees it when the turn is over */
void hub_need_flush(struct hub *h, struct client *c);
void hub_close_all(struct hub *h, const char *reason);

void hub_joined(struct hub *h, struct client *c); /* admitted */
int hub_sockets_of(const struct hub *h, const char *user);
int hub_active(const struct hub *h); /* admitted sockets, demo included */
/* Next admitted client after `c` (NULL: the first). */
struct client *hub_next(const struct hub *h, const struct client *c);

/* One-off events; json is the one argument. org NULL: every organisation. */
void hub_to_org(struct hub *h, const char *org, const char *event, const char *json);
void hub_to_user(struct hub *h, const char *user, const struct client *except, const char *event,
    const char *json);

/* Values: sends what changed of this printer as soon as its pace allows. */
void hub_publish(struct hub *h, struct printer *p);
/* The state of what was just asked for (NULL: the default printer, "all"), now or when the board
 * is fresh. */
void hub_current(struct hub *h, struct client *c, const char *printer, enum look look);
void hub_fresh(struct hub *h); /* the board is: whoever waits gets what he asked for */

/* A session or a user was revoked: its sockets are closed now. */
void hub_revoke(struct hub *h, const char *session_or_user);

#endif
