/* SPDX-License-Identifier: Apache-2.0 */
#include "spooler/script.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gcode/line.h"

#define FEED_AT_BEGIN 1500.0 /* mm/min, Marlin's own */

struct text {
	char *out;
	size_t len;
};

static void add(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* One step; a step that does not fit whole is left out. */
static void add(struct text *t, const char *fmt, ...)
{
	char line[160];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	if (n <= 0 || (size_t)n >= sizeof line || t->len + (size_t)n + 2 > SCRIPT_MAX)
		return;
	memcpy(t->out + t->len, line, (size_t)n);
	t->len += (size_t)n;
	t->out[t->len++] = '\n';
	t->out[t->len] = '\0';
}

static struct text begin(char *out)
{
	out[0] = '\0';
	return (struct text){ out, 0 };
}

/* A number as G-code takes it: no exponent, no useless zeros. */
static const char *num(double v, char out[32])
{
	size_t n;

	snprintf(out, 32, "%.5f", fabs(v) < 0.000005 ? 0.0 : v);
	for (n = strlen(out); out[n - 1] == '0'; n--)
		out[n - 1] = '\0';
	if (out[n - 1] == '.')
		out[n - 1] = '\0';
	return out;
}

struct figures {
	double x, y, z, retract, hotend, bed;
};

static double figure(const struct figures *f, const char *name, size_t len, bool *known)
{
	const struct {
		const char *name;
		double value;
	} all[] = { { "x", f->x }, { "y", f->y }, { "z", f->z }, { "retract", f->retract },
		{ "hotend", f->hotend }, { "bed", f->bed } };

	*known = true;
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strlen(all[i].name) == len && memcmp(all[i].name, name, len) == 0)
			return all[i].value;
	*known = false;
	return 0;
}

/* Plain substitution of {name}; an unknown name leaves its line out (reliability.md S-101). */
static bool substitute(const char *line, size_t len, const struct figures *f, char out[160])
{
	size_t n = 0;
	char digits[32];

	for (size_t i = 0; i < len && n < 100; i++) {
		const char *close = line[i] == '{' ? memchr(line + i, '}', len - i) : NULL;
		bool known;

		if (!close) {
			out[n++] = line[i];
			continue;
		}
		num(figure(f, line + i + 1, (size_t)(close - line) - i - 1, &known), digits);
		if (!known)
			return false;
		memcpy(out + n, digits, strlen(digits));
		n += strlen(digits);
		i = (size_t)(close - line);
	}
	out[n] = '\0';
	return true;
}

/* A person's script: stripped like a file, no `@` words, nothing a job may not send. */
static void add_custom(struct text *t, const char *script, const struct figures *f)
{
	char filled[160], cmd[128];

	for (const char *p = script; p && *p;) {
		size_t len = strcspn(p, "\n"), n;

		if (substitute(p, len, f, filled)) {
			n = gcode_strip(filled, strlen(filled), cmd, sizeof cmd);
			if (n && n <= GCODE_COMMAND_MAX && cmd[0] != '@' && !gcode_dropped(cmd, n) &&
			    !strstr(cmd, "M110") && strcmp(cmd, "M112") != 0)
				add(t, "%s", cmd);
		}
		p += len + (p[len] == '\n');
	}
}

void script_start(char out[SCRIPT_MAX], const struct bay_conf *c, const struct script_job *job)
{
	struct text t = begin(out);
	const struct figures f = { .hotend = job->hotend, .bed = job->bed };
	char n[32];

	if (c->dead_man_sec > 0)
		add(&t, "M85 S%d", c->dead_man_sec);
	if (c->stepper_timeout_sec > 0)
		add(&t, "M18 S0");
	add_custom(&t, c->script_start, &f);
	if (job->heat_bed && job->bed > 0)
		add(&t, "M140 S%s", num(job->bed, n));
	if (job->heat_hotend && job->hotend > 0)
		add(&t, "M104 S%s", num(job->hotend, n));
	if (job->heat_bed && job->bed > 0)
		add(&t, "M190 S%s", num(job->bed, n));
	if (job->heat_hotend && job->hotend > 0)
		add(&t, "M109 S%s", num(job->hotend, n));
	if (job->home)
		add(&t, "G28");
}

