/* SPDX-License-Identifier: Apache-2.0 */
/* clock - the two clocks of platen, and how they are written.
 *
 * Purpose:  monotonic time drives every timer and lease; wall time is only shown and stored.
 * Units:    usec_t is microseconds. Below lib/run `now` is a parameter, never read here.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_BASE_CLOCK_H
#define PLATEN_BASE_CLOCK_H

#include <stdint.h>

#include "base/err.h"

typedef int64_t usec_t;

#define USEC_PER_MSEC ((usec_t)1000)
#define USEC_PER_SEC  ((usec_t)1000000)
#define USEC_NEVER    INT64_MAX /* a deadline that never comes */

usec_t clock_mono(void); /* CLOCK_BOOTTIME: goes on while the host sleeps */
usec_t clock_wall(void); /* since 1970 UTC */

#define CLOCK_ISO_SIZE 25 /* "2025-11-12T10:30:00.000Z" and NUL */
const char *clock_iso(usec_t wall, char out[CLOCK_ISO_SIZE]);
/* A day of the calendar, or a day and a time: "2025-11-12", "2025-11-12T10:30", with seconds,
 * fraction and zone ("Z", "+01:00") as far as they are given. */
bool clock_iso_ok(const char *text);

#endif
