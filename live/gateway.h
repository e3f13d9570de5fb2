/* SPDX-License-Identifier: Apache-2.0 */
/* gateway - what the parts of platen-live share: one of each, made by main, freed by main.
 *
 * Owns: nothing by itself. Units: as the members say. Errors: none. Blocking: never. */
#ifndef PLATEN_LIVE_GATEWAY_H
#define PLATEN_LIVE_GATEWAY_H

#include "auth/ticket.h"
#include "auth/token.h"
#include "proto/engineio.h"
#include "run/http.h"
#include "store/pg_async.h"

struct front;
struct hub;
struct feed;
struct conf;

struct gateway {
	struct loop *loop;
	struct pg_async *db;
	struct http *http;
	struct front *front;
	struct hub *hub;
	struct feed *feed;
	const struct conf *conf;
	struct token_keys keys;
	struct ticket_keys tickets;
	struct eio_limits limits;
	usec_t connect_timeout; /* from the handshake to CONNECT */
	const char *api_url;
	const char *origins[2]; /* comma separated lists, or NULL */
	bool demo;
	int max_clients, max_per_address, max_per_user;
	bool stopping;
};

#endif