void script_halt(char out[SCRIPT_MAX], bool inches)
{
	struct text t = begin(out);

	add(&t, "M400");
	if (inches)
		add(&t, "G21");
	add(&t, "@settle");
	add(&t, "M105"); /* hot enough to retract? the last report may be seconds old */
	add(&t, "@where");
}

static double lift_of(const struct bay_conf *c, double z)
{
	double lift = c->pause_lift > 0 ? c->pause_lift : 0;

	if (c->volume_z > 0 && z + lift > c->volume_z)
		lift = c->volume_z - z;
	return lift > 0 ? lift : 0;
}

void script_park(char out[SCRIPT_MAX], const struct bay_conf *c, struct script_pause *p, bool hot)
{
	struct text t = begin(out);
	const double *at = p->found.at;
	const struct figures f = { at[0], at[1], at[2], c->pause_retract,
		p->found.hotend[p->found.tool % TRACK_TOOLS], p->found.bed };
	char n[32], m[32];

	p->retracted = p->lift = 0;
	p->parked = false;
	if (c->script_pause) {
		add_custom(&t, c->script_pause, &f);
	} else {
		p->retracted = hot ? c->pause_retract : 0;
		p->lift = p->found.homed ? lift_of(c, at[2]) : 0;
		if (p->retracted > 0) {
			add(&t, "M83");
			add(&t, "G1 E-%s F1800", num(p->retracted, n));
		}
		add(&t, "G91");
		if (p->lift > 0)
			add(&t, "G1 Z%s F300", num(p->lift, n));
		add(&t, "G90");
		if (p->found.homed) {
			add(&t, "G1 X%s Y%s F3000", num(c->park_x, n), num(c->park_y, m));
			p->parked = true;
		}
		if (c->pause_bed >= 0 && p->found.bed > c->pause_bed)
			add(&t, "M140 S%s", num(c->pause_bed, n));
	}
	if (c->dead_man_sec > 0)
		add(&t, "M85 S0");
	add(&t, "@paused");
}

/* Targets as they were, then wait: what is already hot costs nothing. */
static void add_heat(struct text *t, const struct track *tr)
{
	char n[32];

	add(t, "M140 S%s", num(tr->bed, n));
	add(t, "M104 S%s", num(tr->hotend[tr->tool % TRACK_TOOLS], n));
	for (unsigned i = 0; i < TRACK_TOOLS; i++)
		if (i != tr->tool && tr->hotend[i] > 0)
			add(t, "M104 T%u S%s", i, num(tr->hotend[i], n));
	if (tr->chamber_used)
		add(t, "M141 S%s", num(tr->chamber, n));
	add(t, "@heat");
}

static void add_modes(struct text *t, const struct track *tr)
{
	char n[32];

	add(t, "G92 E%s", num(tr->at[TRACK_E], n));
	/* Never given: what a board begins with, not what the sequence moved with. */
	add(t, "G1 F%s", num(tr->feed > 0 ? tr->feed : FEED_AT_BEGIN, n));
	if (tr->inches)
		add(t, "G20");
	add(t, tr->relative ? "G91" : "G90");
	add(t, tr->e_relative ? "M83" : "M82");
}

static void add_fan(struct text *t, const struct track *tr)
{
	if (tr->fan)
		add(t, "M106 S%u", tr->fan);
	else
		add(t, "M107");
}

