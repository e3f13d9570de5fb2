/* SPDX-License-Identifier: Apache-2.0 */
/* emergency - the emergency parser: M108, M112, M410 and M876 S<n> act as their bytes arrive, at
 * the end of their line, numbered or not, whatever the queue holds (marlin.md §4). The line itself
 * goes on into the queue. */
#include "sim/board.h"

/* Inside "M876 S<n>": one digit counts, as in the firmware. */
static enum emergency step_m876(enum emergency state, uint8_t c, unsigned *reason)
{
	if (state == EP_M876)
		return c == ' ' ? EP_M876 : c == 'S' ? EP_M876S : EP_IGNORE;
	if (state == EP_M876SN || c == ' ')
		return state;
	if (c < '0' || c > '9')
		return EP_IGNORE;
	*reason = (unsigned)(c - '0');
	return EP_M876SN;
}

/* The next state for a byte that does not end the line. */
static enum emergency step(enum emergency state, uint8_t c, unsigned *reason)
{
	switch (state) {
	case EP_RESET:
		return c == ' ' ? EP_RESET : c == 'N' ? EP_NUMBER : c == 'M' ? EP_M : EP_IGNORE;
	case EP_NUMBER:
		if ((c >= '0' && c <= '9') || c == '-' || c == ' ')
			return EP_NUMBER;
		return c == 'M' ? EP_M : EP_IGNORE;
	case EP_M:
		if (c == ' ')
			return EP_M;
		return c == '1' ? EP_M1 : c == '4' ? EP_M4 : c == '8' ? EP_M8 : EP_IGNORE;
	case EP_M1:
		return c == '0' ? EP_M10 : c == '1' ? EP_M11 : EP_IGNORE;
	case EP_M10:
		return c == '8' ? EP_M108 : EP_IGNORE;
	case EP_M11:
		return c == '2' ? EP_M112 : EP_IGNORE;
	case EP_M4:
		return c == '1' ? EP_M41 : EP_IGNORE;
	case EP_M41:
		return c == '0' ? EP_M410 : EP_IGNORE;
	case EP_M8:
		return c == '7' ? EP_M87 : EP_IGNORE;
	case EP_M87:
		return c == '6' ? EP_M876 : EP_IGNORE;
	case EP_M876:
	case EP_M876S:
	case EP_M876SN:
		return step_m876(state, c, reason);
	case EP_IGNORE:
	case EP_M108:
	case EP_M112:
	case EP_M410:
		break;
	}
	return state;
}

static void act(struct sim *s, enum emergency state)
{
	if (state == EP_M108) {
		s->wait_for_user = s->wait_for_heatup = false;
	} else if (state == EP_M112) {
		serial_say(s, "echo:M112 Shutdown");
		board_kill(s, "M112");
	} else if (state == EP_M410) {
		planner_quick_stop(s);
	} else if (state == EP_M876SN) {
		s->answer = (int)s->serial.reason;
		s->wait_for_user = false;
	}
}

void emergency_byte(struct sim *s, uint8_t byte)
{
	struct serial *p = &s->serial;
	enum emergency was = p->emergency;

	if (!dialect_has_extras(s))
		return;
	if (byte != '\n' && byte != '\r') {
		p->emergency = step(was, byte, &p->reason);
		return;
	}
	p->emergency = EP_RESET;
	act(s, was);
}
