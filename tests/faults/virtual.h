/* SPDX-License-Identifier: Apache-2.0 */
/* virtual - one print in virtual time: the spooler's core against the simulator's, faults between.
 * One seed decides everything: job, dialect, faults, deaths, delays. */
#ifndef PLATEN_TESTS_VIRTUAL_H
#define PLATEN_TESTS_VIRTUAL_H

#include "sim/sim.h"
#include "spooler/bay.h"
#include "spooler/journal.h"

#define EVENTS_MAX 256

enum scenario {
	PLAIN_PRINT, RX_CORRUPT, TX_CORRUPT, DROPS, LOST_OKS, EXTRA_OKS, SILENCE, STORM, RESET,
	UNPLUG, UNPLUG_LONG, DEATHS, PAUSE, PAUSE_DEATHS, CANCEL, CANCEL_DEATHS, RUNAWAY, STOP,
	NOISE_DEATHS, WILL, GARBAGE, HEATER, FILE_PAUSE, BUTTON, BUTTON_CANCEL, MANUAL, CANCEL_HEATING,
	CONFIRM, POWER_LOST, CORRUPT_BOTH, SCENARIOS,
};

struct draw {
	uint64_t s;
};
uint64_t draw(struct draw *d);
unsigned draw_below(struct draw *d, unsigned n);
bool draw_chance(struct draw *d, unsigned percent);

struct job_text {
	char *bytes;
	size_t size;
	char (*commands)[100]; /* as they must arrive */
	unsigned len;
	bool homes, heats;
};
void job_text_make(struct job_text *t, struct draw *d, bool inches, bool pauses);
void job_text_free(struct job_text *t);

struct sent {
	int64_t number;
	char text[100];
};

#define SENT_KEPT 32 /* the last numbered lines as they left, by number */

struct told {
	char kind[24];
	char data[640];
};

struct world {
	uint64_t seed;
	enum scenario scenario;
	bool verbose, reference;
	struct draw draw;
	int64_t now;
	struct job_text job;
	struct bay_job bay_job;

	struct sim *sim;
	struct bay *bay;
	struct journal *journal;
	uint64_t *memory;
	struct source source;
	unsigned source_waits;
	int64_t source_at;

	struct sent sent[SENT_KEPT];
	uint8_t out[1024];  /* on the way to the printer */
	size_t out_size;
	int64_t out_at;
	uint8_t in[65536]; /* on the way to the host */
	size_t in_size;
	int64_t in_at;
	bool up;

	/* deaths */
	unsigned deaths_left;
	int64_t die_in;     /* bytes until the next, -1: none */
	int64_t reborn_at;
	int64_t pull_in;    /* bytes until the cable is pulled, in the middle of a line; -1: none */
	int64_t pull_usec;  /* for so long; 0: never */

	/* acts */
	int64_t act_at_command; /* pause, cancel, stop when so many commands ran; -1 done */
	int64_t resume_at;
	unsigned pauses, answered;
	bool confirmed, flipped_stop;
	unsigned reset_seen;

	/* result */
	unsigned next;      /* command of the job expected next */
	unsigned hidden;    /* damage no checksum of the protocol shows */
	bool inserted;      /* the last line run was the house's, between two of the job */
	struct sim_state before; /* what it found */
	unsigned compared, to_compare; /* so often what it left was held against that; must be */
	char wrong[400];    /* first deviation */
	struct told told[EVENTS_MAX];
	unsigned told_len;
	bool started, ended;
	int64_t press_at;   /* somebody presses the printer's button */
	struct sim_state end;
};

void world_init(struct world *w, uint64_t seed, enum scenario scenario, bool reference);
void world_run(struct world *w);
void world_fini(struct world *w);
void world_wrong(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
enum source_state world_peek(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size);
void world_executed(void *ctx, int64_t now, int64_t number, const char *command);
void world_sent(struct world *w, const uint8_t *bytes, size_t size);
bool world_noisy(const struct world *w); /* bits flip on the way to the printer */
void world_noted(void *ctx, int64_t now, const char *what);
unsigned world_count(const struct world *w, const char *kind);
const char *world_data(const struct world *w, const char *kind); /* of the last; "" */

#endif
