/* SPDX-License-Identifier: Apache-2.0 */
/* packet - SOCK_SEQPACKET sockets of run.dir: one text message each, a descriptor may travel along.
 *
 * Owns:     nothing; descriptors are the caller's. All are close-on-exec and non-blocking.
 * Errors:   -1 with errno; packet_recv: 0 when the other side has gone.
 * Blocking: never (a local connect does not wait). */
#ifndef PLATEN_RUN_PACKET_H
#define PLATEN_RUN_PACKET_H

#include <sys/types.h>

#include "base/err.h"

#define PACKET_MAX 1024 /* longest message */

int packet_listen(const char *path);  /* mode 0660; replaces what lies at path */
int packet_accept(int listener);
int packet_connect(const char *path);
/* pass: descriptor to send along, or -1. EAGAIN: the other side does not read. */
ssize_t packet_send(int fd, const char *text, size_t size, int pass);
/* The text is NUL-terminated; *passed is -1 or a descriptor the caller owns now. A message longer
 * than cap - 1 is refused with EMSGSIZE. passed NULL: a descriptor is closed at once. */
ssize_t packet_recv(int fd, char *text, size_t cap, int *passed);

#endif
