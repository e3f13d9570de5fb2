/* SPDX-License-Identifier: Apache-2.0 */
/* board - the insides of one simulated board, shared by the files of the core only.
 *
 * Purpose:  one struct per noun (serial, queue, planner, heater, command in progress) and the
 *           few calls between them. Nothing here is seen by users of sim.h.
 * Owns:     nothing by itself; struct sim is owned by board.c.
 * Units:    instants are ns of the caller's clock (NEVER = none); durations of the machine are
 *           seconds and pass board_after() once, where `speed` shortens them.
 * Errors:   none. Blocking: never. */
#ifndef PLATEN_SIM_BOARD_H
#define PLATEN_SIM_BOARD_H

#include "sim/gcode.h"
#include "sim/sim.h"

#define NEVER	     INT64_MAX
#define NSEC_PER_SEC 1000000000LL
#define AXES	     4 /* x y z e */

/* marlin.md §0: "BUFSIZE 4, MAX_CMD_SIZE 96, 16 planner blocks, 128-byte receive buffer" */
#define RX_SIZE	       128
#define QUEUE_SLOTS    4
#define LINE_SIZE      96
#define PLANNER_BLOCKS 16

#define AREA_X 220 /* mm, the machine */
#define AREA_Y 220
#define AREA_Z 250

struct rng {
	uint64_t s[4];
};

/* What the emergency parser has seen of the present line. */
enum emergency {
	EP_RESET,
	EP_IGNORE,
	EP_NUMBER,
	EP_M,
	EP_M1,
	EP_M10,
	EP_M11,
	EP_M4,
	EP_M41,
	EP_M8,
	EP_M87,
	EP_M108,
	EP_M112,
	EP_M410,
	EP_M876,
	EP_M876S,
	EP_M876SN
};

struct serial {
	uint8_t rx[RX_SIZE];
	unsigned rx_at, rx_used;
	enum emergency emergency;
	unsigned reason; /* digits of M876 S<n> */
	char *tx;
	size_t tx_at, tx_size, tx_cap;
	bool open;
	int64_t silent_until, unplugged_until, spontaneous_at;
};

struct slot {
	char text[LINE_SIZE]; /* as received; stays after its end: 2.0's stale oks read it */
	int64_t number;	      /* < 0: none */
};

struct queue {
	char line[LINE_SIZE];
	unsigned count;
	bool skip; /* comment or overflow until the end of the line */
	struct slot slots[QUEUE_SLOTS];
	unsigned head, used;
	int64_t last_line;
	int64_t storm_until;
};

struct block {
	double len, nominal, accel; /* mm, mm/s, mm/s2 */
	double unit[AXES], from[AXES], delta[AXES];
	double entry2, max_entry2; /* (mm/s)2 */
	double extruded;
};

struct planner {
	struct block ring[PLANNER_BLOCKS];
	unsigned tail, used;
	bool running;
	int64_t started, ends, deliver_at;
	double exit2;
	double pos[AXES];	/* where the last planned block ends, mm of the machine */
	int64_t cleaning_until; /* after a quick stop nothing moves for a second */
	int64_t dry_at;		/* ran dry while moves were expected; NEVER: not */
	int64_t moved_at;	/* Marlin's previous_move_ms */
	double max_feed[AXES], max_accel[AXES];
	double accel, travel_accel;
	double extruded;
	uint64_t starved;
	int64_t worst_gap;
};

enum heater_id { HOTEND, BED, CHAMBER, HEATERS };

struct heater {
	double temp, target, pwm;
	double rate, tau; /* degrees/s at full power when cold; s */
	double limit;
	bool stuck;  /* takes no power any more */
	bool stable; /* reached its target: runaway is watched */
	double watch_temp;
	int64_t watch_at, runaway_at; /* NEVER: not watching */
};

enum wait { WAIT_NOT, WAIT_SLOT, WAIT_SYNC, WAIT_TIME, WAIT_HEAT, WAIT_USER };
enum outcome { DONE, DONE_QUIET, WAITING };

struct arc {
	double centre[2], radius, angle, step, rise[2];
	double target[AXES];
	unsigned left;
};

/* The command being executed. Its handler is called again, one phase on, after each wait. */
struct active {
	bool on, injected;
	struct gcode g;
	unsigned phase;
	enum wait wait;
	int64_t until, busy_at, report_at, settle_at;
	enum heater_id heater;
	bool cooling_counts;
	struct arc arc;
};

struct modal {
	double pos[AXES];   /* logical, mm */
	double shift[AXES]; /* logical = machine + shift (G92) */
	double feed;	    /* mm/min */
	bool absolute[AXES];
	bool inches;
	unsigned homed; /* bit per axis */
	bool steppers_on, endstops_off, cold_ok;
	double cold_limit;
	int fan, speed_percent, flow_percent, tool;
	unsigned debug;
	double keepalive;		/* s, 0 silent */
	double stepper_time, kill_time; /* s, 0 off */
	int64_t temp_every, temp_at, pos_every, pos_at;
};

struct sim {
	struct sim_conf conf;
	struct rng rng;
	bool clocked, killed;
	int64_t t;
	int64_t boot_at; /* NEVER: running */
	int64_t heat_at; /* next step of the heaters; NEVER: all cold */
	bool wait_for_user, wait_for_heatup;
	int answer;	    /* of the last prompt, -1 none */
	bool inject_change; /* the panel wants M600 next */
	bool heaters_were_on;
	struct serial serial;
	struct queue queue;
	struct planner planner;
	struct heater heaters[HEATERS];
	struct active act;
	struct modal m;
	uint64_t executed;
};

