/* SPDX-License-Identifier: Apache-2.0 */
#include "model/schedule.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAYS_AHEAD (8 * 366) /* 29 February may be eight years away (2096 to 2104) */

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY };

struct part {
	int min, max;
	const char *names; /* three letters each, the first one is `min`; or NULL */
};

static const struct part parts[5] = {
	{ 0, 59, NULL },
	{ 0, 23, NULL },
	{ 1, 31, NULL },
	{ 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec" },
	{ 0, 7, "sunmontuewedthufrisat" },
};

static bool take_name(const char **at, const struct part *p, int *out)
{
	for (const char *n = p->names; n != NULL && *n != '\0'; n += 3)
		if (strncasecmp(*at, n, 3) == 0) {
			*out = p->min + (int)((n - p->names) / 3);
			*at += 3;
			return true;
		}
	return false;
}

static bool take_number(const char **at, int *out)
{
	if (!isdigit((unsigned char)**at))
		return false;
	for (*out = 0; isdigit((unsigned char)**at); (*at)++)
		if (*out < 1000)
			*out = *out * 10 + (**at - '0');
	return true;
}

static bool take_value(const char **at, const struct part *p, int *out)
{
	return (take_number(at, out) || take_name(at, p, out)) && *out >= p->min && *out <= p->max;
}

/* One item of a list: `*`, a value or a range, each perhaps with a step. */
static bool take_item(const char **at, const struct part *p, uint64_t *set)
{
	int from, to, step = 1;

	if (**at == '*') {
		(*at)++;
		from = p->min;
		to = p->max;
	} else {
		if (!take_value(at, p, &from))
			return false;
		to = from;
		if (**at == '-') {
			(*at)++;
			if (!take_value(at, p, &to) || to < from)
				return false;
		} else if (**at == '/') {
			to = p->max;
		}
	}
	if (**at == '/') {
		(*at)++;
		if (!take_number(at, &step) || step < 1)
			return false;
	}
	for (; from <= to; from += step)
		*set |= UINT64_C(1) << from;
	return true;
}

static bool take_field(const char **at, const struct part *p, uint64_t *set)
{
	*set = 0;
	while (isblank((unsigned char)**at))
		(*at)++;
	do {
		if (!take_item(at, p, set))
			return false;
	} while (**at == ',' && (*at)++ != NULL);
	return **at == '\0' || isblank((unsigned char)**at);
}

enum errc schedule_parse(const char *cron, struct schedule *out, struct err *e)
{
	const char *at = cron, *fields[5];

	for (int i = 0; i < 5; i++) {
		while (isblank((unsigned char)*at))
			at++;
		fields[i] = at;
		if (!take_field(&at, &parts[i], &out->set[i]))
			return err_set(e, E_INVALID, "Not a cron line: %.100s", cron);
	}
	while (isblank((unsigned char)*at))
		at++;
	if (*at != '\0')
		return err_set(e, E_INVALID, "Not a cron line: %.100s", cron);
	out->any_day = *fields[DAY] == '*';
	out->any_weekday = *fields[WEEKDAY] == '*';
	if ((out->set[WEEKDAY] & (1u << 7)) != 0)
		out->set[WEEKDAY] |= 1;
	return E_OK;
}

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Sunday: 0 (Sakamoto). */
static int weekday_of(const struct schedule_time *t)
{
	static const int shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
	int y = t->year - (t->month < 3);

	return (y + y / 4 - y / 100 + y / 400 + shift[t->month - 1] + t->day) % 7;
}

static bool has(const struct schedule *s, int field, int value)
{
	return (s->set[field] >> value & 1) != 0;
}

static bool has_date(const struct schedule *s, const struct schedule_time *t)
{
	bool day = has(s, DAY, t->day), weekday = has(s, WEEKDAY, weekday_of(t));

	if (!has(s, MONTH, t->month))
		return false;
	return s->any_day || s->any_weekday ? day && weekday : day || weekday;
}

/* Of one day, at t's time or behind it. */
static bool find_time(const struct schedule *s, struct schedule_time *t)
{
	for (; t->hour < 24; t->hour++, t->minute = 0) {
		if (!has(s, HOUR, t->hour))
			continue;
		for (; t->minute < 60; t->minute++)
			if (has(s, MINUTE, t->minute))
				return true;
	}
	return false;
}

static void next_day(struct schedule_time *t)
{
	t->hour = t->minute = 0;
	if (++t->day <= days_of(t->year, t->month))
		return;
	t->day = 1;
	if (++t->month <= 12)
		return;
	t->month = 1;
	t->year++;
}

bool schedule_next(const struct schedule *s, const struct schedule_time *from,
    struct schedule_time *out)
{
	*out = *from;
	out->minute++; /* 60 finds nothing in its hour and goes on to the next */
	for (int i = 0; i < DAYS_AHEAD; i++, next_day(out))
		if (has_date(s, out) && find_time(s, out))
			return true;
	return false;
}

enum errc schedule_time_parse(const char *text, struct schedule_time *out, struct err *e)
{
	static const char form[] = "0000-00-00 00:00";
	size_t len = strlen(text);

	for (size_t i = 0; len == sizeof(form) - 1 && i < len; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
			len = 0;
	if (len != sizeof(form) - 1)
		return err_set(e, E_INVALID, "Not a time: %.40s", text);
	*out = (struct schedule_time){ (int)strtol(text, NULL, 10), (int)strtol(text + 5, NULL, 10),
		(int)strtol(text + 8, NULL, 10), (int)strtol(text + 11, NULL, 10),
		(int)strtol(text + 14, NULL, 10) };
	if (out->month < 1 || out->month > 12 || out->day < 1 ||
	    out->day > days_of(out->year, out->month) || out->hour > 23 || out->minute > 59)
		return err_set(e, E_INVALID, "Not a time: %.40s", text);
	return E_OK;
}

const char *schedule_time_print(const struct schedule_time *t, char out[SCHEDULE_TIME_SIZE])
{
	snprintf(out, SCHEDULE_TIME_SIZE, "%04d-%02d-%02d %02d:%02d", t->year, t->month, t->day, t->hour,
	    t->minute);
	return out;
}
