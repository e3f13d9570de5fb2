/* SPDX-License-Identifier: Apache-2.0 */
/* shell - the spooler around the bays: descriptors, holder, files, database, control socket.
 *
 * Purpose:  the parts of the shell and how they call each other. sched decides what happens, a
 *           unit is one printer (its bay, journal, port, file), link is the connection to the
 *           holder, report and telemetry write to the database, control takes emergency stops.
 * Owns:     struct spooler owns everything; a unit owns its bay, journal memory, descriptor, reader.
 * Errors:   logged where they are decided on; durable ones go through the journal.
 * Blocking: never: one thread, disks are touched by the pool. */
#ifndef PLATEN_SPOOLER_SHELL_H
#define PLATEN_SPOOLER_SHELL_H

#include "base/conf.h"
#include "run/loop.h"
#include "spooler/bay.h"
#include "spooler/journal.h"
#include "spooler/reader.h"
#include "store/spool_store.h"

#define CLAIM_LIFE (30 * USEC_PER_SEC) /* design.md §5: no first byte within it, then expired */

struct spooler;
struct link;
struct control;
struct saver;
struct telemetry;

enum unit_port { UNIT_CLOSED, UNIT_ASKED, UNIT_OPEN };

struct unit {
	struct spooler *sp;
	struct unit *next;
	struct spool_printer row;
	struct bay *bay;
	struct journal *journal;
	void *memory;             /* the journal's */
	struct loop_timer *timer; /* bay_deadline() */
	bool pumping, gone;       /* gone: deleted; leaves when nothing prints */
	bool heap_journal;        /* no file could be mapped: kill -9 would lose the print */
	int asked;                /* statements under way that will come back to this unit */

	/* port */
	enum unit_port port;
	int fd;
	struct loop_watch *watch;
	uint8_t out[1024];
	size_t out_len, out_at;   /* what a short write left */
	uint8_t last_byte;        /* written last: a line is half sent unless it is LF */
	usec_t retry_at, retry_wait, lost_at;
	char refused[212];        /* why it could not be opened, said once */
	char stopped[64];         /* request of the last stop, */
	bool stopped_by_holder;   /* and which of the two sockets it came by */

	/* the job's file */
	struct reader *reader;
	char reader_attempt[UUID_SIZE]; /* whose file it reads */
	bool reader_ready, adopting;
	bool claimed;             /* `claim` waits to begin */
	struct spool_attempt claim;
	usec_t claim_ends;

	/* report, telemetry, saver */
	uint64_t reported;        /* seq under way, 0: none */
	usec_t report_again;
	int report_tries;
	uint64_t live_version;
	struct bay_total told;    /* of /metrics */
	enum bay_state live_state;
	usec_t status_at, temperature_at;
	bool live_due, status_due, save_due, save_failed;
	uint64_t saved; /* the saver's round that took it last */
	bool commands_asked, commands_again, next_asked, next_again;
	bool lost_asked;          /* commands of the spooler before are being looked for, */
	usec_t lost_next;         /* the next time then; USEC_NEVER: that is over */
	struct buf known;         /* until then: ids of commands taken by ourselves */
};

struct spooler {
	struct loop *loop;
	const struct conf *conf;
	struct pg_async *db;
	bool db_up;
	struct unit *units;
	struct link *link;
	struct control *control;
	struct saver *saver;
	struct telemetry *telemetry;
	struct loop_timer *tick;
	usec_t last_turn, next_scan; /* last_turn: the loop was alive then (gaps) */
	bool lease_asked;            /* after a gap: nothing is written until the holder answers */
	usec_t lease_until;
	bool stopping, swept;
	char host[256], run_dir[256], journal_dir[280], spool_dir[300], copies_dir[320];
	char storage_dir[300];
};

/* ---- unit ---- */

struct unit *unit_new(struct spooler *sp, const struct spool_printer *row);
void unit_free(struct unit *u);
struct unit *unit_find(struct spooler *sp, const char *printer);
struct unit *unit_default(struct spooler *sp, const char *org);
void unit_update(struct unit *u, const struct spool_printer *row); /* the row may have changed */
void unit_drop(struct unit *u);                                    /* deleted: now or when idle */
void unit_reload(struct unit *u);                                  /* the configuration changed */
void unit_tick(struct unit *u, usec_t now); /* five times a second */
void unit_pump(struct unit *u); /* everything the bay wants now */
void unit_claim(struct unit *u, const struct spool_attempt *claim);
void unit_adopt(struct unit *u); /* the journal knows an unfinished attempt: find its file */
void unit_event(struct unit *u, const struct journal_event *ev); /* push and report */
bool unit_busy(const struct unit *u); /* an attempt is under way or about to be */
void unit_fill_conf(const struct unit *u, struct bay_conf *out);

/* ---- port: descriptor and bay ---- */

void port_up(struct unit *u, int fd, bool fresh, bool willed); /* takes fd */
void port_down(struct unit *u, const char *why);               /* told to the bay when it was up */
void port_release(struct unit *u);                             /* closes our copy, says nothing */
void port_ask(struct unit *u);                                 /* have the holder open it */
void port_refused(struct unit *u, const char *why);
bool port_has_modem(const struct unit *u); /* DTR can be pulsed */
void port_write(struct unit *u); /* pull from the bay, write */
enum port_stop { STOP_WRITTEN, STOP_OFFLINE };
enum port_stop port_stop(struct unit *u, const char *request, const char *who);
void port_stopped(struct unit *u, const char *request, const char *who); /* the holder wrote it */

/* ---- link: run/holder.sock ---- */

/* alone: called once, when no older spooler lives; perhaps before this returns. */
struct link *link_new(struct spooler *sp, void (*alone)(struct spooler *sp));
void link_free(struct link *l);
bool link_is_up(const struct link *l);
void link_open(struct unit *u);
void link_close(struct unit *u);
void link_reset(struct unit *u);
void link_will(struct unit *u);
void link_names(struct unit *u, bool on); /* how stops may call it */
void link_lease(struct spooler *sp);

/* ---- sched ---- */

void sched_start(struct spooler *sp); /* units of the last run, tick */
void sched_db_up(void *ctx, bool up);
void sched_notify(void *ctx, const char *topic, const char *rest);
void sched_scan_attempts(struct spooler *sp, struct unit *u); /* u NULL: all */
void sched_next(struct unit *u); /* automatic start, when it is allowed */
void sched_stop(struct spooler *sp);
bool sched_gap(struct spooler *sp); /* true: time went by without us; do not act on it yet */

/* ---- commands: printer_commands rows ---- */

void commands_scan(struct unit *u);
void commands_scan_all(struct spooler *sp);
void commands_lost(struct unit *u); /* when the journal's events are all told, and once later */

/* ---- report, telemetry, saver, control ---- */

void report_kick(struct unit *u);
struct telemetry *telemetry_new(struct spooler *sp);
void telemetry_free(struct telemetry *t);
void telemetry_all(struct spooler *sp); /* write every row again */
void figures_add(struct spooler *sp);   /* to /metrics (figures.c) */
struct saver *saver_new(struct spooler *sp);
void saver_stop(struct saver *s);
void saver_free(struct saver *s); /* after the loop: a copy under way has ended */
struct control *control_new(struct spooler *sp); /* when the ports are ours */
void control_free(struct control *c);

#endif
