/* SPDX-License-Identifier: Apache-2.0 */
/* ws - one WebSocket connection: frames by wslay, bytes by the loop.
 *
 * Purpose:  whole messages come out, ready frames go in; pings, close handshake, fragments and
 *           limits are settled here.
 * Owns:     its descriptor and its watch. ws_end() hands the rest to the connection itself: it
 *           says goodbye, lingers at most WS_LINGER and frees itself.
 * Units:    bytes, usec_t.
 * Errors:   gone() is called once, when the peer left or broke the protocol.
 * Blocking: never. */
#ifndef PLATEN_LIVE_WS_H
#define PLATEN_LIVE_WS_H

#include "live/frame.h"
#include "run/loop.h"

#define WS_HEAD_MAX 10
#define WS_LINGER   (2 * USEC_PER_SEC)

enum { WS_GOING_AWAY = 1001, WS_NORMAL = 1000, WS_POLICY = 1008 };

struct ws;

struct ws_ops {
	void (*message)(void *ctx, struct ws *w, const char *data, size_t size, bool binary);
	void (*writable)(void *ctx, struct ws *w); /* everything given to ws_send() has left */
	void (*gone)(void *ctx, struct ws *w);
};

/* early: bytes that arrived behind the handshake. The descriptor is taken over. */
struct ws *ws_new(struct loop *l, int fd, const char *early, size_t early_size,
    const struct ws_ops *ops, void *ctx);
void ws_set_owner(struct ws *w, void *ctx);
void ws_limit(struct ws *w, size_t max_message);
void ws_start(struct ws *w); /* reads what has arrived; calls back */
/* How many of the frames were taken (0 while earlier bytes still wait). */
unsigned ws_send(struct ws *w, struct frame *const *frames, unsigned len);
void ws_end(struct ws *w, int code); /* no callback after this; accepts NULL */
void ws_end_all(void);               /* at the end of the process: lingering ones go at once */

/* The head of an unmasked text frame of `size` bytes; returns its own size. */
unsigned ws_head(char out[WS_HEAD_MAX], size_t size);

#endif
