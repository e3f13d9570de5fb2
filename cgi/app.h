/* SPDX-License-Identifier: Apache-2.0 */
/* app - what a process prepares once, before it forks or serves: configuration, keys, tables.
 * Owns: everything in struct app until the process ends. Errors: E_INVALID for configuration
 * that must not run. Blocking: reads small files; connects to nothing. */
#ifndef PLATEN_CGI_APP_H
#define PLATEN_CGI_APP_H

#include "cgi/req.h"

enum errc app_init(struct app *app, struct err *e) MUST_CHECK;
/* Reads the configuration again, for workers that are forked from now on; sockets, run.dir and the
 * number of workers stay. On failure everything stays. */
enum errc app_reload(struct app *app, struct err *e) MUST_CHECK;
/* Serves one request; the signature fcgi_serve() wants. ctx is struct app. */
void app_serve(void *ctx, struct gate *g);
void app_fini(struct app *app);

#endif
