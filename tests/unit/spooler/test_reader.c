/* SPDX-License-Identifier: Apache-2.0 */
/* A job's file on a real disk: what was analysed is what is printed, or nothing is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gcode/index.h"
#include "spooler/reader.h"
#include "spooler/spool_file.h"

#define ATTEMPT "33333333-3333-4333-8333-333333333333"

enum { SIZE = 5 * INDEX_BLOCK_SIZE + 1234 };

struct world {
	char dir[64], file[128], idx[140], spool[128], hash[SHA256_HEX_SIZE];
	struct loop *loop;
	struct reader *reader;
	struct loop_timer *guard;
	int readies, mores;
	struct err err;
	bool failed;
};

static uint8_t content(size_t i)
{
	return (uint8_t)(i % 61 == 60 ? '\n' : 'A' + (i / 7 + i / 65536) % 26);
}

static void save(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

static void make_files(struct world *w)
{
	static uint8_t bytes[SIZE];
	struct index_block blocks[6];
	struct index ix = { .file_size = SIZE, .commands = 0, .blocks_len = 6, .blocks = blocks };
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = content(i);
	for (size_t b = 0; b < 6; b++) {
		size_t size = b < 5 ? INDEX_BLOCK_SIZE : SIZE - 5 * INDEX_BLOCK_SIZE;

		sha256(bytes + b * INDEX_BLOCK_SIZE, size, blocks[b].sha256);
		blocks[b].commands = 0;
	}
	index_print(&ix, &out);
	save(w->file, bytes, SIZE);
	save(w->idx, out.bytes, out.size);
	sha256_hex(out.bytes, out.size, w->hash);
	buf_fini(&out);
}

static void on_guard(void *ctx)
{
	(void)ctx;
	fail_msg("nothing happened for 20 s");
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof *w);
	snprintf(w->dir, sizeof w->dir, "/tmp/reader-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->file, sizeof w->file, "%s/1.gcode", w->dir);
	snprintf(w->idx, sizeof w->idx, "%s.idx", w->file);
	snprintf(w->spool, sizeof w->spool, "%s/spool", w->dir);
	make_files(w);
	w->loop = loop_new();
	w->guard = loop_timer_new(w->loop, on_guard, w);
	loop_timer_at(w->guard, clock_mono() + 20 * USEC_PER_SEC);
}

static void finish(struct world *w)
{
	char path[256];

	reader_free(w->reader, true);
	loop_timer_free(w->guard);
	loop_free(w->loop);
	snprintf(path, sizeof path, "%s/%s", w->spool, ATTEMPT);
	assert_int_not_equal(access(path, F_OK), 0); /* removed with the reader */
	unlink(w->file);
	unlink(w->idx);
	rmdir(w->spool);
	assert_int_equal(rmdir(w->dir), 0);
}

static void on_ready(void *ctx, const struct err *e)
{
	struct world *w = ctx;

	w->readies++;
	w->failed = e != NULL;
	if (e != NULL)
		w->err = *e;
	loop_stop(w->loop);
}

static void on_more(void *ctx)
{
	struct world *w = ctx;

	w->mores++;
	loop_stop(w->loop);
}

static void open_it(struct world *w, bool adopt)
{
	struct reader_conf conf = { .spool_dir = w->spool, .attempt_id = ATTEMPT,
		.file = adopt ? NULL : w->file, .idx_sha256 = w->hash, .ctx = w, .ready = on_ready,
		.more = on_more };

	w->reader = reader_new(w->loop, &conf);
	w->readies = 0;
	while (w->readies == 0)
		loop_run(w->loop);
	assert_int_equal(w->readies, 1);
}

static enum source_state peek(struct world *w, uint64_t at, const uint8_t **bytes, size_t *size)
{
	struct source *s = reader_source(w->reader);
	enum source_state st;
	int mores = w->mores;

	while ((st = s->peek(s, at, bytes, size)) == SOURCE_WAIT)
		for (; w->mores == mores; )
			loop_run(w->loop);
	return st;
}

static void read_range(struct world *w, uint64_t at, uint64_t end)
{
	while (at < end) {
		const uint8_t *bytes;
		size_t size;

		assert_int_equal(peek(w, at, &bytes, &size), SOURCE_READY);
		assert_true(size > 0);
		for (size_t i = 0; i < size; i++)
			if (bytes[i] != content((size_t)at + i))
				fail_msg("byte %zu is wrong", (size_t)at + i);
		at += size;
	}
}

static void test_reads_all_and_goes_back(void **state)
{
	struct world w;
	const uint8_t *bytes;
	size_t size;

	(void)state;
	begin(&w);
	open_it(&w, false);
	assert_false(w.failed);
	assert_int_equal(reader_size(w.reader), SIZE);
	read_range(&w, 0, SIZE);
	assert_int_equal(peek(&w, SIZE, &bytes, &size), SOURCE_END);
	read_range(&w, 17, 3 * INDEX_BLOCK_SIZE); /* a resend of long ago */
	read_range(&w, 4 * INDEX_BLOCK_SIZE + 5, SIZE);
	finish(&w);
}

