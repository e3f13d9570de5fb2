/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/page_format.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_DURATION, KIND_SIZE, KIND_PERCENT, KIND_TIME, KIND_DEGREES, KIND_MM, KIND_GRAMS };

/* The wire's names whose values a person reads differently. */
static const struct {
	const char *name;
	enum kind kind;
} kinds[] = {
	{ "estimatedTime", KIND_DURATION },
	{ "actualTime", KIND_DURATION },
	{ "timeElapsed", KIND_DURATION },
	{ "timeRemaining", KIND_DURATION },
	{ "fileSize", KIND_SIZE },
	{ "progress", KIND_PERCENT },
	{ "createdAt", KIND_TIME },
	{ "updatedAt", KIND_TIME },
	{ "startedAt", KIND_TIME },
	{ "completedAt", KIND_TIME },
	{ "timestamp", KIND_TIME },
	{ "hotend", KIND_DEGREES },
	{ "hotendTarget", KIND_DEGREES },
	{ "bed", KIND_DEGREES },
	{ "bedTarget", KIND_DEGREES },
	{ "chamber", KIND_DEGREES },
	{ "x", KIND_MM },
	{ "y", KIND_MM },
	{ "z", KIND_MM },
	{ "layerHeight", KIND_MM },
	{ "filamentWeight", KIND_GRAMS },
	{ "filamentUsed", KIND_GRAMS },
};

/* U+202F keeps a number and its unit on one line. */
#define THIN "\xe2\x80\xaf"

static void duration(double sec, char *out)
{
	long s = lround(sec), h = s / 3600, m = s % 3600 / 60;

	if (s < 0)
		snprintf(out, PAGE_TEXT_SIZE, "unknown");
	else if (s < 60)
		snprintf(out, PAGE_TEXT_SIZE, "%ld" THIN "s", s);
	else if (h == 0)
		snprintf(out, PAGE_TEXT_SIZE, "%ld" THIN "min", (s + 30) / 60);
	else if (h < 24)
		snprintf(out, PAGE_TEXT_SIZE, "%ld" THIN "h %ld" THIN "min", h, m);
	else
		snprintf(out, PAGE_TEXT_SIZE, "%ld" THIN "d %ld" THIN "h", h / 24, h % 24);
}

static void size(double bytes, char *out)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	size_t i = 0;

	while (bytes >= 1000 && i < 3) {
		bytes /= 1000;
		i++;
	}
	snprintf(out, PAGE_TEXT_SIZE, i == 0 || bytes >= 100 ? "%.0f" THIN "%s" : "%.1f" THIN "%s", bytes,
	    units[i]);
}

bool page_format(const char *name, const char *value, char out[PAGE_TEXT_SIZE])
{
	size_t i = 0;

	while (i < sizeof kinds / sizeof *kinds && strcmp(kinds[i].name, name) != 0)
		i++;
	if (i == sizeof kinds / sizeof *kinds)
		return false;
	switch (kinds[i].kind) {
	case KIND_DURATION:
		duration(strtod(value, NULL), out);
		return true;
	case KIND_SIZE:
		size(strtod(value, NULL), out);
		return true;
	case KIND_PERCENT:
		/* Rounded down: 100 % is only said when it is over. */
		snprintf(out, PAGE_TEXT_SIZE, "%.0f" THIN "%%", floor(strtod(value, NULL)));
		return true;
	case KIND_TIME:
		if (strlen(value) < 20)
			return false;
		snprintf(out, PAGE_TEXT_SIZE, "%.10s %.5s UTC", value, value + 11);
		return true;
	case KIND_DEGREES:
		snprintf(out, PAGE_TEXT_SIZE, "%.1f" THIN "\xc2\xb0" "C", strtod(value, NULL));
		return true;
	case KIND_MM:
		snprintf(out, PAGE_TEXT_SIZE, "%.2f" THIN "mm", strtod(value, NULL));
		return true;
	case KIND_GRAMS:
		snprintf(out, PAGE_TEXT_SIZE, "%.1f" THIN "g", strtod(value, NULL));
		return true;
	}
	return false;
}

