/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NONCE_SIZE 12
#define TAG_SIZE   16

struct sha256_stream {
	EVP_MD_CTX *ctx;
};

/* The kernel's generator directly: forked workers never share a state. */
void crypto_random(void *out, size_t size)
{
	uint8_t *p = out;

	while (size > 0) {
		ssize_t n = getrandom(p, size, 0);

		if (n < 0)
			abort();
		p += n;
		size -= (size_t)n;
	}
}

void sha256(const void *bytes, size_t size, uint8_t out[SHA256_SIZE])
{
	if (EVP_Digest(bytes, size, out, NULL, EVP_sha256(), NULL) != 1)
		abort();
}

void sha256_hex(const void *bytes, size_t size, char out[SHA256_HEX_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256(bytes, size, digest);
	hex_encode(digest, sizeof digest, out);
}

void sha1(const void *bytes, size_t size, uint8_t out[20])
{
	if (EVP_Digest(bytes, size, out, NULL, EVP_sha1(), NULL) != 1)
		abort();
}

void hmac_sha256(const void *key, size_t key_size, const void *bytes, size_t size,
    uint8_t out[SHA256_SIZE])
{
	if (HMAC(EVP_sha256(), key, (int)key_size, bytes, size, out, NULL) == NULL)
		abort();
}

void hex_encode(const uint8_t *bytes, size_t size, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, uint8_t *out, size_t size)
{
	if (strlen(text) != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		int hi = hex_value(text[2 * i]), lo = hex_value(text[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

bool bytes_equal(const void *a, const void *b, size_t size)
{
	return CRYPTO_memcmp(a, b, size) == 0;
}

struct sha256_stream *sha256_begin(void)
{
	struct sha256_stream *s = calloc(1, sizeof *s);

	if (s == NULL || (s->ctx = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) != 1)
		abort();
	return s;
}

void sha256_add(struct sha256_stream *s, const void *bytes, size_t size)
{
	if (EVP_DigestUpdate(s->ctx, bytes, size) != 1)
		abort();
}

void sha256_end(struct sha256_stream *s, uint8_t out[SHA256_SIZE])
{
	if (EVP_DigestFinal_ex(s->ctx, out, NULL) != 1)
		abort();
	sha256_drop(s);
}

void sha256_drop(struct sha256_stream *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

void base64_encode(struct buf *out, const void *bytes, size_t size)
{
	char *at = buf_reserve(out, (size + 2) / 3 * 4 + 1);
	int n = EVP_EncodeBlock((unsigned char *)at, bytes, (int)size);

	out->size += (size_t)n;
}

bool base64_decode(struct buf *out, const char *text, size_t len)
{
	char *at;
	int n;

	if (len % 4 != 0 || len > INT32_MAX)
		return false;
	if (len == 0)
		return true;
	at = buf_reserve(out, len / 4 * 3 + 1);
	n = EVP_DecodeBlock((unsigned char *)at, (const unsigned char *)text, (int)len);
	if (n < 0)
		return false;
	/* EVP_DecodeBlock counts the padding as zero bytes. */
	if (text[len - 1] == '=')
		n--;
	if (text[len - 2] == '=')
		n--;
	out->size += (size_t)n;
	out->bytes[out->size] = '\0';
	return true;
}

void base64url_encode(struct buf *out, const void *bytes, size_t size)
{
	size_t start = out->size;

	base64_encode(out, bytes, size);
	while (out->size > start && out->bytes[out->size - 1] == '=')
		out->size--;
	for (size_t i = start; i < out->size; i++) {
		if (out->bytes[i] == '+')
			out->bytes[i] = '-';
		else if (out->bytes[i] == '/')
			out->bytes[i] = '_';
	}
	out->bytes[out->size] = '\0';
}

void crypto_seal(const uint8_t key[32], const void *plain, size_t size, struct buf *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t *at = (uint8_t *)buf_reserve(out, NONCE_SIZE + size + TAG_SIZE);
	int n, last;

	crypto_random(at, NONCE_SIZE);
	if (ctx == NULL || EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, at) != 1 ||
	    EVP_EncryptUpdate(ctx, at + NONCE_SIZE, &n, plain, (int)size) != 1 ||
	    EVP_EncryptFinal_ex(ctx, at + NONCE_SIZE + n, &last) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, at + NONCE_SIZE + size) != 1)
		abort();
	EVP_CIPHER_CTX_free(ctx);
	out->size += NONCE_SIZE + size + TAG_SIZE;
	out->bytes[out->size] = '\0';
}

bool crypto_unseal(const uint8_t key[32], const void *sealed, size_t size, struct buf *out)
{
	const uint8_t *in = sealed;
	EVP_CIPHER_CTX *ctx;
	uint8_t tag[TAG_SIZE];
	size_t plain;
	char *at;
	int n = 0, last = 0;
	bool ok;

	if (size < NONCE_SIZE + TAG_SIZE)
		return false;
	plain = size - NONCE_SIZE - TAG_SIZE;
	memcpy(tag, in + NONCE_SIZE + plain, TAG_SIZE);
	at = buf_reserve(out, plain + 16);
	ctx = EVP_CIPHER_CTX_new();
	if (ctx == NULL)
		abort();
	ok = EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, in) == 1 &&
	    EVP_DecryptUpdate(ctx, (uint8_t *)at, &n, in + NONCE_SIZE, (int)plain) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE,
	        tag) == 1 &&
	    EVP_DecryptFinal_ex(ctx, (uint8_t *)at + n, &last) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!ok)
		return false;
	out->size += plain;
	out->bytes[out->size] = '\0';
	return true;
}
