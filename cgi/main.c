/* SPDX-License-Identifier: Apache-2.0 */
/* platen-cgi - answers HTTP requests behind a web server.
 *
 * Woken by: nginx, by FastCGI on the sockets of its pools; or by any web server as a plain CGI
 *           program, one process for one request (the profile without daemons).
 * Trusts:   the web server for the client's address and for the length of a request; nobody for
 *           anything else. What a caller may do is decided by its token and the database.
 * Touches:  PostgreSQL as role platen_api, files below storage.dir, the spooler's and holder's
 *           control sockets (emergency stop alone), run.dir.
 * Stops:    on SIGTERM; workers finish the request they are in, also when SIGHUP renews them. A killed worker loses only that
 *           request: its transaction rolls back. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cgi/app.h"
#include "cgi/options.h"
#include "cgi/plain.h"
#include "cgi/pool.h"
#include "cgi/print.h"

static int fail(const struct err *e)
{
	log_err(e, "platen-cgi does not start");
	fprintf(stderr, "platen-cgi: %s\n", e->message);
	return 1;
}

int main(int argc, char **argv)
{
	static struct app app;
	struct options opt;
	struct err e;

	log_init("platen", "cgi", LOG_INFO_LEVEL);
	if (!plain_is_cgi()) {
		if (!options_read(&opt, argc, argv))
			return 2;
		if (opt.print != NULL)
			return print_table(opt.print) ? 0 : 2;
	}
	if (app_init(&app, &e) != E_OK)
		return fail(&e);
	if (plain_is_cgi()) {
		app_serve(&app, plain_gate());
	} else {
		options_workers(&opt, app.conf);
		if (pool_run(&app, opt.wish, opt.wishes, &e) != E_OK)
			return fail(&e);
	}
	app_fini(&app);
	return 0;
}