struct row {
	const char *state;
	struct state_words words;
};

static const struct row printer_rows[] = {
	{ "offline", { "offline", "offline", "plug" } },
	{ "connecting", { "connecting", "offline", "dots" } },
	{ "idle", { "idle", "ok", "dash" } },
	{ "preparing", { "preparing", "accent", "flame" } },
	{ "printing", { "printing", "accent", "play" } },
	{ "pausing", { "pausing", "warn", "pause" } },
	{ "paused", { "paused", "warn", "pause" } },
	{ "resuming", { "resuming", "accent", "play" } },
	{ "cancelling", { "cancelling", "warn", "cross" } },
	{ "finishing", { "finishing", "accent", "play" } },
	{ "recovering", { "recovering", "warn", "dots" } },
	{ "halted", { "halted", "danger", "cross" } },
	{ "error", { "error", "danger", "cross" } },
};

static const struct row job_rows[] = {
	{ "QUEUED", { "waiting", "offline", "clock" } },
	{ "PREPARING", { "preparing", "accent", "flame" } },
	{ "PRINTING", { "printing", "accent", "play" } },
	{ "PAUSED", { "paused", "warn", "pause" } },
	{ "COMPLETED", { "done", "ok", "check" } },
	{ "FAILED", { "failed", "danger", "cross" } },
	{ "CANCELLED", { "cancelled", "offline", "cross" } },
};

static struct state_words find(const struct row *rows, size_t len, const char *state)
{
	struct state_words unknown = { state, "offline", "dots" };

	for (size_t i = 0; i < len; i++)
		if (strcmp(rows[i].state, state) == 0)
			return rows[i].words;
	return unknown;
}

struct state_words page_printer_state(const char *state, const char *attention, const char *plate)
{
	static const struct state_words needs = { "needs attention", "warn", "alert" };
	static const struct state_words full = { "finished, bed not cleared", "ok", "check" };
	bool idle = strcmp(state, "idle") == 0;

	if (attention != NULL && attention[0] != '\0' && strcmp(state, "halted") != 0)
		return needs;
	if (idle && plate != NULL && strcmp(plate, "occupied") == 0)
		return full;
	return find(printer_rows, sizeof printer_rows / sizeof *printer_rows, state);
}

struct state_words page_job_state(const char *status, const char *hold_reason)
{
	static const struct state_words interrupted = { "interrupted", "warn", "alert" };
	static const struct state_words held = { "held", "warn", "pause" };

	if (hold_reason != NULL && strcmp(hold_reason, "held") == 0)
		return held;
	if (hold_reason != NULL && strcmp(hold_reason, "interrupted") == 0)
		return interrupted;
	return find(job_rows, sizeof job_rows / sizeof *job_rows, status);
}

const char *page_hold_text(const char *hold_reason)
{
	static const struct {
		const char *reason, *text;
	} texts[] = {
		{ "interrupted", "The print was interrupted. Look at the printer, then resume or cancel." },
		{ "start_expired", "The printer did not begin in time. Start it again." },
		{ "plate", "The bed is not confirmed clear." },
		{ "next_plate", "Clear the bed for the next plate, then resume." },
		{ "analyzing", "The file is being analysed." },
		{ "slicing", "The model is being sliced." },
		{ "offline", "The printer is offline." },
		{ "attention", "The printer needs attention." },
		{ "busy", "The printer is printing another job." },
		{ "held", "Held by a person." },
		{ "no_fit", "No printer fits this job." },
		{ "filament", "Filament has to be changed." },
		{ "prompt", "The printer asks a question." },
		{ "operator", "Paused by a person." },
	};

	for (size_t i = 0; hold_reason != NULL && i < sizeof texts / sizeof *texts; i++)
		if (strcmp(texts[i].reason, hold_reason) == 0)
			return texts[i].text;
	return NULL;
}
