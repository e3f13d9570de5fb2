/* SPDX-License-Identifier: Apache-2.0 */
/* wire - one direction of a serial line: bytes come out when a UART would have sent them.
 *
 * Purpose:  paces at 10 bits per byte; baud 0 passes at once.
 * Owns:     its bytes, at most WIRE_SIZE: more is not taken.
 * Units:    usec.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_SIM_WIRE_H
#define PLATEN_SIM_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_SIZE 4096

struct wire {
	unsigned baud;
	uint8_t bytes[WIRE_SIZE];
	size_t size;
	int64_t first_due; /* ns: when the first byte has passed */
};

size_t wire_room(const struct wire *w);
uint8_t *wire_end(struct wire *w);			/* write there ... */
void wire_added(struct wire *w, int64_t now, size_t n); /* ... and say how many */
size_t wire_due(const struct wire *w, int64_t now);	/* how many have passed */
void wire_drop(struct wire *w, size_t n);
void wire_clear(struct wire *w);
int64_t wire_deadline(const struct wire *w); /* when the next line has passed; INT64_MAX */

#endif
