/* SPDX-License-Identifier: Apache-2.0 */
/* bay - one printer's session: connect, identify, stream, pause, stop, recover. Without I/O.
 *
 * Purpose:  the spooler's heart as a machine: bytes in, bytes out, time as a parameter. It runs
 *           on real descriptors (spooler/port) and in virtual time against the simulator's core.
 * Owns:     its state; the journal's memory and the job's source belong to the shell and outlive
 *           the bay's use of them.
 * Units:    usec_t monotonic `now`; temperatures in degrees, lengths in mm.
 * Errors:   none returned by the verbs; what went wrong is an event.
 * Blocking: never. One thread.
 *
 * Durable facts (a job printing, paused, done, failed; a command's outcome; an alert) are pushed
 * into the journal's event ring in the same step that makes them true, with a sequence number.
 * The shell (spooler/report) hands them to the database in order and drops them when it has
 * confirmed them; a crash in between repeats them and the database ignores known numbers. */
#ifndef PLATEN_SPOOLER_BAY_H
#define PLATEN_SPOOLER_BAY_H

#include "base/clock.h"
#include "base/uuid.h"

struct bay;
struct journal;

/* ---- where a job's bytes come from (shell: read-ahead thread pool; tests: memory) ---- */

enum source_state {
	SOURCE_READY,   /* *bytes, *size are set, size > 0 */
	SOURCE_WAIT,    /* not yet here; the shell calls bay_tick() when it is */
	SOURCE_END,     /* `at` is the end of the file */
	SOURCE_CHANGED, /* block hash or size no longer fit the analysis */
	SOURCE_ERROR,   /* cannot be read */
};

struct source {
	enum source_state (*peek)(struct source *s, uint64_t at, const uint8_t **bytes, size_t *size);
	void *ctx;
};

/* ---- settings of a printer, copied by bay_configure() ---- */

struct bay_conf {
	char printer_id[UUID_SIZE];
	char name[128];
	double volume_x, volume_y, volume_z;       /* 0: unknown */
	double max_hotend, max_bed;                /* 0: unknown */
	double pause_retract, pause_lift, park_x, park_y;
	double pause_bed;                          /* < 0: keep */
	usec_t pause_hotend_timeout;               /* 0: never */
	bool pause_use_m600;
	double resume_prime;
	bool cancel_quickstop, cancel_disable_steppers;
	double extruder_min_temp;
	int dead_man_sec, stepper_timeout_sec;     /* M85 S, M18 S */
	bool reset_after_stop, forward_m73;
	/* 0: the design's figures (10 s, 3 s, 15 s, 60 s, 30 s) */
	usec_t open_wait, probe_after, suspect_after, alarm_after, reconnect_within;
	/* Per-printer G-code scripts; NULL: built from the figures above (contract §4.5, §4.6).
	 * Lines separated by \n, placeholders {x} {y} {z} {retract} {hotend} {bed}. */
	const char *script_start, *script_end, *script_pause, *script_resume, *script_cancel;
};

/* ---- a job as the claim hands it over ---- */

struct bay_job {
	char job_id[UUID_SIZE], attempt_id[UUID_SIZE];
	int64_t fence;
	struct source *source;
	uint64_t size;                 /* bytes of the file */
	uint32_t base;                 /* number given to M110; the first line is base + 1 */
	uint32_t planned_lines;        /* commands in the file (analysis) */
	uint32_t planned_layers;       /* 0: unknown */
	uint32_t estimated_sec;        /* 0: unknown */
	double hotend_override, bed_override; /* settings.temperature; 0: none */
	double hotend_preheat, bed_preheat;   /* used when the file sets none; 0: none */
	bool file_homes, file_heats_hotend, file_heats_bed; /* before the first extruding move */
	bool more_plates;              /* after this plate the job pauses for the next */
};

/* ---- commands from people and agents (printer_commands rows) ---- */

enum bay_action {
	BAY_GCODE,   /* lines: run in order, answer collected */
	BAY_PAUSE,
	BAY_RESUME,  /* of an interrupted job only with confirm */
	BAY_CANCEL,
	BAY_RECONNECT,
};

struct bay_command {
	char id[UUID_SIZE];          /* "" : nobody waits for it */
	enum bay_action action;
	const char *lines;           /* \n-separated; copied. BAY_PAUSE: the reason, or NULL */
	bool confirm;
	bool out_of_band;            /* M108, M410: written at once, unnumbered */
	usec_t timeout;              /* 0: serial.long rules */
};

/* ---- what the shell must do (transient, not durable) ---- */

