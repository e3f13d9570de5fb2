/* SPDX-License-Identifier: Apache-2.0 */
/* fcgi - the FastCGI side of the server; the only user of libfcgi.
 *
 * Purpose:  accept requests one after the other from a listening socket.
 * Owns:     the socket's descriptor while serving.
 * Errors:   fcgi_serve() returns when fcgi_stop() was called (from a signal handler) or the
 *           socket broke (false).
 * Blocking: waits for requests. */
#ifndef PLATEN_CGI_FCGI_H
#define PLATEN_CGI_FCGI_H

#include "cgi/gate.h"

bool fcgi_serve(int listener, void (*serve)(void *ctx, struct gate *g), void *ctx);
void fcgi_stop(void); /* async-signal-safe */

#endif
