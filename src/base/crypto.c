/*
 * Owns every use of OpenSSL's EVP: hashes, MACs, ciphers, randomness, base64. Never chooses a key
 * or a context. Called by core (codes, secrets), api (tokens) and delivery (signatures).
 */
#include "base/crypto.h"

#include <endian.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE_SIZE = 12, TAG_SIZE = 16 };

/* For calls that fail only because of a defect, and after which the process cannot continue: a
 * wrong hash must not be stored. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

void crypto_random(void *out, size_t n)
{
	must(RAND_bytes(out, (int)n) == 1);
}

void crypto_token(char out[CRYPTO_TOKEN_SIZE])
{
	uint8_t random[(CRYPTO_TOKEN_SIZE - 1) / 2];
	struct buf b = {.p = out, .cap = CRYPTO_TOKEN_SIZE};
	crypto_random(random, sizeof random);
	crypto_hex(&b, text_from(random, sizeof random));
	out[b.n] = '\0';
	crypto_wipe(random, sizeof random);
}

static EVP_MD_CTX *new_sha256(void)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool made = md != NULL && ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;
	EVP_MD_free(md); /* ctx holds it, too */
	if (made)
		return ctx;
	EVP_MD_CTX_free(ctx);
	return NULL;
}

/* Hashes two texts that follow each other. SHA256() and HMAC() of OpenSSL look the digest up by its
 * name in each call, which costs more than the hash of a token. So each thread keeps a context.
 * False if memory runs out. */
static bool hash_both(struct text a, struct text b, uint8_t out[SHA256_SIZE])
{
	/* NOLINTNEXTLINE(*-avoid-non-const-global-variables): a cache without a state */
	static _Thread_local EVP_MD_CTX *kept;
	if (kept == NULL && (kept = new_sha256()) == NULL)
		return false;
	if (EVP_DigestInit_ex2(kept, NULL, NULL) != 1)
		return false;
	must(EVP_DigestUpdate(kept, a.p, a.n) == 1 && EVP_DigestUpdate(kept, b.p, b.n) == 1);
	must(EVP_DigestFinal_ex(kept, out, NULL) == 1);
	return true;
}

void crypto_sha256(struct text t, uint8_t out[SHA256_SIZE])
{
	must(hash_both(t, (struct text){0}, out));
}

/* RFC 2104. */
bool crypto_hmac_sha256(struct text key, struct text t, uint8_t out[SHA256_SIZE])
{
	enum { INNER = 0x36, OUTER = 0x5c };
	uint8_t pad[SHA256_CBLOCK] = {0};
	bool made = true;
	if (key.n > sizeof pad)
		made = hash_both(key, (struct text){0}, pad);
	else if (key.n > 0)
		memcpy(pad, key.p, key.n);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= INNER;
	made = made && hash_both(text_from(pad, sizeof pad), t, out);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= INNER ^ OUTER;
	made = made && hash_both(text_from(pad, sizeof pad), text_from(out, SHA256_SIZE), out);
	crypto_wipe(pad, sizeof pad);
	return made;
}

bool crypto_scrypt(struct text password, struct text salt, const struct crypto_scrypt *scrypt,
		   uint8_t *out, size_t out_n)
{
	return EVP_PBE_scrypt(password.n == 0 ? "" : password.p, password.n,
			      (const unsigned char *)salt.p, salt.n, scrypt->n, scrypt->r,
			      scrypt->p, scrypt->memory, out, out_n) == 1;
}

void crypto_wipe(void *p, size_t n)
{
	OPENSSL_cleanse(p, n);
}

void crypto_wipe_buf(struct buf *b)
{
	OPENSSL_cleanse(b->p, b->cap);
	buf_free(b);
}

/* Both handles are OpenSSL contexts. */
static EVP_CIPHER_CTX *cipher_context(struct crypto_cipher *cipher)
{
	return (EVP_CIPHER_CTX *)(void *)cipher;
}

static struct crypto_cipher *new_cipher(const uint8_t key[CIPHER_KEY_SIZE], bool encrypts)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	if (ctx == NULL)
		return NULL;
	if (EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL, encrypts) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
		return (struct crypto_cipher *)(void *)ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

struct crypto_cipher *crypto_cipher_new(const uint8_t key[CIPHER_KEY_SIZE])
{
	return new_cipher(key, true);
}

struct crypto_cipher *crypto_cipher_new_inverse(const uint8_t key[CIPHER_KEY_SIZE])
{
	return new_cipher(key, false);
}

void crypto_cipher_free(struct crypto_cipher *cipher)
{
	EVP_CIPHER_CTX_free(cipher_context(cipher));
}

/* EVP_Cipher hands whole blocks to the cipher. The buffering of EVP_EncryptUpdate would cost more
 * than the cipher itself. */
void crypto_cipher_block(struct crypto_cipher *cipher, const uint8_t in[16], uint8_t out[16])
{
	must(EVP_Cipher(cipher_context(cipher), out, in, 16) > 0);
}

void crypto_cipher_unblock(struct crypto_cipher *inverse, const uint8_t in[16], uint8_t out[16])
{
	must(EVP_Cipher(cipher_context(inverse), out, in, 16) > 0);
}

struct crypto_hash {
	EVP_MAC *mac;
	EVP_MAC_CTX *ctx;
	uint8_t key[16];
};

