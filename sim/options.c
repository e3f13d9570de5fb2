/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	O_NAME = 256,
	O_LINK,
	O_DIALECT,
	O_SPEED,
	O_SEED,
	O_TRANSCRIPT,
	O_STATE,
	O_FAULT,
	O_BAUD,
	O_CONTROL,
	O_COUNT,
	O_INSTANT,
	O_UART,
	O_FLOW,
	O_HOMED,
	O_CHAMBER,
	O_UNPROTECTED,
	O_EXTRUDERS,
	O_RESET,
	O_HELP,
	O_VERSION
};

static const struct option longs[] = {
	{ "name", 1, NULL, O_NAME },
	{ "link", 1, NULL, O_LINK },
	{ "dialect", 1, NULL, O_DIALECT },
	{ "speed", 1, NULL, O_SPEED },
	{ "seed", 1, NULL, O_SEED },
	{ "transcript", 1, NULL, O_TRANSCRIPT },
	{ "state", 1, NULL, O_STATE },
	{ "fault", 1, NULL, O_FAULT },
	{ "baud", 1, NULL, O_BAUD },
	{ "control", 1, NULL, O_CONTROL },
	{ "count", 1, NULL, O_COUNT },
	{ "instant", 0, NULL, O_INSTANT },
	{ "uart", 0, NULL, O_UART },
	{ "flow-control", 0, NULL, O_FLOW },
	{ "start-homed", 0, NULL, O_HOMED },
	{ "chamber", 0, NULL, O_CHAMBER },
	{ "unprotected", 0, NULL, O_UNPROTECTED },
	{ "extruders", 1, NULL, O_EXTRUDERS },
	{ "reset-on-open", 1, NULL, O_RESET },
	{ "help", 0, NULL, O_HELP },
	{ "version", 0, NULL, O_VERSION },
	{ NULL, 0, NULL, 0 },
};

void options_usage(void)
{
	printf("usage: platen-sim [--name NAME] [--link PATH] [--dialect 2.0|2.1|bugfix|plain]\n"
	       "    [--speed S] [--instant] [--seed N] [--transcript FILE] [--state FILE]\n"
	       "    [--fault key=value]... [--baud N] [--uart|--flow-control] [--control SOCK]\n"
	       "    [--count K] [--start-homed] [--chamber] [--unprotected] [--extruders N]\n"
	       "    [--reset-on-open never|killed|always] [--help] [--version]\n");
}

static bool number(const char *text, int64_t least, int64_t most, int64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return !errno && end != text && !*end && *out >= least && *out <= most;
}

static bool word(const char *text, const char *const *words, int *out)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(text, words[i]) == 0) {
			*out = i;
			return true;
		}
	return false;
}

#define RATE(field)                                              \
	{                                                        \
#field, sizeof(((struct sim_faults *)0)->field), \
		    offsetof(struct sim_faults, field), false    \
	}
#define TIME(field)                                                                \
	{                                                                          \
#field, sizeof(int64_t), offsetof(struct sim_faults, field), false \
	}
#define LINE(field)                                                               \
	{                                                                         \
#field, sizeof(int64_t), offsetof(struct sim_faults, field), true \
	}

static const struct {
	const char *name;
	size_t size, at;
	bool is_line;
} fault_keys[] = {
	RATE(rx_corrupt_ppm),	  RATE(rx_drop_ppm),	      RATE(tx_corrupt_ppm),
	RATE(tx_drop_ppm),	  RATE(lose_ok_ppm),	      RATE(dup_ok_ppm),
	RATE(spontaneous_ok_ppm), RATE(garbage_ppm),	      LINE(silence_at_line),
	TIME(silence_usec),	  LINE(reset_at_line),	      LINE(unplug_at_line),
	TIME(unplug_usec),	  LINE(storm_at_line),	      TIME(storm_usec),
	LINE(runaway_at_line),	  LINE(heater_stuck_at_line), RATE(homing_fails),
};

