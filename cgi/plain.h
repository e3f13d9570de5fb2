/* SPDX-License-Identifier: Apache-2.0 */
/* plain - one request as a plain CGI program (RFC 3875): variables from the environment, body on
 * standard input, answer on standard output. Owns nothing. Errors: see gate.h. Blocking: on the
 * web server. */
#ifndef PLATEN_CGI_PLAIN_H
#define PLATEN_CGI_PLAIN_H

#include "cgi/gate.h"

bool plain_is_cgi(void); /* started by a web server that speaks CGI */
struct gate *plain_gate(void);

#endif
