/* SPDX-License-Identifier: Apache-2.0 */
/* crypto - the only user of OpenSSL: random bytes, hashes, HMAC, sealed secrets.
 *
 * Owns:     struct sha256_stream is heap memory freed by sha256_end() or sha256_drop().
 * Errors:   a failing random source or digest ends the process; crypto_unseal refuses.
 * Blocking: never. */
#ifndef PLATEN_BASE_CRYPTO_H
#define PLATEN_BASE_CRYPTO_H

#include <stdint.h>

#include "base/buf.h"

#define SHA256_SIZE     32
#define SHA256_HEX_SIZE 65

void crypto_random(void *out, size_t size);
void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE]);
void sha256_hex(const void *bytes, size_t size, char out[SHA256_HEX_SIZE]);
void sha1(const void *bytes, size_t size, uint8_t out[20]); /* RFC 6455's handshake only */
void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size,
    uint8_t out[SHA256_SIZE]);
void hex_encode(const uint8_t *bytes, size_t size, char *out); /* 2*size+1 bytes, lower case */
bool hex_decode(const char *text, uint8_t *out, size_t size);  /* exactly 2*size digits */
bool bytes_equal(const void *a, const void *b, size_t size);   /* constant time */

struct sha256_stream;
struct sha256_stream *sha256_begin(void);
void sha256_add(struct sha256_stream *s, const void *bytes, size_t size);
void sha256_end(struct sha256_stream *s, uint8_t out[SHA256_SIZE]); /* frees s */
void sha256_drop(struct sha256_stream *s);                          /* accepts NULL */

void base64_encode(struct buf *out, const void *bytes, size_t size);     /* standard, padded */
bool base64_decode(struct buf *out, const char *text, size_t len);       /* standard, strict */
void base64url_encode(struct buf *out, const void *bytes, size_t size);  /* no padding */

/* AES-256-GCM; output is nonce(12) || ciphertext || tag(16). The key lives outside the database. */
void crypto_seal(const uint8_t key[32], const void *plain, size_t size, struct buf *out);
bool crypto_unseal(const uint8_t key[32], const void *sealed, size_t size, struct buf *out);

#endif
