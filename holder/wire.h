/* SPDX-License-Identifier: Apache-2.0 */
/* wire - the messages of run/holder.sock: one SOCK_SEQPACKET message each, words and a blank
 * between them. A port is named by its printer's id. [fd] travels along by SCM_RIGHTS.
 *
 * From the spooler:
 *   hello                        I am the spooler now. Every older spooler is killed and waited for;
 *                                then: `port ...` for each port held, `ready`.
 *   open <port> <baud> <device>  -> opened | refused. An open port is opened anew.
 *                                <device>: a path, or tcp:<numeric address>:<port>
 *   close <port>                 forget it (unplugged, printer deleted)
 *   reset <port>                 pulse DTR -> reset; without modem lines close and open -> opened |
 *                                refused (the spooler has closed its own copy before)
 *   will <port>\n<bytes>         what to write when the spooler does not come back; no bytes: none.
 *                                Also clears the flag `willed`.
 *   give <port> <baud> <willed> <device> [fd]  what a holder that died had held
 *   alias <word> <port>          <word> names <port> in `stop` ("default:<organisation>",
 *                                "<printer>@<organisation>"); - : nothing
 *   lease                        -> yours
 * From anyone who may connect:
 *   stop <request> <port or alias> <user>      LF M112 LF -> written | offline | unknown
 * To the spooler:
 *   port <port> <willed> <device> [fd]   willed 1: the will, or a stop, was written since
 *   ready
 *   opened <port> [fd]    refused <port> <why>    reset <port>
 *   willed <port>         the will has just been written: the holder is going down
 *   stopped <port> <request> <user>      somebody had the holder write M112
 *   yours
 *
 * Owns: nothing. Errors: a message that does not parse closes the connection. */
#ifndef PLATEN_HOLDER_WIRE_H
#define PLATEN_HOLDER_WIRE_H

#include "base/uuid.h"

#define WIRE_DEVICE_SIZE 256
#define WIRE_WILL_SIZE   96
#define WIRE_ALIAS_SIZE  96

enum wire_verb {
	WIRE_BAD, WIRE_HELLO, WIRE_OPEN, WIRE_CLOSE, WIRE_RESET, WIRE_WILL, WIRE_GIVE, WIRE_ALIAS,
	WIRE_LEASE, WIRE_STOP,
};

struct wire_msg {
	enum wire_verb verb;
	char port[WIRE_ALIAS_SIZE];    /* printer id; stop: also an alias */
	char alias[WIRE_ALIAS_SIZE];
	char device[WIRE_DEVICE_SIZE];
	char will[WIRE_WILL_SIZE];
	size_t will_size;
	char request[64], user[64];
	long baud;
	bool willed;
};

bool wire_parse(const char *text, size_t size, struct wire_msg *out); /* false: WIRE_BAD */

#endif
