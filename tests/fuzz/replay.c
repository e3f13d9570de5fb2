/* SPDX-License-Identifier: Apache-2.0 */
/* replay - main() of a fuzz target that is not built for libFuzzer: runs the target once with each
 * file of its corpus (named after the program: fuzz_json reads corpus/json), or with the files
 * given. Exit 1 when there is none. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "tests/fuzz/fuzz.h"

static void run(const char *path)
{
	struct buf bytes = BUF_INIT;
	char piece[4096];
	uint8_t *exact;
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_append(&bytes, piece, n);
	fclose(f);
	exact = malloc(bytes.size + (bytes.size == 0)); /* no spare byte: overreads are seen */
	if (exact == NULL)
		abort();
	if (bytes.size > 0)
		memcpy(exact, bytes.bytes, bytes.size);
	LLVMFuzzerTestOneInput(exact, bytes.size);
	free(exact);
	buf_fini(&bytes);
}

static int run_corpus(const char *name)
{
	char dir[1024], path[2048];
	struct dirent *en;
	int count = 0;
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/%s", FUZZ_CORPUS, name);
	d = opendir(dir);
	if (d == NULL) {
		perror(dir);
		return 0;
	}
	while ((en = readdir(d)) != NULL) {
		if (en->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, en->d_name);
		run(path);
		count++;
	}
	closedir(d);
	return count;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	int i, count;

	name = name == NULL ? argv[0] : name + 1;
	if (strncmp(name, "fuzz_", 5) == 0)
		name += 5;
	for (i = 1; i < argc; i++)
		run(argv[i]);
	count = argc > 1 ? argc - 1 : run_corpus(name);
	printf("%s: %d inputs\n", name, count);
	return count > 0 ? 0 : 1;
}
