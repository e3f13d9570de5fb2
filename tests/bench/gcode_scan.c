/* SPDX-License-Identifier: Apache-2.0 */
/* gcode_scan - speed and memory of the analysis beside a plain search for line ends (design.md §9).
 *
 *   gcode_scan FILE       (gcode-gen --lines 3500000 > FILE)
 *
 * Both read the same file from the page cache with read(2), one after the other, and are measured
 * in CPU time, best of three. Budget: 300 MB/s, a twelfth of the search, constant memory. Exit 1
 * when it is missed. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "gcode/analysis.h"
#include "gcode/estimate.h"

#define READ_SIZE (256u << 10)
#define ROUNDS    3

static char room[READ_SIZE];

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* Calls piece() with all of the file; returns bytes per CPU second. */
static double speed(const char *path, void (*piece)(void *ctx, size_t size), void *ctx)
{
	int fd = open(path, O_RDONLY);
	double began = cpu(), bytes = 0;
	ssize_t n;

	if (fd < 0) {
		perror(path);
		exit(2);
	}
	while ((n = read(fd, room, sizeof(room))) > 0) {
		piece(ctx, (size_t)n);
		bytes += (double)n;
	}
	close(fd);
	return bytes / (cpu() - began);
}

static void count_lines(void *ctx, size_t size)
{
	const char *p = room, *end = room + size, *lf;

	while ((lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		++*(uint64_t *)ctx;
		p = lf + 1;
	}
}

static void analyse(void *ctx, size_t size)
{
	analysis_feed(ctx, room, size);
}

int main(int argc, char **argv)
{
	double search = 0, analysis = 0, v;
	uint64_t lines = 0, commands = 0;
	long before, after;
	int i;

	if (argc != 2) {
		fprintf(stderr, "usage: gcode_scan FILE\n");
		return 2;
	}
	for (i = 0; i < ROUNDS; i++)
		search = (v = speed(argv[1], count_lines, &lines)) > search ? v : search;
	before = peak_kb();
	for (i = 0; i < ROUNDS; i++) {
		struct analysis *a = analysis_new(ESTIMATE_DEFAULT);

		analysis = (v = speed(argv[1], analyse, a)) > analysis ? v : analysis;
		analysis_end(a);
		commands = analysis_commands(a);
		analysis_free(a);
	}
	after = peak_kb();
	printf("G-code analysis: %.0f MB/s, budget 300; line search %.0f MB/s, ratio 1/%.1f, budget "
	       "1/12; %ld kB more memory; %llu commands\n", analysis / 1e6, search / 1e6,
	    search / analysis, after - before, (unsigned long long)commands);
	return analysis >= 300e6 && analysis * 12 >= search && after - before < 4096 ? 0 : 1;
}
