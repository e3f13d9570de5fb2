/* SPDX-License-Identifier: Apache-2.0 */
/* sim - a simulated Marlin printer without I/O: bytes in, bytes out, virtual time.
 *
 * Purpose:  stands for a real board in the demo and in every test. Written from the behaviour in
 *           docs/protocol/marlin.md only; shares no code with lib/proto or spooler, so that a
 *           mistake there cannot hide here. Keeps the transcript: what was executed, in order.
 * Owns:     everything until sim_free().
 * Units:    usec of the caller's clock (monotonic, may be virtual); mm, degrees. `speed` scales
 *           what the machine does (moves, heating, dwell, homing, M85, the stepper time-out);
 *           what a host sees as a rhythm (busy, M154, M155, lines of M109) keeps the caller's
 *           seconds.
 * Errors:   none; out of memory ends the process. Blocking: never.
 *
 * The caller's loop: feed what came, tick at sim_deadline(), pull until it gives 0; with flow
 * control, offer refused bytes again after each tick. The same conf and the same calls give the
 * same bytes and the same transcript. */
#ifndef PLATEN_SIM_SIM_H
#define PLATEN_SIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 2.0.6.1, 2.1.2, bugfix-2.1.x; plain is 2.1.2 as it comes: without emergency parser, advanced ok,
 * host actions and position reports. */
enum sim_dialect { SIM_MARLIN_20, SIM_MARLIN_21, SIM_MARLIN_BUGFIX, SIM_MARLIN_PLAIN };

/* Rates are per million bytes (corrupt, drop), lines or oks; 0 off. Times in usec of the caller.
 * An *_at_line fault happens once, when the command with exactly that number begins; 0 off. */
struct sim_faults {
	unsigned rx_corrupt_ppm, rx_drop_ppm; /* bytes from the host: 1-bit flip, loss */
	unsigned tx_corrupt_ppm, tx_drop_ppm; /* bytes to the host */
	unsigned lose_ok_ppm, dup_ok_ppm, spontaneous_ok_ppm; /* per ok */
	unsigned garbage_ppm;		       /* junk lines between answers, per line */
	int64_t silence_at_line, silence_usec; /* all it says for so long is lost; it works on */
	int64_t reset_at_line;		       /* board resets when it executes that line */
	int64_t unplug_at_line, unplug_usec;   /* port vanishes for so long (driver of the pty) */
	int64_t storm_at_line, storm_usec;     /* answers every line with the same Resend */
	int64_t runaway_at_line;	       /* thermal runaway: Error, kill */
	int64_t heater_stuck_at_line;	       /* heater falls out: temperature falls */
	bool homing_fails;		       /* G28 finds no endstop: kill */
};

struct sim_conf {
	enum sim_dialect dialect;
	uint64_t seed;
	double speed;	    /* physics and planner run so many times faster; >= 1 */
	bool flow_control;  /* true: pty/USB back-pressure; false: 128-byte UART drops */
	bool reset_on_open; /* banner at open */
	bool start_homed;
	bool instant;	  /* nothing takes time; for benches */
	bool unprotected; /* firmware without thermal protection */
	bool has_chamber; /* else M141, M191 are unknown commands */
	int extruders;	  /* tools on the one nozzle; 0 means 1 */
	struct sim_faults faults;
	/* One call for each command executed (numbered or not), text as parsed, in order. number
	 * < 0: it came without a number. */
	void (*executed)(void *ctx, int64_t now, int64_t number, const char *command);
	/* Other things worth keeping, first word: "reset", "kill <why>", "starved <usec>",
	 * "rx_overrun", "heaters_off", "steppers_off", "unplug", "inject <command>". */
	void (*noted)(void *ctx, int64_t now, const char *what);
	void *ctx;
};

struct sim_state {	   /* what a test compares */
	double x, y, z, e; /* logical position */
	double hotend, hotend_target, bed, bed_target, chamber_target;
	double feed;	 /* mm/min, modal */
	double extruded; /* sum of finished E movement with its sign and flow, mm */
	bool absolute_xyz, absolute_e, inches, homed, steppers_on;
	int fan, speed_percent, flow_percent, tool;
	int64_t last_line; /* Marlin's count */
	bool killed;
	uint64_t executed, starved; /* commands run; times the planner ran dry between moves */
	int64_t worst_gap_usec;	    /* longest starvation while moves were expected */
	unsigned queued, planned;   /* commands in the 4 slots; blocks in the planner */
};

struct sim;

struct sim *sim_new(const struct sim_conf *conf);
void sim_free(struct sim *s);
void sim_open(struct sim *s, int64_t now);  /* a host opened the port */
void sim_close(struct sim *s, int64_t now); /* it closed it */
void sim_power_cycle(struct sim *s, int64_t now);
/* Returns how many bytes were taken: with flow control a full buffer takes fewer. */
size_t sim_feed(struct sim *s, int64_t now, const uint8_t *in, size_t size);
size_t sim_pull(struct sim *s, int64_t now, uint8_t *out, size_t cap);
int64_t sim_deadline(const struct sim *s); /* when sim_tick() has something to do; INT64_MAX */
void sim_tick(struct sim *s, int64_t now);
bool sim_plugged(const struct sim *s); /* false while faults keep it unplugged */
void sim_state(const struct sim *s, struct sim_state *out);
void sim_set_faults(struct sim *s, const struct sim_faults *faults); /* from now on */
void sim_unplug(struct sim *s, int64_t now, int64_t usec);	     /* port gone for so long */
/* The panel: a button of the printer, "pause" "resume" "cancel" "runout", sends //action lines;
 * "continue" ends a wait for the user. */
void sim_press(struct sim *s, int64_t now, const char *button);

#endif
