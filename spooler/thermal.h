/* SPDX-License-Identifier: Apache-2.0 */
/* thermal - a second, independent guard over the heaters (reliability.md K-13).
 *
 * Purpose:  notices a heater that does not heat, that falls out, that runs away, although the
 *           firmware says nothing. Figures: 2 degrees in 20 s (bed 60 s) while heating, 120
 *           degree-seconds below target - 5, above target + 15 for 10 s, beyond the machine's
 *           limit (three times). One damaged report must not stop a print: the middle of three
 *           counts, and a target only when told twice.
 * Owns:     nothing; a value. Units: degrees, usec.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_SPOOLER_THERMAL_H
#define PLATEN_SPOOLER_THERMAL_H

#include "base/clock.h"

enum thermal_verdict {
	THERMAL_FINE,
	THERMAL_NOT_HEATING,
	THERMAL_LOST,   /* was hot, falls */
	THERMAL_OVER,   /* well above its target */
	THERMAL_BEYOND, /* above what the machine may have */
};

struct thermal {
	usec_t gain_time; /* in which it must gain 2 degrees */
	usec_t last_at, goal_at, over_since;
	double value;              /* middle of the last three reports: noise does not show */
	double told[2], told_target; /* the two before, as they came */
	double target, goal, debt; /* debt: degree-seconds below target - 5 */
	bool approaching, armed;
	unsigned beyond, reports, doubted;
};

void thermal_init(struct thermal *t, usec_t gain_time);
/* One report. max: the machine's limit, 0 unknown. */
enum thermal_verdict thermal_report(struct thermal *t, usec_t now, double value, double target,
    double max);
const char *thermal_text(enum thermal_verdict v);

#endif
