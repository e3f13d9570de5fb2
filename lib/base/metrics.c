/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mapping: series and their values are handed out in order, so that only touched pages cost
 * memory; a hash index finds them. Entries are only ever added. A process that dies while adding
 * leaves at most an entry nobody points to, and the kernel releases its lock. */
#define LAYOUT       0x706d3031u /* "pm01" */
#define MAX_FAMILIES 96
#define MAX_SERIES   3000
#define MAX_INDEX    8192 /* a power of two, well above MAX_SERIES */
#define MAX_VALUES   32768
#define LABELS_SIZE  136

struct family {
	char name[64], help[120];
	uint32_t type, buckets;
	double bound[METRIC_MAX_BUCKETS];
};

struct series {
	uint32_t family, first; /* first of its values */
	char labels[LABELS_SIZE];
};

struct table {
	uint32_t layout, size;
	_Atomic uint32_t families, series, values;
	_Atomic uint64_t dropped;
	struct family family[MAX_FAMILIES];
	_Atomic uint32_t index[MAX_INDEX]; /* series number + 1 */
	struct series one[MAX_SERIES];
	_Atomic uint64_t value[MAX_VALUES]; /* bits of a double; counts of buckets as integers */
};

static struct table *table;
static int lock_fd = -1;
static pthread_mutex_t threads = PTHREAD_MUTEX_INITIALIZER;

/* Locks of a process, not of a descriptor: workers inherit the descriptor. Threads of one process
 * are kept apart by the mutex. */
static bool lock(int fd, short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };
	int rc;

	do
		rc = fcntl(fd, F_SETLKW, &fl);
	while (rc != 0 && errno == EINTR);
	return rc == 0;
}

/* Under the lock. A table of another layout belonged to another version: start again. */
static enum errc prepare(int fd, struct err *e)
{
	struct { uint32_t layout, size; } head = { 0, 0 };
	struct stat st;
	int rc;

	if (fstat(fd, &st) != 0)
		return err_errno(e, "metrics: fstat");
	if (st.st_size == (off_t)sizeof(struct table) &&
	    pread(fd, &head, sizeof head, 0) == (ssize_t)sizeof head && head.layout == LAYOUT &&
	    head.size == sizeof(struct table))
		return E_OK;
	if (ftruncate(fd, 0) != 0 || ftruncate(fd, (off_t)sizeof(struct table)) != 0)
		return err_errno(e, "metrics: ftruncate");
	/* Space is taken now: later a full disk would be a signal, not an error. */
	rc = posix_fallocate(fd, 0, (off_t)sizeof(struct table));
	if (rc != 0) {
		errno = rc;
		return err_errno(e, "metrics: fallocate");
	}
	head.layout = LAYOUT;
	head.size = sizeof(struct table);
	if (pwrite(fd, &head, sizeof head, 0) != (ssize_t)sizeof head)
		return err_errno(e, "metrics: write");
	return E_OK;
}

enum errc metrics_open(const char *path, struct err *e)
{
	enum errc rc;
	void *map;
	int fd;

	metrics_close();
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return err_errno(e, path);
	if (!lock(fd, F_WRLCK)) {
		rc = err_errno(e, "metrics: lock");
		close(fd);
		return rc;
	}
	rc = prepare(fd, e);
	lock(fd, F_UNLCK);
	map = rc != E_OK ? MAP_FAILED :
	    mmap(NULL, sizeof(struct table), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		if (rc == E_OK)
			rc = err_errno(e, "metrics: mmap");
		close(fd);
		return rc;
	}
	table = map;
	lock_fd = fd;
	return E_OK;
}

void metrics_close(void)
{
	if (table == NULL)
		return;
	munmap(table, sizeof *table);
	close(lock_fd);
	table = NULL;
	lock_fd = -1;
}

static uint32_t hash(const char *name, const char *labels)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	h = (h ^ '{') * 16777619u;
	for (; *labels != '\0'; labels++)
		h = (h ^ (unsigned char)*labels) * 16777619u;
	return h & (MAX_INDEX - 1);
}

