/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static usec_t read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (usec_t)ts.tv_sec * USEC_PER_SEC + ts.tv_nsec / 1000;
}

usec_t clock_mono(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

usec_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

const char *clock_iso(usec_t wall, char out[CLOCK_ISO_SIZE])
{
	time_t sec = (time_t)(wall / USEC_PER_SEC);
	unsigned msec = (unsigned)(wall % USEC_PER_SEC / USEC_PER_MSEC);
	struct tm tm;
	char text[64];

	gmtime_r(&sec, &tm);
	snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03uZ", tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, msec);
	snprintf(out, CLOCK_ISO_SIZE, "%.24s", text);
	return out;
}
