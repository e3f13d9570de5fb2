/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/printer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STATE_EVERY 1000000

static void executed(void *ctx, int64_t now, int64_t number, const char *command)
{
	struct printer *p = ctx;

	record_executed(&p->record, now, number, command);
}

static void noted(void *ctx, int64_t now, const char *what)
{
	struct printer *p = ctx;

	record_note(&p->record, now, what);
}

/* NULL stays NULL; with --count printers share one option, each with its own ending. */
static const char *own(char out[PATH_MAX], const char *path, bool numbered, unsigned index)
{
	if (!path)
		return NULL;
	if (numbered)
		snprintf(out, PATH_MAX, "%.4000s-%u", path, index);
	else
		snprintf(out, PATH_MAX, "%.4000s", path);
	return out;
}

bool printer_start(struct printer *p, const struct options *o, unsigned index, int inotify)
{
	struct sim_conf conf = o->conf;

	memset(p, 0, sizeof *p);
	p->port.master = p->port.slave = p->port.watch = -1;
	if (o->numbered)
		snprintf(p->name, sizeof p->name, "%.50s-%u", o->name, index);
	else
		snprintf(p->name, sizeof p->name, "%.60s", o->name);
	p->port.link = own(p->link, o->link, o->numbered, index);
	own(p->control, o->control, o->numbered, index);
	if (!record_open(&p->record, own(p->transcript, o->transcript, o->numbered, index),
			 own(p->state, o->state, o->numbered, index)))
		return false;
	conf.seed += index - 1;
	conf.executed = executed;
	conf.noted = noted;
	conf.ctx = p;
	p->faults = conf.faults;
	p->reset = o->reset;
	p->inotify = inotify;
	p->rx.baud = p->tx.baud = o->baud;
	p->state_at = o->state ? 0 : INT64_MAX;
	p->sim = sim_new(&conf);
	return port_plug(&p->port, inotify);
}

void printer_stop(struct printer *p, int64_t now)
{
	if (!p->sim)
		return;
	sim_tick(p->sim, now);
	record_state(&p->record, p->sim);
	port_unplug(&p->port, p->inotify);
	record_close(&p->record);
	sim_free(p->sim);
	p->sim = NULL;
}

void printer_opened(struct printer *p, int64_t now)
{
	struct sim_state st;

	if (p->opens++)
		return;
	/* A host finds no bytes from before its time, as on a serial line. */
	wire_clear(&p->tx);
	port_forget_output(&p->port);
	p->writable = true;
	sim_open(p->sim, now);
	sim_state(p->sim, &st);
	if (p->reset == RESET_ALWAYS || (p->reset == RESET_KILLED && st.killed))
		sim_power_cycle(p->sim, now);
}

void printer_closed(struct printer *p, int64_t now)
{
	if (!p->opens || --p->opens)
		return;
	sim_close(p->sim, now);
	wire_clear(&p->tx);
}

static bool receive(struct printer *p, int64_t now)
{
	size_t room = wire_room(&p->rx), before = room;
	ssize_t n;

	while (p->readable && room) {
		n = read(p->port.master, wire_end(&p->rx), room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			p->readable = false;
			break;
		}
		wire_added(&p->rx, now, (size_t)n);
		room = wire_room(&p->rx);
	}
	return room < before;
}

static bool pass_in(struct printer *p, int64_t now)
{
	size_t due = wire_due(&p->rx, now), taken;

	if (!due)
		return false;
	taken = sim_feed(p->sim, now, p->rx.bytes, due);
	p->stuffed = taken < due;
	wire_drop(&p->rx, taken);
	return taken > 0;
}

static bool pass_out(struct printer *p, int64_t now)
{
	size_t n = sim_pull(p->sim, now, wire_end(&p->tx), wire_room(&p->tx)), due;
	ssize_t sent;

	wire_added(&p->tx, now, n);
	due = wire_due(&p->tx, now);
	while (due && p->writable) {
		sent = write(p->port.master, p->tx.bytes, due);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0) {
			p->writable = false;
			break;
		}
		wire_drop(&p->tx, (size_t)sent);
		due -= (size_t)sent;
	}
	return n > 0;
}

/* Pulls or puts in the cable as the core says. */
static bool plug_changed(struct printer *p)
{
	bool plugged = sim_plugged(p->sim);

	if (plugged == (p->port.master >= 0))
		return false;
	wire_clear(&p->rx);
	wire_clear(&p->tx);
	if (!plugged) {
		port_unplug(&p->port, p->inotify);
		return true;
	}
	p->opens = 0;
	p->readable = p->writable = true;
	if (!port_plug(&p->port, p->inotify))
		exit(1); /* no ptys left: the printer would be gone without a word */
	return true;
}

bool printer_turn(struct printer *p, int64_t now, void (*look)(void *ctx), void *ctx)
{
	bool more = true, changed;

	sim_tick(p->sim, now);
	changed = plug_changed(p);
	while (more && p->port.master >= 0) {
		/* Opens and closes are looked up after reading: what came was sent after them. */
		if (receive(p, now))
			look(ctx);
		more = pass_in(p, now);
		more = pass_out(p, now) || more;
		changed = plug_changed(p) || changed;
	}
	if (now >= p->state_at) {
		record_state(&p->record, p->sim);
		p->state_at = now + STATE_EVERY;
	}
	return changed;
}

int64_t printer_deadline(const struct printer *p)
{
	int64_t at = sim_deadline(p->sim), wire;

	at = p->state_at < at ? p->state_at : at;
	/* Bytes the core refused come again with its own deadline, others when they are due. */
	wire = p->rx.baud && !p->stuffed ? wire_deadline(&p->rx) : INT64_MAX;
	at = wire < at ? wire : at;
	wire = p->tx.baud && p->writable ? wire_deadline(&p->tx) : INT64_MAX;
	return wire < at ? wire : at;
}

static bool set_faults(struct printer *p, const char *text)
{
	struct sim_faults faults = p->faults;
	struct sim_state st;
	char word[80];
	size_t size;

	sim_state(p->sim, &st);
	for (; *text; text += size + strspn(text + size, " ")) {
		size = strcspn(text, " ");
		if (size >= sizeof word)
			return false;
		memcpy(word, text, size);
		word[size] = '\0';
		if (!options_fault(&faults, word, st.last_line))
			return false;
	}
	p->faults = faults;
	sim_set_faults(p->sim, &faults);
	return true;
}

static bool known_button(const char *name)
{
	static const char *const buttons[] = { "pause", "resume", "cancel", "runout", "continue" };

	for (size_t i = 0; i < sizeof buttons / sizeof *buttons; i++)
		if (strcmp(name, buttons[i]) == 0)
			return true;
	return false;
}

size_t printer_command(struct printer *p, int64_t now, const char *text, char out[STATE_SIZE])
{
	bool good = true;

	sim_tick(p->sim, now);
	if (strcmp(text, "state") == 0)
		return record_state_json(p->sim, out);
	if (strncmp(text, "press ", 6) == 0 && known_button(text + 6))
		sim_press(p->sim, now, text + 6);
	else if (strncmp(text, "fault ", 6) == 0)
		good = set_faults(p, text + 6);
	else if (strcmp(text, "reset") == 0)
		sim_power_cycle(p->sim, now);
	else if (strncmp(text, "unplug ", 7) == 0 && strtol(text + 7, NULL, 10) > 0)
		sim_unplug(p->sim, now, strtol(text + 7, NULL, 10) * 1000);
	else
		good = false;
	return (size_t)snprintf(out, STATE_SIZE, good ? "ok" : "error: not understood");
}