struct crypto_hash *crypto_hash_new(const uint8_t key[16])
{
	struct crypto_hash *h = calloc(1, sizeof *h);
	if (h == NULL)
		return NULL;
	size_t size = 8;
	const OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
	    OSSL_PARAM_construct_end(),
	};
	memcpy(h->key, key, sizeof h->key);
	h->mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	h->ctx = h->mac != NULL ? EVP_MAC_CTX_new(h->mac) : NULL;
	if (h->ctx != NULL && EVP_MAC_init(h->ctx, h->key, sizeof h->key, params) == 1)
		return h;
	crypto_hash_free(h);
	return NULL;
}

void crypto_hash_free(struct crypto_hash *h)
{
	if (h == NULL)
		return;
	EVP_MAC_CTX_free(h->ctx);
	EVP_MAC_free(h->mac);
	crypto_wipe(h->key, sizeof h->key);
	free(h);
}

uint64_t crypto_hash_text(struct crypto_hash *h, struct text t)
{
	uint8_t out[8];
	size_t n = 0;
	/* The context keeps the size that was set; only its state is reset. */
	must(EVP_MAC_init(h->ctx, h->key, sizeof h->key, NULL) == 1);
	must(EVP_MAC_update(h->ctx, (const unsigned char *)(t.n == 0 ? "" : t.p), t.n) == 1);
	must(EVP_MAC_final(h->ctx, out, &n, sizeof out) == 1 && n == sizeof out);
	uint64_t v;
	memcpy(&v, out, sizeof v);
	return le64toh(v);
}

void crypto_seal(const uint8_t key[SEAL_KEY_SIZE], struct text context, struct text plain,
		 struct buf *out)
{
	if (!buf_reserve(out, plain.n + SEAL_EXTRA))
		return;
	uint8_t *nonce = (uint8_t *)out->p + out->n;
	uint8_t *sealed = nonce + NONCE_SIZE;
	int n = 0, last = 0;
	crypto_random(nonce, NONCE_SIZE);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ok =
	    ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)context.p, (int)context.n) ==
		1 &&
	    EVP_EncryptUpdate(ctx, sealed, &n, (const unsigned char *)plain.p, (int)plain.n) == 1 &&
	    EVP_EncryptFinal_ex(ctx, sealed + n, &last) == 1 && (size_t)n == plain.n && last == 0 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, sealed + n) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		out->n += plain.n + SEAL_EXTRA;
	else
		out->failed = true;
}

enum err crypto_open(const uint8_t key[SEAL_KEY_SIZE], struct text context, struct text sealed,
		     struct buf *out)
{
	if (sealed.n < SEAL_EXTRA)
		return ERR_CORRUPT;
	size_t plain = sealed.n - SEAL_EXTRA;
	if (!buf_reserve(out, plain + 1))
		return ERR_NO_MEMORY;
	const unsigned char *nonce = (const unsigned char *)sealed.p;
	const unsigned char *body = nonce + NONCE_SIZE;
	uint8_t tag[TAG_SIZE];
	uint8_t *to = (uint8_t *)out->p + out->n;
	int n = 0, last = 0;
	memcpy(tag, body + plain, TAG_SIZE);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool ok =
	    ctx != NULL && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
	    EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)context.p, (int)context.n) ==
		1 &&
	    EVP_DecryptUpdate(ctx, to, &n, body, (int)plain) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) == 1;
	bool genuine = ok && EVP_DecryptFinal_ex(ctx, to + n, &last) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (!genuine) {
		crypto_wipe(to, plain);
		return ok ? ERR_CORRUPT : ERR_NO_MEMORY;
	}
	out->n += plain;
	return ERR_OK;
}

void crypto_base64(struct buf *out, struct text t)
{
	size_t n = (t.n + 2) / 3 * 4;
	if (!buf_reserve(out, n + 1))
		return;
	EVP_EncodeBlock((unsigned char *)out->p + out->n, (const unsigned char *)t.p, (int)t.n);
	out->n += n;
}

enum err crypto_base64_decode(struct text t, struct buf *out)
{
	size_t padding = 0;
	if (t.n % 4 != 0)
		return ERR_INVALID;
	while (padding < 2 && padding < t.n && t.p[t.n - 1 - padding] == '=')
		padding++;
	/* EVP_DecodeBlock skips white space and accepts "=" anywhere; this base64 allows neither.
	 */
	for (size_t i = 0; i < t.n - padding; i++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
			   t.p[i]) == NULL ||
		    t.p[i] == '\0')
			return ERR_INVALID;
	if (!buf_reserve(out, t.n + 1))
		return ERR_NO_MEMORY;
	int n =
	    EVP_DecodeBlock((unsigned char *)out->p + out->n, (const unsigned char *)t.p, (int)t.n);
	if (n < 0)
		return ERR_INVALID;
	out->n += (size_t)n - padding;
	return ERR_OK;
}

void crypto_hex(struct buf *out, struct text t)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < t.n; i++) {
		buf_char(out, digits[(uint8_t)t.p[i] >> 4]);
		buf_char(out, digits[(uint8_t)t.p[i] & 15]);
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool crypto_hex_decode(struct text t, uint8_t *out, size_t n)
{
	if (t.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(t.p[2 * i]), low = hex_digit(t.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
