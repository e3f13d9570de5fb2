/* SPDX-License-Identifier: Apache-2.0 */
/* bay_private - the bay's insides, shared by bay*.c.
 *
 *   bay.c         the verbs of bay.h, timers, the order in which things are sent
 *   bay_link.c    port, identification, reports, silence, resets, fatal errors, emergency stop
 *   bay_job.c     start, lines of the file, finish, ends
 *   bay_script.c  pause, resume, cancel: the sequences and their steps
 *   bay_recover.c the unfinished attempt after a death or a lost port
 *   bay_command.c commands of people
 *   bay_report.c  durable events, the live picture */
#ifndef PLATEN_SPOOLER_BAY_PRIVATE_H
#define PLATEN_SPOOLER_BAY_PRIVATE_H

#include "proto/marlin.h"
#include "spooler/bay.h"
#include "spooler/journal.h"
#include "spooler/script.h"
#include "spooler/stream.h"
#include "spooler/thermal.h"
#include "spooler/track.h"

#define BAY_IDLE_BASE  94000000u /* numbers of lines outside jobs */
#define BAY_COMMANDS   16u
#define BAY_RESULTS    8u
#define BAY_LINES      32u
#define BAY_SAVE_EVERY 200u /* less than the journal's line ring holds */

enum bay_link {
	LINK_DOWN,
	LINK_WAIT,    /* opened now: the board may be starting */
	LINK_LEARN,   /* does it answer the probe, does M105 fence */
	LINK_BASE,    /* numbering outside jobs */
	LINK_HELLO,   /* M115 */
	LINK_REPORTS, /* M155 */
	LINK_READY,
	LINK_RECOVER, /* an unfinished attempt: asking for the count */
	LINK_REPLAY,  /* reading the file up to the count */
	LINK_HALTED,  /* fatal error or emergency stop; a reset ends it */
};

enum bay_phase {
	PHASE_NONE,
	PHASE_BASE,     /* the attempt's base is being set */
	PHASE_START,    /* start script */
	PHASE_PRINT,
	PHASE_PAUSING,
	PHASE_PAUSED,
	PHASE_RESUMING,
	PHASE_CANCELLING,
	PHASE_FINISHING,
};

enum bay_flight { FLIGHT_NONE, FLIGHT_LINK, FLIGHT_QUERY, FLIGHT_SCRIPT, FLIGHT_FILE, FLIGHT_COMMAND };

enum bay_timer {
	TIMER_LINK,     /* next try to identify */
	TIMER_POLL,     /* M105 where there are no reports */
	TIMER_PLACE,    /* M114 */
	TIMER_WATCH,    /* once a second: silence, storms, heaters' patience */
	TIMER_RESET,    /* after an emergency stop */
	TIMER_GONE,     /* the port has been away too long */
	TIMER_HOTEND,   /* pause: hotend off */
	TIMER_HEAT,     /* resume: it should be hot by now */
	TIMER_CANCEL,   /* the printer does not take the cancellation */
	BAY_TIMERS,
};

/* What survives the process, as it lies in the journal. */
struct bay_saved {
	uint32_t version;
	uint32_t number; /* lines up to here are in `track` and `place` */
	uint8_t phase, script;
	bool interrupted, printing_told, extruding_told, filament;
	bool ended_told; /* cancelled or failed is reported; only parking is left */
	bool autoreport, emergency;
	uint16_t serial; /* of the script */
	uint16_t step;
	struct stream_place place;
	struct track track;
	struct script_pause pause;
	struct marlin_dialect dialect;
	usec_t print_time, print_since; /* time printed; running since (0: not) */
	char reason[24], text[100], display[100], firmware[50];
	char script_text[SCRIPT_MAX];
};
_Static_assert(sizeof(struct bay_saved) <= 4000, "the journal's state record");

struct bay_cmd {
	char id[UUID_SIZE];
	char *lines, *next; /* the text; what is not yet sent */
	bool failed;
	usec_t deadline;
};

struct bay_done {
	char id[UUID_SIZE];
	struct buf text;
};

struct bay {
	struct bay_conf conf;
	char *scripts[5];
	struct journal *journal;
	struct marlin *wire;
	usec_t now, wall_offset;

	/* link */
	enum bay_link link;
	bool fresh, will_written, connected;
	bool confirmed; /* LINK_RECOVER on behalf of a person's resume */
	bool release;   /* resume was wished while recovering: after that */
	unsigned hellos;
	usec_t up_at, storm_since, error_after;
	bool suspect, silent, storm_told;
	usec_t timer[BAY_TIMERS];
	char error_code[48], error_message[200];
	bool needs_homing;
	uint8_t urgent[80]; /* goes out before anything of the wire machine */
	size_t urgent_size;

	/* job */
	struct bay_saved s;
	struct journal_attempt attempt;
	bool has_source, source_gone;
	bool off_base;            /* numbering is not the attempt's: nothing to journal */
	uint32_t replay_to, replay_at;
	struct stream stream;
	uint32_t acked_commands;  /* of the file */
	uint32_t saved_at;        /* number of the last state record */
	usec_t starved_since;
	uint64_t gaps;
	enum bay_flight flight;
	bool want_pause, want_cancel;
	struct marlin_counters counted; /* at the attempt's begin */