bool options_fault(struct sim_faults *faults, const char *text, int64_t last_line)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : 0;

	for (size_t i = 0; len && i < sizeof fault_keys / sizeof *fault_keys; i++) {
		char *field = (char *)faults + fault_keys[i].at;
		int64_t most = fault_keys[i].size == sizeof(bool)	? 1
			       : fault_keys[i].size == sizeof(unsigned) ? 1000000
									: INT64_MAX / 2000;
		int64_t value;

		if (strlen(fault_keys[i].name) != len || memcmp(fault_keys[i].name, text, len) != 0)
			continue;
		if (!number(equals + 1, 0, most, &value))
			return false;
		if (fault_keys[i].is_line && equals[1] == '+')
			value += last_line;
		if (fault_keys[i].size == sizeof(bool)) {
			*(bool *)(void *)field = value != 0;
		} else if (fault_keys[i].size == sizeof(unsigned)) {
			unsigned rate = (unsigned)value;

			memcpy(field, &rate, sizeof rate);
		} else {
			memcpy(field, &value, sizeof value);
		}
		return true;
	}
	return false;
}

static bool add_fault(struct options *o, const char *text)
{
	if (o->fault_count == sizeof o->faults / sizeof *o->faults)
		return false;
	o->faults[o->fault_count++] = text;
	return options_fault(&o->conf.faults, text, 0);
}

static bool take_speed(const char *text, double *out)
{
	char *end;

	*out = strtod(text, &end);
	return end != text && !*end && *out >= 1 && *out <= 10000;
}

static bool take_flag(struct options *o, int c)
{
	switch (c) {
	case O_INSTANT:
		o->conf.instant = true;
		return true;
	case O_UART:
		o->conf.flow_control = false;
		return true;
	case O_FLOW:
		o->conf.flow_control = true;
		return true;
	case O_HOMED:
		o->conf.start_homed = true;
		return true;
	case O_CHAMBER:
		o->conf.has_chamber = true;
		return true;
	case O_UNPROTECTED:
		o->conf.unprotected = true;
		return true;
	case O_HELP:
		o->help = true;
		return true;
	case O_VERSION:
		o->version = true;
		return true;
	}
	return false;
}

static bool take_number(struct options *o, int c, const char *value)
{
	int64_t n = 0;
	bool good = false;

	switch (c) {
	case O_SEED:
		good = number(value, 0, INT64_MAX, &n);
		o->conf.seed = (uint64_t)n;
		break;
	case O_BAUD:
		good = number(value, 1200, 10000000, &n);
		o->baud = (unsigned)n;
		/* a paced wire is a UART, and a UART drops; --flow-control after it says no */
		o->conf.flow_control = false;
		break;
	case O_COUNT:
		good = number(value, 1, 1000, &n);
		o->count = (unsigned)n;
		o->numbered = true;
		break;
	case O_EXTRUDERS:
		good = number(value, 1, 8, &n);
		o->conf.extruders = (int)n;
		break;
	}
	return good;
}

static bool take(struct options *o, int c, const char *value)
{
	static const char *const dialects[] = { "2.0", "2.1", "bugfix", "plain", NULL };
	static const char *const resets[] = { "never", "killed", "always", NULL };
	int chosen = 0;
	bool good = true;

	switch (c) {
	case O_NAME:
		o->name = value;
		return *value && !strchr(value, '/');
	case O_LINK:
		o->link = value;
		return true;
	case O_TRANSCRIPT:
		o->transcript = value;
		return true;
	case O_STATE:
		o->state = value;
		return true;
	case O_CONTROL:
		o->control = value;
		return true;
	case O_DIALECT:
		good = word(value, dialects, &chosen);
		o->conf.dialect = (enum sim_dialect)chosen;
		return good;
	case O_RESET:
		good = word(value, resets, &chosen);
		o->reset = (enum reset_on_open)chosen;
		return good;
	case O_SPEED:
		return take_speed(value, &o->conf.speed);
	case O_FAULT:
		return add_fault(o, value);
	}
	return value ? take_number(o, c, value) : take_flag(o, c);
}

bool options_parse(int argc, char **argv, struct options *out)
{
	int c, at = 0;

	*out = (struct options){ .name = "sim", .count = 1, .reset = RESET_KILLED };
	out->conf.dialect = SIM_MARLIN_BUGFIX;
	out->conf.speed = 1;
	out->conf.flow_control = true;
	while ((c = getopt_long(argc, argv, "", longs, &at)) != -1) {
		if (c == '?')
			return false;
		if (!take(out, c, optarg)) {
			fprintf(stderr, "platen-sim: --%s: %s\n", longs[at].name,
				optarg ? optarg : "not possible");
			return false;
		}
	}
	if (optind < argc)
		fprintf(stderr, "platen-sim: %s: not an option\n", argv[optind]);
	return optind >= argc;
}
