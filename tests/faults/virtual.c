/* SPDX-License-Identifier: Apache-2.0 */
/* virtual - prints in virtual time, with faults, judged by what the printer ran.
 *
 *   virtual [--seeds N] [--seed S] [--verbose]
 *
 * Every seed is one print; a failing one is named so that --seed S --verbose replays it. Exact
 * means: each command of the file ran once, in order, nothing else but the house's own lines, and
 * the printer ends as after the same print without any fault. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/virtual.h"

static const char *const names[SCENARIOS] = { "plain", "rx_corrupt", "tx_corrupt", "drops",
	"lost_oks", "extra_oks", "silence", "storm", "reset", "unplug", "unplug_long", "deaths",
	"pause", "pause_deaths", "cancel", "cancel_deaths", "runaway", "stop", "noise_deaths", "will",
	"garbage", "heater", "file_pause", "button", "button_cancel", "manual", "cancel_heating", "confirm",
	"power_lost", "corrupt_both" };

static void same(struct world *w, const char *what, double a, double b)
{
	if (fabs(a - b) > 0.011)
		world_wrong(w, "%s is %.4f, without faults %.4f", what, a, b);
}

/* As the print without faults left it. */
static void same_end(struct world *w, const struct sim_state *ref)
{
	const struct sim_state *s = &w->end;

	same(w, "X", s->x, ref->x);
	same(w, "Y", s->y, ref->y);
	same(w, "Z", s->z, ref->z);
	same(w, "E", s->e, ref->e);
	same(w, "extruded", s->extruded, ref->extruded);
	same(w, "feed", s->feed, ref->feed);
	same(w, "hotend target", s->hotend_target, ref->hotend_target);
	same(w, "bed target", s->bed_target, ref->bed_target);
	same(w, "fan", s->fan, ref->fan);
	same(w, "flow", s->flow_percent, ref->flow_percent);
	same(w, "absolute", s->absolute_xyz, ref->absolute_xyz);
	same(w, "absolute E", s->absolute_e, ref->absolute_e);
	same(w, "inches", s->inches, ref->inches);
}

static void expect_exact(struct world *w)
{
	static struct world ref;

	/* Damage nobody can see may be a feed of next to nothing: then the print takes days. */
	if (w->hidden && !world_count(w, "completed"))
		return;
	if (!world_count(w, "completed"))
		world_wrong(w, "not completed, %u of %u commands", w->next, w->job.len);
	else if (w->next != w->job.len)
		world_wrong(w, "completed after %u of %u commands", w->next, w->job.len);
	if (world_count(w, "completed") > 1)
		world_wrong(w, "completed %u times", world_count(w, "completed"));
	if (*w->wrong || w->hidden)
		return;
	world_init(&ref, w->seed, w->scenario, true);
	world_run(&ref);
	if (*ref.wrong || !world_count(&ref, "completed"))
		world_wrong(w, "the print without faults failed: %s", ref.wrong);
	else
		same_end(w, &ref.end);
	world_fini(&ref);
}

static void expect_failed(struct world *w, const char *category)
{
	if (world_count(w, "failed") != 1 || !strstr(world_data(w, "failed"), category))
		world_wrong(w, "expected failed %s, told %u: %s", category, world_count(w, "failed"),
		    world_data(w, "failed"));
}

static void expect_interrupted(struct world *w)
{
	if (world_count(w, "interrupted") != 1)
		world_wrong(w, "expected interrupted, told %u times", world_count(w, "interrupted"));
}

static void expect_cancelled(struct world *w)
{
	if (world_count(w, "cancelled") != 1)
		world_wrong(w, "cancelled %u times", world_count(w, "cancelled"));
	if (w->end.hotend_target > 0 || w->end.bed_target > 0)
		world_wrong(w, "heaters on after cancel");
}

static void expect_paused(struct world *w)
{
	if (!world_count(w, "paused") || world_count(w, "resumed") != world_count(w, "paused"))
		world_wrong(w, "paused %u times, resumed %u", world_count(w, "paused"),
		    world_count(w, "resumed"));
	if (w->compared < w->to_compare)
		world_wrong(w, "resumed %u times, what was found again was compared %u times",
		    w->to_compare, w->compared);
	expect_exact(w);
}

/* Only what §4.9 allows was done, the rest was refused. */
static void expect_manual(struct world *w)
{
	unsigned refused = 0;

	for (unsigned i = 0; i < w->told_len; i++)
		refused += strstr(w->told[i].data, "PRINTER_BUSY") != NULL;
	if (!refused)
		world_wrong(w, "nothing was refused during the print");
	expect_paused(w);
}

static void expect_continued(struct world *w)
{
	expect_interrupted(w);
	if (!world_count(w, "resumed"))
		world_wrong(w, "not resumed: %s", world_data(w, "command"));
	expect_exact(w);
}

static void judge(struct world *w)
{
	if (w->flipped_stop) {
		expect_failed(w, "EmergencyStop");
		return;
	}
	switch (w->scenario) {
	case RESET:
		expect_failed(w, "PrinterReset");
		break;
	case RUNAWAY:
	case HEATER:
		expect_failed(w, "ThermalRunaway");
		break;
	case STOP:
		expect_failed(w, "EmergencyStop");
		break;
	case UNPLUG_LONG:
	case WILL:
	case CONFIRM:
		expect_continued(w);
		break;
	case POWER_LOST:
		expect_interrupted(w);
		expect_cancelled(w);
		break;
	case CANCEL:
	case CANCEL_DEATHS:
	case CANCEL_HEATING:
	case BUTTON_CANCEL:
		expect_cancelled(w);
		break;
	case MANUAL:
		expect_manual(w);
		break;
	case PAUSE:
	case PAUSE_DEATHS:
	case FILE_PAUSE:
	case BUTTON:
		expect_paused(w);
		break;
	case PLAIN_PRINT:
	case RX_CORRUPT:
	case TX_CORRUPT:
	case DROPS:
	case LOST_OKS:
	case EXTRA_OKS:
	case SILENCE:
	case STORM:
	case UNPLUG:
	case DEATHS:
	case NOISE_DEATHS:
	case GARBAGE:
	case CORRUPT_BOTH:
		expect_exact(w);
		break;
	case SCENARIOS:
		break;
	}
}

static bool run(uint64_t seed, bool verbose)
{
	static struct world w;
	bool good;

	memset(&w, 0, sizeof w);
	w.verbose = verbose;
	world_init(&w, seed, (enum scenario)(seed % SCENARIOS), false);
	world_run(&w);
	if (!*w.wrong)
		judge(&w);
	good = !*w.wrong;
	if (!good)
		printf("seed %llu (%s): %s\n", (unsigned long long)seed,
		    names[seed % SCENARIOS], w.wrong);
	world_fini(&w);
	return good;
}

int main(int argc, char **argv)
{
	uint64_t first = 1, seeds = 200;
	unsigned passed = 0, failed = 0;
	bool verbose = false;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--seeds") == 0 && i + 1 < argc) {
			seeds = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			first = strtoull(argv[++i], NULL, 10);
			seeds = 1;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			verbose = true;
		} else {
			fprintf(stderr, "usage: virtual [--seeds N] [--seed S] [--verbose]\n");
			return 2;
		}
	}
	for (uint64_t s = first; s < first + seeds; s++) {
		if (run(s, verbose))
			passed++;
		else
			failed++;
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0;
}
