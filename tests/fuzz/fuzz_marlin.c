/* SPDX-License-Identifier: Apache-2.0 */
/* Marlin's replies: whatever the wire says, lines sent stay whole and short, every byte is taken in
 * the end, and time goes on. Bytes 0x01-0x1F but CR, LF, TAB let time pass instead. */
#include <assert.h>
#include <string.h>

#include "proto/marlin.h"
#include "tests/fuzz/fuzz.h"

static void drain(struct marlin *m)
{
	const struct marlin_event *ev;

	while ((ev = marlin_next(m)) != NULL)
		assert(memchr(ev->text, '\0', sizeof(ev->text)) != NULL);
}

static void pull(struct marlin *m, usec_t now)
{
	static size_t line;
	uint8_t out[64];
	size_t n, i;

	while ((n = marlin_pull(m, now, out, sizeof(out))) > 0) {
		assert(n <= sizeof(out));
		for (i = 0; i < n; i++) {
			line = out[i] == '\n' ? 0 : line + 1;
			assert(out[i] != '\0' && line <= 96);
		}
	}
}

static void act(struct marlin *m, usec_t now, unsigned step)
{
	if (!marlin_ready(m))
		return;
	switch (step % 5) {
	case 0:
		marlin_base(m, now, 10000 + step % 100 * 1000);
		break;
	case 1:
		marlin_settle(m, now);
		break;
	case 2:
		marlin_send(m, now, "M105", 4, MARLIN_PLAIN);
		break;
	default:
		marlin_send(m, now, "G1 X10 Y10 E0.1", 15, MARLIN_NUMBERED);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct marlin *m = marlin_new(3 * USEC_PER_SEC);
	usec_t now = USEC_PER_SEC;
	unsigned step = 0;
	size_t i, taken;

	for (i = 0; i < size;) {
		uint8_t c = bytes[i];
		size_t len = 1;

		if (c > 0 && c < ' ' && c != '\n' && c != '\r' && c != '\t') {
			now += (usec_t)c * c * 50 * USEC_PER_MSEC;
			marlin_tick(m, now);
			i++;
		} else {
			while (i + len < size && len < 40 && bytes[i + len] >= ' ')
				len++;
			taken = marlin_feed(m, now, bytes + i, len);
			assert(taken <= len);
			i += taken;
		}
		drain(m);
		act(m, now, step++);
		pull(m, now);
		drain(m);
		assert(step < 4 * size + 100);
	}
	marlin_tick(m, now + 120 * USEC_PER_SEC);
	drain(m);
	marlin_free(m);
	return 0;
}
