/* Cryptography, made with OpenSSL. Only crypto.c includes EVP. If OpenSSL itself is broken, a
 * function without an error return ends the process, because no promise would hold then.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { SHA256_SIZE = 32, SEAL_KEY_SIZE = 32, SEAL_EXTRA = 12 + 16, CIPHER_KEY_SIZE = 16 };

/** n random bytes that are good enough for keys. */
void crypto_random(void *out, size_t n);
/** A token: 256 random bits as 64 hexadecimal digits. */
enum { CRYPTO_TOKEN_SIZE = 65 };
void crypto_token(char out[CRYPTO_TOKEN_SIZE]);
void crypto_sha256(struct text t, uint8_t out[SHA256_SIZE]);
/** False if memory runs out. */
bool crypto_hmac_sha256(struct text key, struct text t, uint8_t out[SHA256_SIZE]) WARN_UNUSED;
/** Overwrites a secret; the compiler does not remove the write. */
void crypto_wipe(void *p, size_t n);
/** Overwrites the content of a buffer, then frees it. */
void crypto_wipe_buf(struct buf *b);

/* scrypt (RFC 7914): n is a power of two, and OpenSSL refuses to use more memory than `memory`. */
struct crypto_scrypt {
	uint64_t n, r, p, memory;
};
/** Derives out_n bytes from a password. False if memory runs out or OpenSSL refuses the
 * parameters. */
bool crypto_scrypt(struct text password, struct text salt, const struct crypto_scrypt *scrypt,
		   uint8_t *out, size_t out_n) WARN_UNUSED;

/* AES-128 on single blocks, for computing codes. */
struct crypto_cipher;
/** NULL if memory runs out. */
struct crypto_cipher *crypto_cipher_new(const uint8_t key[CIPHER_KEY_SIZE]);
void crypto_cipher_free(struct crypto_cipher *cipher);
void crypto_cipher_block(struct crypto_cipher *cipher, const uint8_t in[16], uint8_t out[16]);
/** A handle for the way back: crypto_cipher_unblock turns the result of crypto_cipher_block into
 * its input. Free it like the other. NULL if memory runs out. */
struct crypto_cipher *crypto_cipher_new_inverse(const uint8_t key[CIPHER_KEY_SIZE]);
void crypto_cipher_unblock(struct crypto_cipher *inverse, const uint8_t in[16], uint8_t out[16]);

/* SipHash-2-4 with 8 bytes of output: a fast keyed hash for indexes. */
struct crypto_hash;
/** NULL if memory runs out. */
struct crypto_hash *crypto_hash_new(const uint8_t key[16]);
void crypto_hash_free(struct crypto_hash *hash);
uint64_t crypto_hash_text(struct crypto_hash *hash, struct text t);

/** Encrypts with AES-256-GCM and a random nonce. Appends nonce (12 bytes), ciphertext and tag (16
 * bytes). `context` is authenticated but not stored: a sealed secret that is moved to another place
 * cannot be decrypted there. If memory runs out, `out` fails. */
void crypto_seal(const uint8_t key[SEAL_KEY_SIZE], struct text context, struct text plain,
		 struct buf *out);
/** Decrypts the result of crypto_seal. ERR_CORRUPT for another key, another context or changed
 * bytes; ERR_NO_MEMORY. */
enum err crypto_open(const uint8_t key[SEAL_KEY_SIZE], struct text context, struct text sealed,
		     struct buf *out) WARN_UNUSED;

/** Appends padded base64 (RFC 4648 section 4). */
void crypto_base64(struct buf *out, struct text t);
/** Decodes padded base64, strictly. ERR_INVALID. */
enum err crypto_base64_decode(struct text t, struct buf *out) WARN_UNUSED;
/** Appends lower-case hexadecimal. */
void crypto_hex(struct buf *out, struct text t);
/** Decodes hexadecimal into n bytes. False unless t is exactly 2n hexadecimal digits. */
bool crypto_hex_decode(struct text t, uint8_t *out, size_t n) WARN_UNUSED;

#endif
