/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>
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

/* Two digits from `low` to `high`. */
static bool pair_ok(const char *p, int low, int high)
{
	int n;

	if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
		return false;
	n = (p[0] - '0') * 10 + p[1] - '0';
	return n >= low && n <= high;
}

static bool day_ok(const char *p)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, last;

	if (strnlen(p, 10) < 10 || p[4] != '-' || p[7] != '-' || !pair_ok(p, 0, 99) ||
	    !pair_ok(p + 2, 0, 99) || !pair_ok(p + 5, 1, 12))
		return false;
	year = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + p[3] - '0';
	month = (p[5] - '0') * 10 + p[6] - '0';
	last = days[month - 1];
	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		last++;
	return year > 0 && pair_ok(p + 8, 1, last);
}

bool clock_iso_ok(const char *text)
{
	const char *p = text + 10;
	size_t digits;

	if (!day_ok(text))
		return false;
	if (*p == '\0')
		return true;
	if ((*p != 'T' && *p != 't') || !pair_ok(p + 1, 0, 23) || p[3] != ':' || !pair_ok(p + 4, 0, 59))
		return false;
	p += 6;
	if (*p == ':') {
		if (!pair_ok(p + 1, 0, 59))
			return false;
		p += 3;
		if (*p == '.') {
			digits = strspn(p + 1, "0123456789");
			if (digits < 1 || digits > 9)
				return false;
			p += digits + 1;
		}
	}
	if (*p == '\0' || strcmp(p, "Z") == 0 || strcmp(p, "z") == 0)
		return true;
	return (*p == '+' || *p == '-') && pair_ok(p + 1, 0, 14) && p[3] == ':' &&
	    pair_ok(p + 4, 0, 59) && p[6] == '\0';
}