void script_resume(char out[SCRIPT_MAX], const struct bay_conf *c, const struct script_pause *p)
{
	struct text t = begin(out);
	const struct track *tr = &p->found;
	const struct figures f = { tr->at[0], tr->at[1], tr->at[2], p->retracted,
		tr->hotend[tr->tool % TRACK_TOOLS], tr->bed };
	char n[32], m[32];

	if (c->dead_man_sec > 0)
		add(&t, "M85 S%d", c->dead_man_sec);
	add_heat(&t, tr);
	if (tr->inches)
		add(&t, "G21");
	if (p->filament && c->resume_prime > 0) {
		add(&t, "M83");
		add(&t, "G1 E%s F300", num(c->resume_prime, n));
	}
	add(&t, "G90");
	if (c->script_resume) {
		add_custom(&t, c->script_resume, &f);
	} else if (!p->firmware) {
		if (tr->homed)
			add(&t, "G1 X%s Y%s F3000", num(tr->at[0], n), num(tr->at[1], m));
		if (tr->homed)
			add(&t, "G1 Z%s F300", num(tr->at[2], n));
	}
	if (c->script_pause) /* only a person's script may have changed it */
		add(&t, "T%u", tr->tool);
	if (p->retracted > 0) {
		add(&t, "M83");
		add(&t, "G1 E%s F1800", num(p->retracted, n));
	}
	add_fan(&t, tr);
	if (tr->speed != 100)
		add(&t, "M220 S%d", tr->speed);
	if (tr->flow != 100)
		add(&t, "M221 S%d", tr->flow);
	add_modes(&t, tr);
	add(&t, "@settle");
	add(&t, "@resumed");
}

void script_reheat(char out[SCRIPT_MAX], const struct bay_conf *c, const struct track *tr)
{
	struct text t = begin(out);

	if (c->dead_man_sec > 0)
		add(&t, "M85 S%d", c->dead_man_sec);
	if (c->stepper_timeout_sec > 0)
		add(&t, "M18 S0");
	add_heat(&t, tr);
	add_fan(&t, tr);
	add(&t, "@settle");
	add(&t, "@resumed");
}

static void add_idle(struct text *t, const struct bay_conf *c)
{
	if (c->dead_man_sec > 0)
		add(t, "M85 S0");
	if (c->stepper_timeout_sec > 0)
		add(t, "M18 S%d", c->stepper_timeout_sec);
}

void script_cancel(char out[SCRIPT_MAX], const struct bay_conf *c, const struct track *tr)
{
	struct text t = begin(out);
	const struct figures f = { tr->at[0], tr->at[1], tr->at[2], 0, 0, 0 };
	double lift = lift_of(c, tr->known & 1u << TRACK_Z ? tr->at[TRACK_Z] : 0);
	char n[32], m[32];

	add(&t, "M104 S0");
	for (unsigned i = 0; i < TRACK_TOOLS; i++)
		if (i != tr->tool && tr->hotend[i] > 0)
			add(&t, "M104 T%u S0", i);
	add(&t, "M140 S0");
	if (tr->chamber_used)
		add(&t, "M141 S0");
	add(&t, "M107");
	add(&t, "@cancelled");
	if (tr->inches)
		add(&t, "G21");
	if (c->script_cancel) {
		add_custom(&t, c->script_cancel, &f);
	} else if (tr->homed) {
		add(&t, "G91");
		if (lift > 0)
			add(&t, "G1 Z%s F300", num(lift, n));
		add(&t, "G90");
		add(&t, "G1 X%s Y%s F3000", num(c->park_x, n), num(c->park_y, m));
	}
	if (c->cancel_disable_steppers)
		add(&t, "M84");
	add(&t, "G90");
	add(&t, "M82");
	add_idle(&t, c);
}

void script_finish(char out[SCRIPT_MAX], const struct bay_conf *c)
{
	struct text t = begin(out);
	const struct figures f = { 0 };

	add_custom(&t, c->script_end, &f);
	add(&t, "M400");
	add(&t, "@settle");
	add_idle(&t, c);
	add(&t, "@completed");
}

void script_hold(char out[SCRIPT_MAX], const struct bay_conf *c)
{
	struct text t = begin(out);

	if (c->dead_man_sec > 0)
		add(&t, "M85 S0");
}

void script_release(char out[SCRIPT_MAX], const struct bay_conf *c)
{
	struct text t = begin(out);

	if (c->dead_man_sec > 0)
		add(&t, "M85 S%d", c->dead_man_sec);
	add(&t, "@resumed");
}

bool script_step(const char *script, unsigned i, const char **line, size_t *len)
{
	const char *p = script;

	for (; *p; i--) {
		size_t n = strcspn(p, "\n");

		if (!i) {
			*line = p;
			*len = n;
			return true;
		}
		p += n + 1;
	}
	return false;
}