/* The series, or NULL with *slot at the free place of the index. */
static struct series *find(const char *name, const char *labels, uint32_t *slot)
{
	uint32_t i = hash(name, labels);

	for (;;) {
		uint32_t n = atomic_load_explicit(&table->index[i], memory_order_acquire);
		struct series *s;

		*slot = i;
		if (n == 0)
			return NULL;
		s = &table->one[n - 1];
		if (strcmp(s->labels, labels) == 0 &&
		    strcmp(table->family[s->family].name, name) == 0)
			return s;
		i = (i + 1) & (MAX_INDEX - 1);
	}
}

static uint32_t bucket_count(const struct metric *m)
{
	uint32_t n = 0;

	if (m->type == METRIC_HISTOGRAM)
		while (n < METRIC_MAX_BUCKETS && m->buckets[n] > 0)
			n++;
	return n;
}

/* Under the lock. MAX_FAMILIES when there is no room. */
static uint32_t family_of(const struct metric *m)
{
	uint32_t n = atomic_load(&table->families);
	struct family *f;

	for (uint32_t i = 0; i < n; i++)
		if (strcmp(table->family[i].name, m->name) == 0)
			return i;
	if (n == MAX_FAMILIES || strlen(m->name) >= sizeof f->name)
		return MAX_FAMILIES;
	f = &table->family[n];
	memset(f, 0, sizeof *f);
	snprintf(f->name, sizeof f->name, "%s", m->name);
	snprintf(f->help, sizeof f->help, "%s", m->help);
	f->type = m->type;
	f->buckets = bucket_count(m);
	for (uint32_t i = 0; i < f->buckets; i++)
		f->bound[i] = m->buckets[i];
	atomic_store(&table->families, n + 1);
	return n;
}

/* Under the lock. Counters of what was handed out move first: dying half way wastes an entry. */
static struct series *add_series(const struct metric *m, const char *labels, uint32_t slot)
{
	uint32_t family = family_of(m), n = atomic_load(&table->series);
	uint32_t first = atomic_load(&table->values);
	uint32_t need = m->type == METRIC_HISTOGRAM ? bucket_count(m) + 2 : 1;
	struct series *s;

	if (family == MAX_FAMILIES || n == MAX_SERIES || first + need > MAX_VALUES ||
	    strlen(labels) >= LABELS_SIZE)
		return NULL;
	atomic_store(&table->series, n + 1);
	atomic_store(&table->values, first + need);
	s = &table->one[n];
	s->family = family;
	s->first = first;
	snprintf(s->labels, sizeof s->labels, "%s", labels);
	atomic_store_explicit(&table->index[slot], n + 1, memory_order_release);
	return s;
}

static struct series *series_of(const struct metric *m, const char *labels)
{
	struct series *s;
	uint32_t slot;

	if (table == NULL)
		return NULL;
	if (labels == NULL)
		labels = "";
	s = find(m->name, labels, &slot);
	if (s != NULL)
		return s;
	pthread_mutex_lock(&threads);
	if (lock(lock_fd, F_WRLCK)) {
		s = find(m->name, labels, &slot); /* somebody may have been first */
		if (s == NULL)
			s = add_series(m, labels, slot);
		lock(lock_fd, F_UNLCK);
	}
	pthread_mutex_unlock(&threads);
	if (s == NULL)
		atomic_fetch_add(&table->dropped, 1);
	return s;
}

static double real_of(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	return bits;
}

static void add_real(_Atomic uint64_t *at, double by)
{
	uint64_t old = atomic_load_explicit(at, memory_order_relaxed);

	while (!atomic_compare_exchange_weak(at, &old, bits_of(real_of(old) + by)))
		continue;
}

void metrics_add(const struct metric *m, const char *labels, double by)
{
	struct series *s = series_of(m, labels);

	if (s != NULL && m->type != METRIC_HISTOGRAM)
		add_real(&table->value[s->first], by);
}

void metrics_set(const struct metric *m, const char *labels, double value)
{
	struct series *s = series_of(m, labels);

	if (s != NULL && m->type == METRIC_GAUGE)
		atomic_store(&table->value[s->first], bits_of(value));
}