/* board */
int64_t board_nsec(const struct sim *s, double seconds);   /* ns that machine seconds take */
int64_t board_after(const struct sim *s, double seconds);  /* instant after machine seconds */
int64_t board_rhythm(const struct sim *s, double seconds); /* the same in the caller's seconds */
void board_note(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void board_reset(struct sim *s);
void board_unplug(struct sim *s, int64_t usec);
void board_kill(struct sim *s, const char *why);
bool dialect_has_extras(const struct sim *s); /* emergency parser, advanced ok, host actions */

/* fault */
void rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
bool fault_hits(struct sim *s, unsigned ppm);
bool fault_byte(struct sim *s, unsigned corrupt_ppm, unsigned drop_ppm, uint8_t *byte); /* kept? */
void fault_at_line(struct sim *s, int64_t number); /* may kill or reset */

/* serial */
bool serial_rx_put(struct sim *s, uint8_t byte); /* false: full */
int serial_rx_get(struct sim *s);		 /* -1: empty */
void serial_rx_clear(struct sim *s);
void serial_say(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void serial_ok(struct sim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void serial_action(struct sim *s, const char *text); /* //action:..., if the dialect has them */
void serial_spontaneous(struct sim *s);
void serial_forget_output(struct sim *s);
void emergency_byte(struct sim *s, uint8_t byte);

/* queue */
bool queue_parse(struct sim *s);		   /* true: did something */
void queue_refuse(struct sim *s, const char *why); /* why NULL: only ask again */
void queue_ok(struct sim *s);
void queue_done(struct sim *s);

/* command */
bool command_run(struct sim *s); /* true: did something */
int64_t command_deadline(const struct sim *s);
void command_tick(struct sim *s); /* busy lines, reports while waiting */
typedef enum outcome (*command_fn)(struct sim *s, struct active *a);

enum outcome wait_sync(struct active *a);
enum outcome wait_until(struct active *a, int64_t until);

/* planner */
bool planner_full(const struct sim *s);
bool planner_idle(const struct sim *s);
unsigned planner_free(const struct sim *s);
void planner_add(struct sim *s, const double target[AXES], double feed_mm_s);
void planner_place(struct sim *s, const double pos[AXES]); /* "you are here", no move */
void planner_quick_stop(struct sim *s);
void planner_clear(struct sim *s);
void planner_defaults(struct sim *s);
void planner_no_gap(struct sim *s); /* no move is expected now */
int64_t planner_deadline(const struct sim *s);
void planner_tick(struct sim *s);

/* heater */
void heater_init(struct sim *s);
void heater_target(struct sim *s, enum heater_id id, double target);
void heater_all_off(struct sim *s);
void heater_tick(struct sim *s);
bool heater_settled(struct sim *s, struct active *a);
void heater_report(const struct sim *s, char *out, size_t cap);
void heater_wait_line(struct sim *s, const struct active *a);

/* report */
void report_banner(struct sim *s);
void report_capabilities(struct sim *s);
void report_position(struct sim *s);
void report_auto(struct sim *s);

/* move: helpers of the handlers */
double move_native(const struct sim *s, double value); /* mm from G20/G21 */
void motors_off(struct sim *s);

/* handlers, by file */
#define HANDLER(name) enum outcome name(struct sim *s, struct active *a)
HANDLER(cmd_move);
HANDLER(cmd_arc);
HANDLER(cmd_dwell);
HANDLER(cmd_home);
HANDLER(cmd_inches);
HANDLER(cmd_mm);
HANDLER(cmd_absolute);
HANDLER(cmd_relative);
HANDLER(cmd_place);
HANDLER(cmd_e_absolute);
HANDLER(cmd_e_relative);
HANDLER(cmd_motors_off);
HANDLER(cmd_sync);
HANDLER(cmd_hotend);
HANDLER(cmd_bed);
HANDLER(cmd_chamber);
HANDLER(cmd_hotend_wait);
HANDLER(cmd_bed_wait);
HANDLER(cmd_chamber_wait);
HANDLER(cmd_temperatures);
HANDLER(cmd_fan);
HANDLER(cmd_fan_off);
HANDLER(cmd_cold);
HANDLER(cmd_pid);
HANDLER(cmd_stop_waiting);
HANDLER(cmd_kill);
HANDLER(cmd_quick_stop);
HANDLER(cmd_prompt_answer);
HANDLER(cmd_user_stop);
HANDLER(cmd_filament_change);
HANDLER(cmd_line_number);
HANDLER(cmd_position);
HANDLER(cmd_firmware);
HANDLER(cmd_serial_text);
HANDLER(cmd_endstops);
HANDLER(cmd_temp_every);
HANDLER(cmd_pos_every);
HANDLER(cmd_keepalive);
HANDLER(cmd_inactivity);
HANDLER(cmd_debug);
HANDLER(cmd_speed);
HANDLER(cmd_flow);
HANDLER(cmd_accel);
HANDLER(cmd_limits);
HANDLER(cmd_soft_endstops);
HANDLER(cmd_levelling);
HANDLER(cmd_restart);
HANDLER(cmd_tool);
HANDLER(cmd_nothing);

#endif
