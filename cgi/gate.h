/* SPDX-License-Identifier: Apache-2.0 */
/* gate - one request's wire: FastCGI or plain CGI, the same three things.
 *
 * Owns:     whoever accepted the request; valid until it is finished.
 * Errors:   read: -1 for a body that ends early or breaks the protocol; write: false when the
 *           client is gone.
 * Blocking: on the web server. */
#ifndef PLATEN_CGI_GATE_H
#define PLATEN_CGI_GATE_H

#include <sys/types.h>

#include "base/err.h"

struct gate {
	const char *(*param)(struct gate *g, const char *name); /* CGI variable, NULL: absent */
	ssize_t (*read)(struct gate *g, void *out, size_t size);
	/* `last`: nothing follows, so that it can be sent together with the end. */
	bool (*write)(struct gate *g, const void *bytes, size_t size, bool last);
};

#endif