enum bay_want {
	BAY_WANT_REOPEN,  /* close and open the port (reset after a stop, dead line) */
	BAY_WANT_RESET,   /* pulse DTR, or reopen where there are no modem lines */
	BAY_WANT_WILL,    /* bay_will() changed: tell the holder */
	BAY_WANT_REPORT,  /* the journal's event ring has news */
	BAY_WANT_LINE,    /* bay_event.text is one line for the terminal (">" or "<" first) */
	BAY_WANT_RELEASE, /* the job's source is no longer needed */
};

struct bay_event {
	enum bay_want want;
	char text[200];
};

/* ---- live picture (printer_live) ---- */

enum bay_state {
	BAY_OFFLINE, BAY_CONNECTING, BAY_IDLE, BAY_PREPARING, BAY_PRINTING, BAY_PAUSING, BAY_PAUSED,
	BAY_RESUMING, BAY_CANCELLING, BAY_FINISHING, BAY_RECOVERING, BAY_HALTED,
};
const char *bay_state_name(enum bay_state st); /* "offline", "idle", ... as printer_live.state */

struct bay_live {
	uint64_t version;            /* moves whenever anything below changed */
	enum bay_state state;
	bool connected, needs_homing;
	double hotend, hotend_target, bed, bed_target, chamber, chamber_target; /* NAN: unknown */
	double x, y, z, e;
	bool position_known;
	bool relative, e_relative; /* modes of axes and extruder, as far as we have set them */
	char job_id[UUID_SIZE], attempt_id[UUID_SIZE]; /* "" : none */
	uint32_t line, planned_lines; /* acknowledged commands of the file */
	double progress;             /* 0-100 */
	uint32_t layer, layers;
	int64_t elapsed_sec, remaining_sec; /* pauses excluded; -1: unknown */
	int speed_percent, flow_percent, fan_percent;
	char error_code[48], error_message[200];
	char firmware[50];
	char display[100];           /* last M117 */
	uint64_t resends, probes, stray_oks, gaps; /* counters of the attempt */
};

/* ---- the machine ---- */

struct bay *bay_new(const struct bay_conf *conf, struct journal *journal);
void bay_free(struct bay *b); /* accepts NULL */
void bay_configure(struct bay *b, const struct bay_conf *conf);

/* Wall time minus monotonic time, for the instants in durable events; call at start, then rarely. */
void bay_clock(struct bay *b, usec_t wall_minus_mono);
/* While on, every line of the wire comes as BAY_WANT_LINE (off: no cost). */
void bay_watch(struct bay *b, bool on);

/* The port is usable. fresh: it was opened now (a board may reset); otherwise the descriptor was
 * handed over and the printer never noticed. will_written: the holder wrote the last will. */
void bay_port_up(struct bay *b, usec_t now, bool fresh, bool will_written);
void bay_port_down(struct bay *b, usec_t now, const char *why);

size_t bay_feed(struct bay *b, usec_t now, const uint8_t *in, size_t size);
/* Bytes to write now. They are journalled before this returns. The caller keeps what a short
 * write leaves and calls again only when all of it has left. */
size_t bay_pull(struct bay *b, usec_t now, uint8_t *out, size_t cap);
bool bay_next(struct bay *b, struct bay_event *ev);
usec_t bay_deadline(const struct bay *b);
void bay_tick(struct bay *b, usec_t now);

/* Emergency stop: the bytes to write before anything else (an LF first when a line is half
 * sent, `partial`). Everything queued is dropped. request NULL: was told already; who: user id
 * for the audit. */
size_t bay_stop(struct bay *b, usec_t now, bool partial, const char *request, const char *who,
    uint8_t *out, size_t cap);

bool bay_start(struct bay *b, usec_t now, const struct bay_job *job); /* false: not idle */
/* After a restart: journal_attempt() tells the unfinished attempt (its id names the file in
 * spool_dir; no database needed). Give the bay its source again, before or after bay_port_up();
 * NULL: the file is gone, the job is held as interrupted. false: no unfinished attempt. */
bool bay_adopt(struct bay *b, usec_t now, struct source *source);
void bay_command(struct bay *b, usec_t now, const struct bay_command *cmd);
/* The whole answer of a command that has just ended (its event in the journal holds the first
 * 500 bytes); NULL when forgotten. Kept for the last eight commands. */
const char *bay_result(const struct bay *b, const char *command_id);
void bay_attention_cleared(struct bay *b, usec_t now);

void bay_live(const struct bay *b, struct bay_live *out);
/* Counted since bay_new(), over connections and attempts. */
struct bay_total { uint64_t lines, resends, probes; bool connected; };
struct bay_total bay_total(const struct bay *b);
/* Unnumbered line(s) beginning with LF, at most 64 bytes, that make the printer safe. */
const char *bay_will(const struct bay *b);

#endif
