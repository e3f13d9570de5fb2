/* SPDX-License-Identifier: Apache-2.0 */
/* options - the command line of platen-cgi. Owns nothing. Errors: a usage text on standard
 * error. Blocking: never. */
#ifndef PLATEN_CGI_OPTIONS_H
#define PLATEN_CGI_OPTIONS_H

#include "cgi/pool.h"

struct options {
	struct pool_wish wish[4];
	int wishes;
	const char *print; /* "routes", "nginx-routes", "nginx-limits", or NULL */
};

bool options_read(struct options *o, int argc, char **argv);
/* Fills in the numbers of workers that were not given. */
void options_workers(struct options *o, const struct conf *c);

#endif
