/* SPDX-License-Identifier: Apache-2.0 */
/* estimate - how long the moves take (contract §5.5).
 *
 * With acceleration 0: distance / feed, the seed's formula. Else trapezoids: a junction is passed
 * without stopping when the path bends by less than 45 degrees, else at standstill. The look-ahead
 * is a window of moves, so memory is constant.
 * Units:    seconds, mm, mm/min for feed, mm/s2. Owns nothing. Errors: none. Blocking: never. */
#ifndef PLATEN_GCODE_ESTIMATE_H
#define PLATEN_GCODE_ESTIMATE_H

#include "gcode/modal.h"

#define ESTIMATE_WINDOW  256
#define ESTIMATE_DEFAULT 1000.0 /* mm/s2 */

struct estimate_move {
	double length, speed, accel; /* mm, mm/s, mm/s2 */
	double limit;                /* highest squared speed at its beginning */
};

struct estimate {
	double acceleration; /* default of the file; 0: infinite */
	double seconds;
	double entry;        /* squared speed at the window's beginning */
	double leave[3], leave_length, leave_speed;
	int len;
	struct estimate_move moves[ESTIMATE_WINDOW];
};

void estimate_init(struct estimate *t, double acceleration);
void estimate_move(struct estimate *t, const struct motion *m, double accel);
/* Standstill for so long: G4, homing, a wait of unknown length (0). */
void estimate_stop(struct estimate *t, double seconds);
double estimate_end(struct estimate *t);

#endif
