/* SPDX-License-Identifier: Apache-2.0 */
/* What a seed decides: job, dialect, faults, deaths, the moment of an act. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faults/virtual.h"

#define SECOND 1000000

static void faults(struct world *w, struct sim_faults *f)
{
	int64_t line = w->bay_job.base + 8 + draw_below(&w->draw, w->job.len - 10);
	int64_t away = (w->scenario == UNPLUG ? 5 : 60) * (int64_t)SECOND;

	switch (w->scenario) {
	case RX_CORRUPT:
		f->rx_corrupt_ppm = 200 + draw_below(&w->draw, 2000);
		break;
	case TX_CORRUPT:
		f->tx_corrupt_ppm = 200 + draw_below(&w->draw, 2000);
		break;
	case CORRUPT_BOTH:
		f->rx_corrupt_ppm = f->tx_corrupt_ppm = 10000;
		break;
	case DROPS:
		f->rx_drop_ppm = f->tx_drop_ppm = draw_chance(&w->draw, 50) ? 1000 : 10000;
		break;
	case LOST_OKS:
		f->lose_ok_ppm = 10000;
		break;
	case EXTRA_OKS:
		f->dup_ok_ppm = f->spontaneous_ok_ppm = 20000;
		break;
	case SILENCE:
		f->silence_at_line = line;
		f->silence_usec = (10 + draw_below(&w->draw, 60)) * (int64_t)SECOND;
		break;
	case STORM:
		f->storm_at_line = line;
		f->storm_usec = (5 + draw_below(&w->draw, 120)) * (int64_t)SECOND;
		break;
	case RESET:
		f->reset_at_line = line;
		break;
	case UNPLUG:
	case UNPLUG_LONG:
	case CONFIRM:
	case POWER_LOST:
		if (w->scenario != POWER_LOST && draw_chance(&w->draw, 50)) {
			w->pull_usec = away;
		} else {
			f->unplug_at_line = line;
			f->unplug_usec = away;
		}
		break;
	case HEATER:
		f->heater_stuck_at_line = w->bay_job.base + 10;
		break;
	case RUNAWAY:
		f->runaway_at_line = line;
		break;
	case NOISE_DEATHS:
		f->rx_corrupt_ppm = f->tx_corrupt_ppm = 300;
		f->lose_ok_ppm = f->dup_ok_ppm = 2000;
		break;
	case GARBAGE:
		f->garbage_ppm = 50000;
		break;
	case PLAIN_PRINT:
	case DEATHS:
	case PAUSE:
	case PAUSE_DEATHS:
	case CANCEL:
	case CANCEL_DEATHS:
	case STOP:
	case WILL:
	case FILE_PAUSE:
	case BUTTON:
	case BUTTON_CANCEL:
	case MANUAL:
	case CANCEL_HEATING:
	case SCENARIOS:
		break;
	}
}

static void deaths(struct world *w)
{
	if (w->scenario == DEATHS || w->scenario == NOISE_DEATHS || w->scenario == PAUSE_DEATHS ||
	    w->scenario == CANCEL_DEATHS)
		w->deaths_left = 1 + draw_below(&w->draw, 8);
	else if (w->scenario == WILL)
		w->deaths_left = 1;
}

void world_init(struct world *w, uint64_t seed, enum scenario scenario, bool reference)
{
	struct sim_conf c = { .speed = 1, .flow_control = true, .seed = seed,
		.executed = world_executed, .noted = world_noted, .ctx = w };
	bool verbose = w->verbose;

	memset(w, 0, sizeof *w);
	w->verbose = verbose;
	w->seed = seed;
	w->scenario = scenario;
	w->reference = reference;
	w->draw.s = seed * 7919;
	w->now = 1000 * (int64_t)SECOND;
	w->die_in = w->pull_in = w->act_at_command = -1;
	w->reborn_at = w->resume_at = w->out_at = w->in_at = INT64_MAX;
	job_text_make(&w->job, &w->draw, draw_chance(&w->draw, 10), scenario == FILE_PAUSE);
	w->memory = calloc(1, JOURNAL_SIZE);
	w->source = (struct source){ world_peek, w };
	w->bay_job = (struct bay_job){ .fence = (int64_t)seed, .source = &w->source,
		.size = w->job.size, .base = 10000 + 1000 * draw_below(&w->draw, 5000),
		.planned_lines = w->job.len, .file_homes = w->job.homes,
		.file_heats_hotend = w->job.heats, .file_heats_bed = w->job.heats,
		.hotend_preheat = 205, .bed_preheat = 55 };
	snprintf(w->bay_job.job_id, UUID_SIZE, "33333333-3333-4333-8333-333333333333");
	snprintf(w->bay_job.attempt_id, UUID_SIZE, "44444444-4444-4444-8444-444444444444");
	c.dialect = (enum sim_dialect)draw_below(&w->draw, 4);
	if (c.dialect == SIM_MARLIN_PLAIN && (scenario == BUTTON || scenario == BUTTON_CANCEL))
		c.dialect = SIM_MARLIN_21; /* plain boards have no host actions */
	if (!reference) {
		faults(w, &c.faults);
		deaths(w);
		if (scenario >= PAUSE && scenario <= CANCEL_DEATHS)
			w->act_at_command = 1 + draw_below(&w->draw, w->job.len - 10);
		if (scenario == STOP || scenario == MANUAL || scenario == CANCEL_HEATING ||
		    scenario == BUTTON || scenario == BUTTON_CANCEL)
			w->act_at_command = 1 + draw_below(&w->draw, w->job.len - 10);
	}
	w->sim = sim_new(&c);
}

void world_fini(struct world *w)
{
	if (w->bay)
		bay_free(w->bay);
	if (w->journal)
		journal_free(w->journal);
	sim_free(w->sim);
	job_text_free(&w->job);
	free(w->memory);
}
