/* SPDX-License-Identifier: Apache-2.0 */
#include "holder/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct words {
	const char *at, *end;
	bool ok;
};

static void word(struct words *w, char *out, size_t cap)
{
	const char *stop = memchr(w->at, ' ', (size_t)(w->end - w->at));
	size_t len;

	if (stop == NULL)
		stop = w->end;
	len = (size_t)(stop - w->at);
	w->ok = w->ok && len > 0 && len < cap;
	snprintf(out, cap, "%.*s", (int)len, w->at);
	w->at = stop < w->end ? stop + 1 : stop;
}

static void rest(struct words *w, char *out, size_t cap)
{
	size_t len = (size_t)(w->end - w->at);

	w->ok = w->ok && len > 0 && len < cap;
	snprintf(out, cap, "%.*s", (int)len, w->at);
	w->at = w->end;
}

static long number(struct words *w)
{
	char text[24], *stop;
	long n;

	word(w, text, sizeof text);
	n = strtol(text, &stop, 10);
	w->ok = w->ok && *stop == '\0' && n >= 0;
	return n;
}

static void parse_will(struct words *w, struct wire_msg *m)
{
	const char *lf = memchr(w->at, '\n', (size_t)(w->end - w->at));
	struct words name = { w->at, lf == NULL ? w->end : lf, lf != NULL };

	word(&name, m->port, sizeof m->port);
	m->will_size = lf == NULL ? 0 : (size_t)(w->end - lf - 1);
	w->ok = w->ok && name.ok && m->will_size < sizeof m->will;
	if (w->ok)
		memcpy(m->will, lf + 1, m->will_size);
	w->at = w->end;
}

static enum wire_verb verb_of(const char *text)
{
	static const struct {
		const char *word;
		enum wire_verb verb;
	} verbs[] = {
		{ "hello", WIRE_HELLO }, { "open", WIRE_OPEN }, { "close", WIRE_CLOSE },
		{ "reset", WIRE_RESET }, { "will", WIRE_WILL }, { "give", WIRE_GIVE },
		{ "alias", WIRE_ALIAS }, { "lease", WIRE_LEASE }, { "stop", WIRE_STOP },
	};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(text, verbs[i].word) == 0)
			return verbs[i].verb;
	return WIRE_BAD;
}

bool wire_parse(const char *text, size_t size, struct wire_msg *m)
{
	struct words w = { text, text + size, memchr(text, '\0', size) == NULL };
	char verb[16];

	memset(m, 0, sizeof *m);
	word(&w, verb, sizeof verb);
	m->verb = verb_of(verb);
	switch (m->verb) {
	case WIRE_BAD:
		w.ok = false;
		break;
	case WIRE_HELLO:
	case WIRE_LEASE:
		break;
	case WIRE_WILL:
		parse_will(&w, m);
		break;
	case WIRE_CLOSE:
	case WIRE_RESET:
		word(&w, m->port, sizeof m->port);
		break;
	case WIRE_OPEN:
	case WIRE_GIVE:
		word(&w, m->port, sizeof m->port);
		m->baud = number(&w);
		m->willed = m->verb == WIRE_GIVE && number(&w) != 0;
		rest(&w, m->device, sizeof m->device);
		break;
	case WIRE_ALIAS:
		word(&w, m->alias, sizeof m->alias);
		word(&w, m->port, sizeof m->port);
		break;
	case WIRE_STOP:
		word(&w, m->request, sizeof m->request);
		word(&w, m->port, sizeof m->port);
		word(&w, m->user, sizeof m->user);
		break;
	}
	if (!w.ok || w.at != w.end)
		m->verb = WIRE_BAD;
	return m->verb != WIRE_BAD;
}