	/* script */
	struct marlin_position where; /* first answer to @where */
	bool asking_place, placed, heating, script_settling;
	usec_t heat_since;

	/* waiters: commands that end with the act itself */
	char pause_id[UUID_SIZE], resume_id[UUID_SIZE], cancel_id[UUID_SIZE];
	struct bay_cmd commands[BAY_COMMANDS];
	unsigned commands_len;
	struct buf answer;        /* of the command in flight */
	struct bay_done done[BAY_RESULTS];
	unsigned done_next;
	uint64_t command_serial;

	/* picture */
	struct marlin_temps temps;
	usec_t temps_at;
	struct marlin_position place;
	bool place_known;
	struct thermal hot, bed;
	uint64_t version;

	/* wants */
	unsigned wants;
	char lines[BAY_LINES][200];
	unsigned line_first, line_len;
	char will[64];
};

/* bay.c */
void bay_want(struct bay *b, enum bay_want want);
void bay_timer_set(struct bay *b, enum bay_timer t, usec_t at);
void bay_pump(struct bay *b);
/* Sends a numbered line after writing it to the journal. */
void bay_send(struct bay *b, enum bay_flight flight, const char *text, size_t len,
    const struct journal_line *record);
void bay_query(struct bay *b, const char *text);

/* bay_link.c */
bool bay_link_send(struct bay *b);
void bay_link_event(struct bay *b, const struct marlin_event *ev);
void bay_link_acked(struct bay *b);
void bay_link_settled(struct bay *b);
void bay_link_ready(struct bay *b);
void bay_link_timer(struct bay *b, enum bay_timer t);
void bay_link_watch(struct bay *b);
void bay_link_hello(struct bay *b);
void bay_link_halt(struct bay *b, const char *code, const char *message);

/* bay_job.c */
bool bay_job_send(struct bay *b);
void bay_job_acked(struct bay *b);
void bay_job_begin_file(struct bay *b);
void bay_job_fail(struct bay *b, const char *category, const char *reason);
void bay_job_over(struct bay *b);
void bay_job_save(struct bay *b);
void bay_job_clock(struct bay *b, bool running);
usec_t bay_job_elapsed(const struct bay *b);
void bay_job_open_source(struct bay *b, struct source *source);
void bay_job_abandon(struct bay *b); /* cancelled although the printer does not listen */
void bay_job_interrupt(struct bay *b, const char *reason);

/* bay_script.c */
void bay_script_begin(struct bay *b, enum script_kind kind);
bool bay_script_send(struct bay *b);
void bay_script_acked(struct bay *b);
void bay_script_settled(struct bay *b);
void bay_script_place(struct bay *b, const struct marlin_position *p);
void bay_script_pause_now(struct bay *b, const char *reason, const char *text);
void bay_script_paused(struct bay *b, bool filament);
void bay_script_action(struct bay *b, const char *text); /* behind //action: */
bool bay_script_dialogue(const struct bay *b); /* M108 ends it */
/* person: not the firmware itself, whose dialogue may then still wait. */
void bay_script_resume_now(struct bay *b, bool person);
void bay_script_cancel_now(struct bay *b);
void bay_script_cancel_resume(struct bay *b); /* it does not get hot: paused as before */
bool bay_script_hot(const struct bay *b);

/* bay_recover.c */
void bay_recover_load(struct bay *b);
void bay_recover_begin(struct bay *b);
bool bay_recover_saved(const struct bay *b, struct bay_saved *out);
void bay_recover_count(struct bay *b, const struct marlin_event *ev);
void bay_recover_replay(struct bay *b);
void bay_recover_done(struct bay *b);

/* bay_command.c */
bool bay_command_send(struct bay *b);
void bay_command_acked(struct bay *b);
void bay_command_answer(struct bay *b, const char *text);
void bay_command_end(struct bay *b, char *id, bool ok, const char *text);
void bay_command_fail_all(struct bay *b, const char *error);
void bay_command_tick(struct bay *b);
usec_t bay_command_deadline(const struct bay *b);
void bay_command_free(struct bay *b);
bool bay_command_waits(const char *text, size_t len); /* M109 and the like: M108 ends it */

/* bay_report.c */
void bay_report_plain(struct bay *b, const char *kind);
void bay_report_gone(struct bay *b, const char *why);
void bay_report_reason(struct bay *b, const char *kind, const char *reason, const char *text);
void bay_report_connected(struct bay *b);
void bay_report_paused(struct bay *b);
void bay_report_ended(struct bay *b, const char *kind, const char *category, const char *reason);
void bay_report_command(struct bay *b, const char *id, bool ok, const char *text);
void bay_report_attention(struct bay *b, const char *value);
void bay_report_alert(struct bay *b, const char *type, const char *title, const char *message);
void bay_report_note(struct bay *b, const char *type, const char *severity, const char *message);
void bay_report_stop(struct bay *b, const char *request, const char *who, bool written);

#endif
