/* SPDX-License-Identifier: Apache-2.0 */
/* schedule - when a cron line is due next, in the local time of its zone (contract §8).
 *
 * Five fields: minute, hour, day of the month, month, day of the week; `*`, lists, ranges, steps,
 * English names of months and days, Sunday as 0 and 7. Days of the month and of the week are or-ed
 * when both are restricted.
 * Units:    minutes of a local calendar without summer time; whoever turns a local time into an
 *           instant decides what a time means that the clock skips or shows twice.
 * Errors:   E_INVALID: not a cron line. Owns nothing. Blocking: never. */
#ifndef PLATEN_MODEL_SCHEDULE_H
#define PLATEN_MODEL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct schedule {
	uint64_t set[5];      /* bit n: the value n is in the field */
	bool any_day, any_weekday; /* the field was `*` */
};

struct schedule_time { int year, month, day, hour, minute; };

enum errc schedule_parse(const char *cron, struct schedule *out, struct err *e) MUST_CHECK;
/* The first minute behind `from` that is in the schedule; false: there is none in eight years. */
bool schedule_next(const struct schedule *s, const struct schedule_time *from,
    struct schedule_time *out);

/* "2026-11-20 20:05"; E_INVALID. */
enum errc schedule_time_parse(const char *text, struct schedule_time *out, struct err *e) MUST_CHECK;
#define SCHEDULE_TIME_SIZE 64
const char *schedule_time_print(const struct schedule_time *t, char out[SCHEDULE_TIME_SIZE]);

#endif
