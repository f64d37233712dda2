/* Owns the tests of cryptography when OpenSSL gets no memory: the result is an error, never a crash
 * or wrong bytes. Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/crypto.h>

#include "base/crypto.h"

static long countdown; /* the allocation that fails; 0: none */

static bool fails(void)
{
	return countdown > 0 && --countdown == 0;
}

static void *fail_malloc(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : malloc(n);
}

static void *fail_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return fails() ? NULL : realloc(p, n);
}

static void plain_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	free(p);
}

static const uint8_t KEY[SEAL_KEY_SIZE] = {1, 2, 3};

/* Each returns whether it produced the expected result. */
static bool try_hmac(void)
{
	uint8_t mac[SHA256_SIZE];
	return crypto_hmac_sha256(TEXT("key"), TEXT("text"), mac);
}

static bool try_seal(void)
{
	struct buf out = {0};
	crypto_seal(KEY, TEXT("test"), TEXT("secret"), &out);
	bool made = !out.failed;
	assert_int_equal(out.n, made ? 6 + SEAL_EXTRA : 0);
	buf_free(&out);
	return made;
}

static bool try_open(void)
{
	struct buf sealed = {0}, out = {0};
	long n = countdown;
	countdown = 0;
	crypto_seal(KEY, TEXT("test"), TEXT("secret"), &sealed);
	countdown = n;
	enum err err = crypto_open(KEY, TEXT("test"), buf_view(&sealed), &out);
	assert_true(err == ERR_OK || err == ERR_NO_MEMORY);
	assert_int_equal(out.n, err == ERR_OK ? 6 : 0);
	buf_free(&sealed);
	buf_free(&out);
	return err == ERR_OK;
}

static bool try_cipher(void)
{
	struct crypto_cipher *cipher = crypto_cipher_new(KEY);
	crypto_cipher_free(cipher);
	return cipher != NULL;
}

static bool try_hash(void)
{
	struct crypto_hash *hash = crypto_hash_new(KEY);
	crypto_hash_free(hash);
	return hash != NULL;
}

static void each_allocation_fails_once(void **state)
{
	bool (*const tries[])(void) = {try_hmac, try_seal, try_open, try_cipher, try_hash};
	(void)state;
	for (size_t i = 0; i < sizeof(tries) / sizeof(*tries); i++) {
		bool failed = true;
		assert_true(tries[i]()); /* OpenSSL's one-time set-up is done */
		for (long n = 1; failed; n++) {
			countdown = n;
			bool made = tries[i]();
			failed = countdown == 0;
			countdown = 0;
			assert_true(made || failed);
		}
		assert_true(tries[i]());
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_fails_once)};
	if (CRYPTO_set_mem_functions(fail_malloc, fail_realloc, plain_free) != 1)
		return 1;
	return cmocka_run_group_tests_name("cryptography: no memory", tests, NULL, NULL);
}
