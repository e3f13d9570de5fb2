/* SPDX-License-Identifier: Apache-2.0 */
/* front_req - one HTTP request inside the front: what it says, and its answer.
 *
 * Owns:     itself, from libmicrohttpd's first call to its completion.
 * Errors:   answered on the wire. Blocking: never. Internal to front*.c. */
#ifndef PLATEN_LIVE_FRONT_REQ_H
#define PLATEN_LIVE_FRONT_REQ_H

#include <microhttpd.h>

#include "live/client.h"
#include "live/front.h"

struct front_req {
	struct front *front;
	const struct gateway *gw;
	struct MHD_Connection *conn;
	enum { REQ_ANSWER, REQ_POST, REQ_UPGRADE } kind;
	char sid[EIO_SID_SIZE]; /* of the session it belongs to; "": none yet */
	struct buf body;
	struct handshake handshake; /* of an upgrade */
	bool begun, too_large, suspended, ready;
	int status;
	char type[40];
	struct buf out;
	char *origin; /* allowed, to be echoed */
};

/* Runs libmicrohttpd in the next turn of the loop. */
void front_run_soon(struct front *f);

const char *front_req_header(const struct front_req *rq, const char *name); /* or NULL */
const char *front_req_query(const struct front_req *rq, const char *name);  /* or NULL */
const char *front_req_address(const struct front_req *rq);                  /* "" unknown */
void front_req_handshake(const struct front_req *rq, struct handshake *h);
void front_req_drop_handshake(struct handshake *h);
/* Also notes the origin that the answer will name. */
bool front_req_origin_allowed(struct front_req *rq, bool websocket);

void front_req_refuse(struct front_req *rq, int status, enum eio_refusal code, const char *message);
void front_req_refuse_code(struct front_req *rq, enum eio_refusal code);
/* Hands the answer that is ready to libmicrohttpd. */
enum MHD_Result front_req_send(struct front_req *rq);

#endif
