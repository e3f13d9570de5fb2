/* SPDX-License-Identifier: Apache-2.0 */
#include "gcode/meta.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "gcode/meta_text.h"
#include "gcode/number.h"

#define KEY_MAX   48
#define CHAINS    128u
#define CHAIN_LEN 7

static const struct meta_key *const tables[] = { meta_cura, meta_prusa, meta_orca, meta_simplify3d,
	meta_ideamaker, meta_kisslicer, meta_slic3r };

static const struct meta_key *chain_head[CHAINS][CHAIN_LEN + 1];
static bool chains_built;

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static unsigned chain_of(const char *key, size_t len)
{
	return ((unsigned)key[0] * 5u + (unsigned)key[len - 1] * 11u + (unsigned)len * 3u) % CHAINS;
}

/* Comments make up a tenth of a file, and nearly all of them are of no interest: the tables are
 * spread over short chains once, so that most comments cost one look. */
static void build_chains(void)
{
	size_t t, i;

	for (t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		const struct meta_key *k;

		for (k = tables[t]; k->key != NULL; k++) {
			const struct meta_key **chain = chain_head[chain_of(k->key, strlen(k->key))];

			for (i = 0; chain[i] != NULL; i++)
				;
			assert(i < CHAIN_LEN);
			chain[i] = k;
		}
	}
	chains_built = true;
}

void meta_init(struct meta *m)
{
	memset(m, 0, sizeof(*m));
	if (!chains_built)
		build_chains();
}

bool meta_has(const struct meta *m, enum meta_field f)
{
	return m->rank[f] != 0;
}

static void set_number(struct meta *m, const struct meta_key *k, double v)
{
	if (!isfinite(v) || (v <= 0 && k->field < META_MIN_X))
		return;
	if (k->rank == m->rank[k->field] && (k->read == READ_ADD || k->read == READ_COUNT))
		v += m->number[k->field];
	else if (k->rank == m->rank[k->field] && (k->read == READ_SECONDS ||
	    k->read == READ_LARGEST))
		v = fmax(v, m->number[k->field]);
	else if (k->rank <= m->rank[k->field])
		return;
	m->number[k->field] = v;
	m->rank[k->field] = (signed char)k->rank;
}

static void set_text(struct meta *m, const struct meta_key *k, const char *p, const char *end)
{
	size_t len;

	if (k->rank <= m->rank[k->field])
		return;
	len = meta_first_text(p, end, m->text[k->field], META_TEXT_SIZE);
	if (len > 0)
		m->rank[k->field] = (signed char)k->rank;
}

static void set_box(struct meta *m, const struct meta_key *k, const char *p, const char *end)
{
	static const enum meta_field order[6] = { META_MIN_X, META_MAX_X, META_MIN_Y, META_MAX_Y,
		META_MIN_Z, META_MAX_Z };
	struct meta_key one = *k;
	const char *q;
	double v;
	int i;

	for (i = 0; i < 6; i++) {
		while (p < end && (*p == ' ' || *p == '\t'))
			p++;
		q = number_plain(p, end, &v);
		if (q == p)
			return;
		one.field = order[i];
		set_number(m, &one, v);
		p = q;
	}
}

static void set_metres(struct meta *m, const struct meta_key *k, const char *p, const char *end)
{
	struct meta_key volume = { k->key, META_VOLUME_MM3, READ_NUMBER, k->rank };
	double mm = 0.0, mm3 = 0.0;

	meta_lengths(p, end, &mm, &mm3);
	set_number(m, k, mm);
	set_number(m, &volume, mm3);
}

static void read_value(struct meta *m, const struct meta_key *k, const char *p, const char *end)
{
	static const char total[] = "total estimated time:";
	double v = 0.0;

	switch (k->read) {
	case READ_TEXT:
		set_text(m, k, p, end);
		return;
	case READ_SUM:
		set_number(m, k, meta_sum(p, end));
		return;
	case READ_METRES:
		set_metres(m, k, p, end);
		return;
	case READ_BOX:
		set_box(m, k, p, end);
		return;
	case READ_COUNT:
		set_number(m, k, 1.0);
		return;
	case READ_TOTAL:
		if (meta_find(p, end, total) != NULL)
			p = meta_find(p, end, total) + sizeof(total) - 1;
		__attribute__((fallthrough));
	case READ_DURATION:
		if (meta_duration(p, (size_t)(end - p), &v))
			set_number(m, k, v);
		return;
	case READ_NUMBER:
	case READ_ADD:
	case READ_LARGEST:
	case READ_SECONDS:
		/* Cura leaves 6666 and 2.14748e+06 where slicing gave no figure. */
		if (number_wide(p, end, &v) != p && fabs(v) < 1e6 * (k->field < META_MIN_X ? 1e6 : 1) &&
		    !(k->read == READ_SECONDS && v == 6666))
			set_number(m, k, v);
		return;
	}
}

/* Copies the key in lower case; `#12` becomes `#1`. Returns its length, 0: no key of ours. */
static size_t fold(const char *p, const char *end, char key[KEY_MAX])
{
	size_t n = 0;

	while (p < end) {
		if (n == KEY_MAX)
			return 0;
		key[n++] = lower(*p++);
		if (key[n - 1] == '#' && p < end && *p >= '0' && *p <= '9') {
			while (p < end && *p >= '0' && *p <= '9')
				p++;
			if (n == KEY_MAX)
				return 0;
			key[n++] = '1';
		}
	}
	return n;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void meta_comment(struct meta *m, const char *text, size_t len)
{
	const char *p = text, *end = text + len, *sep, *key_end;
	const struct meta_key **chain;
	char key[KEY_MAX];
	size_t n;

	while (p < end && is_blank(*p))
		p++;
	while (end > p && is_blank(end[-1]))
		end--;
	if (m->version[0] == '\0' && meta_slicer(p, end, m))
		return;
	for (sep = p; sep < end && *sep != '=' && *sep != ':' && *sep != ','; sep++)
		if (sep - p > KEY_MAX + 8)
			return;
	if (sep == end || sep == p)
		return;
	for (key_end = sep; key_end > p && is_blank(key_end[-1]); key_end--)
		;
	n = fold(p, key_end, key);
	if (n == 0)
		return;
	for (p = sep + 1; p < end && is_blank(*p); p++)
		;
	for (chain = chain_head[chain_of(key, n)]; *chain != NULL; chain++)
		if (strlen((*chain)->key) == n && memcmp((*chain)->key, key, n) == 0)
			read_value(m, *chain, p, end);
}