/* Values of a histogram: sum, one count for each bucket, one for what is above all. */
void metrics_observe(const struct metric *m, const char *labels, double value)
{
	struct series *s = series_of(m, labels);
	const struct family *f;
	uint32_t i = 0;

	if (s == NULL || m->type != METRIC_HISTOGRAM)
		return;
	f = &table->family[s->family];
	while (i < f->buckets && value > f->bound[i])
		i++;
	add_real(&table->value[s->first], value);
	atomic_fetch_add_explicit(&table->value[s->first + 1 + i], 1, memory_order_relaxed);
}

static void escape(struct buf *out, const char *text, bool quotes)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			buf_text(out, "\\n");
			continue;
		}
		if (*text == '\\' || (quotes && *text == '"'))
			buf_char(out, '\\');
		buf_char(out, *text);
	}
}

void metrics_label(struct buf *out, const char *name, const char *value)
{
	if (out->size > 0)
		buf_char(out, ',');
	buf_printf(out, "%s=\"", name);
	escape(out, value, true);
	buf_char(out, '"');
}

static void number(struct buf *out, double value)
{
	if (isnan(value))
		buf_text(out, "NaN\n");
	else if (isinf(value))
		buf_text(out, value > 0 ? "+Inf\n" : "-Inf\n");
	else
		buf_printf(out, "%.15g\n", value);
}

static void sample(struct buf *out, const struct family *f, const char *suffix, const char *labels)
{
	buf_printf(out, "%s%s", f->name, suffix);
	if (*labels != '\0')
		buf_printf(out, "{%s}", labels);
	buf_char(out, ' ');
}

static void print_histogram(struct buf *out, const struct family *f, const struct series *s)
{
	const char *comma = s->labels[0] == '\0' ? "" : ",";
	uint64_t count = 0;

	for (uint32_t i = 0; i <= f->buckets; i++) {
		count += atomic_load(&table->value[s->first + 1 + i]);
		buf_printf(out, "%s_bucket{%s%sle=\"", f->name, s->labels, comma);
		if (i < f->buckets)
			buf_printf(out, "%.15g", f->bound[i]);
		else
			buf_text(out, "+Inf");
		buf_printf(out, "\"} %" PRIu64 "\n", count);
	}
	sample(out, f, "_sum", s->labels);
	number(out, real_of(atomic_load(&table->value[s->first])));
	sample(out, f, "_count", s->labels);
	buf_printf(out, "%" PRIu64 "\n", count);
}

static void print_family(struct buf *out, uint32_t family, const bool *known, uint32_t len)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };
	const struct family *f = &table->family[family];

	buf_printf(out, "# HELP %s ", f->name);
	escape(out, f->help, false);
	buf_printf(out, "\n# TYPE %s %s\n", f->name, types[f->type % 3]);
	for (uint32_t i = 0; i < len; i++) {
		const struct series *s = &table->one[i];

		if (!known[i] || s->family != family)
			continue;
		if (f->type == METRIC_HISTOGRAM) {
			print_histogram(out, f, s);
			continue;
		}
		sample(out, f, "", s->labels);
		number(out, real_of(atomic_load(&table->value[s->first])));
	}
}

void metrics_print(struct buf *out)
{
	uint32_t len, families;
	bool *known;

	if (table == NULL)
		return;
	known = calloc(MAX_SERIES, sizeof *known);
	if (known == NULL)
		abort();
	/* The index is the truth: a series it does not name was never finished. */
	for (uint32_t i = 0; i < MAX_INDEX; i++) {
		uint32_t n = atomic_load_explicit(&table->index[i], memory_order_acquire);

		if (n != 0)
			known[n - 1] = true;
	}
	len = atomic_load(&table->series);
	families = atomic_load(&table->families);
	for (uint32_t i = 0; i < families; i++)
		print_family(out, i, known, len);
	buf_text(out, "# HELP platen_metrics_dropped_total Samples without room in the table\n"
	    "# TYPE platen_metrics_dropped_total counter\nplaten_metrics_dropped_total ");
	buf_printf(out, "%" PRIu64 "\n", atomic_load(&table->dropped));
	free(known);
}
