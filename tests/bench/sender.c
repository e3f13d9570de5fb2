/* SPDX-License-Identifier: Apache-2.0 */
/* sender - the reference of the streaming bench: the barest ping-pong sender one can write.
 *
 *   sender PTY LINES           sends LINES numbered, checksummed moves, each after the ok of the
 *                              one before; prints "lines/s cpu_sec worst_gap_ms p999_ms gaps>10ms"
 *
 * No journal, no recovery, no other printer: what is left is the wire and the kernel. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double cpu(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	    (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static int numbered(char *out, size_t size, long n, const char *command)
{
	unsigned char sum = 0;
	int len = snprintf(out, size, "N%ld %s", n, command);

	for (int i = 0; i < len; i++)
		sum ^= (unsigned char)out[i];
	return len + snprintf(out + len, size - (size_t)len, "*%u\n", sum);
}

/* Reads until a line that begins with "ok" is complete. */
static bool await_ok(int fd)
{
	static char in[4096];
	static size_t have;

	for (;;) {
		char *end;

		while ((end = memchr(in, '\n', have)) != NULL) {
			bool ok = have >= 2 && in[0] == 'o' && in[1] == 'k';

			have -= (size_t)(end + 1 - in);
			memmove(in, end + 1, have);
			if (ok)
				return true;
		}
		ssize_t n = read(fd, in + have, sizeof in - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	long lines = argc > 2 ? strtol(argv[2], NULL, 10) : 0, late = 0;
	int fd = argc > 2 ? open(argv[1], O_RDWR | O_NOCTTY) : -1;
	double *gap = calloc((size_t)lines + 1, sizeof *gap), start, last, used;
	struct termios t;
	char line[128];
	int len;

	if (fd < 0 || gap == NULL || tcgetattr(fd, &t) < 0) {
		fprintf(stderr, "usage: sender PTY LINES\n");
		return 2;
	}
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
	tcflush(fd, TCIOFLUSH);
	len = numbered(line, sizeof line, 0, "M110 N0");
	if (write(fd, line, (size_t)len) != len || !await_ok(fd))
		return 1;
	used = cpu();
	start = last = now();
	for (long n = 1; n <= lines; n++) {
		char command[64];
		double at;

		snprintf(command, sizeof command, "G1 X%ld.%ld Y%ld E%ld.%02ld", n % 200, n % 10, n % 180, n / 100,
		    n % 100);
		len = numbered(line, sizeof line, n, command);
		if (write(fd, line, (size_t)len) != len || !await_ok(fd))
			return 1;
		at = now();
		gap[n - 1] = at - last;
		late += gap[n - 1] > 0.010;
		last = at;
	}
	used = cpu() - used;
	qsort(gap, (size_t)lines, sizeof *gap, by_value);
	printf("%.0f %.3f %.2f %.3f %ld\n", (double)lines / (last - start), used, gap[lines - 1] * 1e3,
	    gap[(size_t)((double)(lines - 1) * 0.999)] * 1e3, late);
	return 0;
}