static void test_deleting_or_replacing_changes_nothing(void **state)
{
	struct world w;
	char other[160];

	(void)state;
	begin(&w);
	open_it(&w, false);
	snprintf(other, sizeof other, "%s/other", w.dir);
	save(other, "other", 5);
	assert_int_equal(rename(other, w.file), 0);
	unlink(w.idx);
	read_range(&w, 0, SIZE);
	finish(&w);
}

static void test_adopted_without_the_upload(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	open_it(&w, false);
	read_range(&w, 0, 1000);
	reader_free(w.reader, false); /* the spooler dies */
	unlink(w.file);
	unlink(w.idx);
	open_it(&w, true);
	assert_false(w.failed);
	read_range(&w, 500, SIZE);
	finish(&w);
}

static void overwrite(struct world *w, off_t at, const char *text)
{
	int fd = open(w->file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), at), (ssize_t)strlen(text));
	close(fd);
}

static void test_changed_block_is_never_given_out(void **state)
{
	struct world w;
	const uint8_t *bytes;
	size_t size;

	(void)state;
	begin(&w);
	open_it(&w, false);
	overwrite(&w, 3 * INDEX_BLOCK_SIZE + 100, "G1 X999");
	read_range(&w, 0, 3 * INDEX_BLOCK_SIZE);
	assert_int_equal(peek(&w, 3 * INDEX_BLOCK_SIZE, &bytes, &size), SOURCE_CHANGED);
	assert_int_equal(peek(&w, 3 * INDEX_BLOCK_SIZE + 200, &bytes, &size), SOURCE_CHANGED);
	finish(&w);
}

static void test_truncated_while_printing(void **state)
{
	struct world w;
	const uint8_t *bytes;
	size_t size;

	(void)state;
	begin(&w);
	open_it(&w, false);
	read_range(&w, 0, 100);
	assert_int_equal(truncate(w.file, 4 * INDEX_BLOCK_SIZE + 7), 0);
	read_range(&w, 100, 4 * INDEX_BLOCK_SIZE);
	assert_int_equal(peek(&w, 4 * INDEX_BLOCK_SIZE, &bytes, &size), SOURCE_CHANGED);
	finish(&w);
}

static void refuses(struct world *w)
{
	open_it(w, false);
	assert_true(w->failed);
	assert_true(w->err.message[0] != '\0');
	finish(w);
}

static void test_refuses_what_does_not_fit_the_analysis(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(truncate(w.file, SIZE - 1), 0);
	refuses(&w);
	begin(&w);
	w.hash[0] = w.hash[0] == 'a' ? 'b' : 'a';
	refuses(&w);
	begin(&w);
	assert_int_equal(truncate(w.idx, 50), 0);
	refuses(&w);
	begin(&w);
	unlink(w.idx);
	refuses(&w);
	begin(&w);
	unlink(w.file);
	refuses(&w);
}

static void test_freed_while_it_works(void **state)
{
	struct world w;
	const uint8_t *bytes;
	size_t size;
	struct source *s;

	(void)state;
	begin(&w);
	open_it(&w, false);
	s = reader_source(w.reader);
	assert_int_equal(s->peek(s, 0, &bytes, &size), SOURCE_WAIT);
	finish(&w); /* a pool thread is reading */
}

static void test_sweep_spares_the_new_and_the_kept(void **state)
{
	static const char names[2][UUID_SIZE] = { ATTEMPT, "44444444-4444-4444-8444-444444444444" };
	struct world w;
	char path[256];

	(void)state;
	begin(&w);
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", w.dir, names[i]);
		save(path, "x", 1);
	}
	spool_file_sweep(w.dir, names, 1, 600);
	assert_int_equal(access(path, F_OK), 0); /* nobody's, but new */
	spool_file_sweep(w.dir, names, 1, 0);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(access(w.file, F_OK), 0); /* no attempt's file at all */
	snprintf(path, sizeof path, "%s/%s", w.dir, names[0]);
	assert_int_equal(unlink(path), 0);
	finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_all_and_goes_back),
		cmocka_unit_test(test_deleting_or_replacing_changes_nothing),
		cmocka_unit_test(test_adopted_without_the_upload),
		cmocka_unit_test(test_changed_block_is_never_given_out),
		cmocka_unit_test(test_truncated_while_printing),
		cmocka_unit_test(test_refuses_what_does_not_fit_the_analysis),
		cmocka_unit_test(test_freed_while_it_works),
		cmocka_unit_test(test_sweep_spares_the_new_and_the_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
