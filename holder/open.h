/* SPDX-License-Identifier: Apache-2.0 */
/* open - how a port is opened: real ports by libserialport (this is its owner), ptys plainly, TCP.
 *
 * Owns:     nothing; the descriptor is the caller's.
 * Errors:   E_DENIED (not a place for printers), E_INVALID, E_BUSY (open elsewhere), E_IO.
 * Blocking: as long as the kernel's open(2) does; TCP connects in the background. */
#ifndef PLATEN_HOLDER_OPEN_H
#define PLATEN_HOLDER_OPEN_H

#include "base/err.h"

/* prefixes: serial.device_prefixes, may be NULL. *later: a TCP connection under way; wait until
 * the descriptor is writable, then ask open_outcome(). */
enum errc open_device(const char *device, long baud, const char *prefixes, int *fd, bool *later,
    struct err *e) MUST_CHECK;
enum errc open_outcome(int fd, struct err *e) MUST_CHECK;
/* DTR down or up; false: this port has no modem lines. */
bool open_dtr(int fd, bool up);

#endif
