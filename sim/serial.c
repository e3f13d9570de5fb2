/* SPDX-License-Identifier: Apache-2.0 */
/* serial - the board's serial port: 128 bytes of receive buffer, and what it says.
 *
 * Every byte passes the emergency parser when it reaches the board, before anything queues
 * (marlin.md §4). Output is kept until the caller pulls it; it is bounded, because a real board
 * does not remember what nobody read. */
#include "sim/board.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TX_LIMIT 65536
#define SAY_SIZE 512

bool serial_rx_put(struct sim *s, uint8_t byte)
{
	struct serial *p = &s->serial;

	/* The last place stays free: a ring of 128 holds 127, as on the real board. */
	if (p->rx_used >= RX_SIZE - 1)
		return false;
	p->rx[(p->rx_at + p->rx_used++) % RX_SIZE] = byte;
	return true;
}

int serial_rx_get(struct sim *s)
{
	struct serial *p = &s->serial;
	int byte;

	if (!p->rx_used)
		return -1;
	byte = p->rx[p->rx_at];
	p->rx_at = (p->rx_at + 1) % RX_SIZE;
	p->rx_used--;
	return byte;
}

void serial_rx_clear(struct sim *s)
{
	s->serial.rx_at = s->serial.rx_used = 0;
}

void serial_forget_output(struct sim *s)
{
	s->serial.tx_at = s->serial.tx_size = 0;
}

static bool heard(const struct sim *s)
{
	return !s->killed && s->serial.open && s->t >= s->serial.silent_until && sim_plugged(s);
}

static void tx_bytes(struct sim *s, const uint8_t *bytes, size_t size)
{
	struct serial *p = &s->serial;

	if (p->tx_at == p->tx_size)
		p->tx_at = p->tx_size = 0;
	if (p->tx_size - p->tx_at + size > TX_LIMIT)
		return;
	if (p->tx_size + size > p->tx_cap && p->tx_at) {
		memmove(p->tx, p->tx + p->tx_at, p->tx_size - p->tx_at);
		p->tx_size -= p->tx_at;
		p->tx_at = 0;
	}
	if (p->tx_size + size > p->tx_cap) {
		p->tx_cap = p->tx_cap ? p->tx_cap * 2 : 4096;
		p->tx = realloc(p->tx, p->tx_cap);
		if (!p->tx)
			abort();
	}
	for (size_t i = 0; i < size; i++) {
		uint8_t byte = bytes[i];

		if (fault_byte(s, s->conf.faults.tx_corrupt_ppm, s->conf.faults.tx_drop_ppm, &byte))
			p->tx[p->tx_size++] = (char)byte;
	}
}

static void garbage(struct sim *s)
{
	uint8_t junk[40];
	size_t size = 1 + rng_next(&s->rng) % (sizeof junk - 1);

	for (size_t i = 0; i < size; i++) {
		junk[i] = (uint8_t)rng_next(&s->rng);
		if (junk[i] == '\n')
			junk[i] = 0xff;
	}
	junk[size - 1] = '\n';
	tx_bytes(s, junk, size);
}

static void say(struct sim *s, const char *fmt, va_list ap)
{
	char line[SAY_SIZE];
	int size;

	if (!heard(s))
		return;
	size = vsnprintf(line, sizeof line - 1, fmt, ap);
	if (size > (int)sizeof line - 2)
		size = (int)sizeof line - 2;
	line[size] = '\n';
	if (fault_hits(s, s->conf.faults.garbage_ppm))
		garbage(s);
	tx_bytes(s, (const uint8_t *)line, (size_t)size + 1);
}

void serial_say(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(s, fmt, ap);
	va_end(ap);
}

/* Every ok of whatever kind comes through here, so that its faults hit all of them. */
void serial_ok(struct sim *s, const char *fmt, ...)
{
	const struct sim_faults *f = &s->conf.faults;
	bool lost = fault_hits(s, f->lose_ok_ppm), twice = fault_hits(s, f->dup_ok_ppm);
	va_list ap;

	if (fault_hits(s, f->spontaneous_ok_ppm) && s->serial.spontaneous_at == NEVER)
		s->serial.spontaneous_at = s->t + (int64_t)(rng_next(&s->rng) % 500000000);
	if (lost)
		return;
	for (int i = 0; i < (twice ? 2 : 1); i++) {
		va_start(ap, fmt);
		say(s, fmt, ap);
		va_end(ap);
	}
}

void serial_spontaneous(struct sim *s)
{
	if (s->t < s->serial.spontaneous_at)
		return;
	s->serial.spontaneous_at = NEVER;
	serial_say(s, "ok");
}

void serial_action(struct sim *s, const char *text)
{
	if (dialect_has_extras(s))
		serial_say(s, "//action:%s", text);
}
