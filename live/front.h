/* SPDX-License-Identifier: Apache-2.0 */
/* front - the HTTP side behind nginx: handshakes, polling, upgrades, origin rules. The only user
 * of libmicrohttpd, driven by our loop through its epoll descriptor.
 *
 * Purpose:  a polling GET is suspended inside libmicrohttpd until front_answer(); an upgraded
 *           socket is duplicated and taken away from it at once, so that it holds no memory.
 * Owns:     the listener; a front_req until it is answered.
 * Errors:   E_INVALID for live.listen, E_IO when the address cannot be bound.
 * Blocking: never. */
#ifndef PLATEN_LIVE_FRONT_H
#define PLATEN_LIVE_FRONT_H

#include "live/gateway.h"

struct front_req;

enum errc front_new(struct gateway *gw, const char *listen_at, struct front **out,
    struct err *e) MUST_CHECK;
void front_stop_listening(struct front *f);
void front_free(struct front *f); /* accepts NULL */

/* Answers a request that was held; type and body are copied. */
void front_answer(struct front_req *rq, int status, const char *type, const char *body,
    size_t size);
void front_new_sid(char out[EIO_SID_SIZE]);

#endif
