/* SPDX-License-Identifier: Apache-2.0 */
#include "cgi/rate.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/crypto.h"

#define BUCKETS 512
#define WAYS    8

/* hash 0: free. state: window start in seconds << 32 | hits. */
struct entry {
	_Atomic uint64_t hash, state;
};

struct rate_table {
	_Atomic uint64_t salt; /* makes buckets unguessable from outside */
	struct entry entry[BUCKETS][WAYS];
};

enum errc rate_open(const char *path, struct rate_table **out, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	uint64_t salt, none = 0;
	struct rate_table *t;

	if (fd < 0)
		return err_errno(e, path);
	if (ftruncate(fd, sizeof *t) != 0) {
		close(fd);
		return err_errno(e, path);
	}
	t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (t == MAP_FAILED)
		return err_errno(e, path);
	crypto_random(&salt, sizeof salt);
	atomic_compare_exchange_strong(&t->salt, &none, salt | 1);
	*out = t;
	return E_OK;
}

void rate_close(struct rate_table *t)
{
	if (t != NULL)
		munmap(t, sizeof *t);
}

/* Salt in front is enough: the digest is never shown, so there is nothing to extend. */
static uint64_t hash_of(struct rate_table *t, const char *key)
{
	uint64_t salt = atomic_load(&t->salt), out;
	uint8_t digest[SHA256_SIZE];
	char text[256];
	size_t len = strnlen(key, sizeof text - sizeof salt);

	memcpy(text, &salt, sizeof salt);
	memcpy(text + sizeof salt, key, len);
	sha256(text, sizeof salt + len, digest);
	memcpy(&out, digest, sizeof out);
	return out | 1;
}

static bool is_over(uint64_t state, uint32_t now, uint32_t window)
{
	return now - (uint32_t)(state >> 32) >= window;
}

/* The entry of this key; a new one takes a free place, else the one with the fewest hits. */
static struct entry *entry_of(struct rate_table *t, uint64_t hash)
{
	struct entry *bucket = t->entry[hash % BUCKETS], *poor = &bucket[0];
	uint64_t old;

	for (int i = 0; i < WAYS; i++) {
		old = atomic_load(&bucket[i].hash);
		if (old == hash)
			return &bucket[i];
	}
	for (int i = 0; i < WAYS; i++) {
		old = 0;
		if (atomic_compare_exchange_strong(&bucket[i].hash, &old, hash) || old == hash)
			return &bucket[i];
		if ((uint32_t)atomic_load(&bucket[i].state) < (uint32_t)atomic_load(&poor->state))
			poor = &bucket[i];
	}
	atomic_store(&poor->hash, hash);
	atomic_store(&poor->state, 0);
	return poor;
}

struct rate_verdict rate_take(struct rate_table *t, const char *key, int64_t points, usec_t window,
    usec_t now)
{
	uint32_t second = (uint32_t)(now / USEC_PER_SEC) + 1; /* 0 marks an unused state */
	uint32_t length = (uint32_t)((window + USEC_PER_SEC - 1) / USEC_PER_SEC), hits;
	struct entry *entry = entry_of(t, hash_of(t, key));
	uint64_t old = atomic_load(&entry->state), next;
	int64_t left;

	do {
		if (old == 0 || is_over(old, second, length))
			next = (uint64_t)second << 32 | 1;
		else
			next = (uint32_t)old == UINT32_MAX ? old : old + 1;
	} while (!atomic_compare_exchange_weak(&entry->state, &old, next));
	hits = (uint32_t)next;
	left = (int64_t)length - (int64_t)(second - (uint32_t)(next >> 32));
	return (struct rate_verdict){
		.allowed = hits <= points,
		.limit = points,
		.remaining = hits >= points ? 0 : points - hits,
		.reset_sec = left < 1 ? 1 : left,
	};
}
