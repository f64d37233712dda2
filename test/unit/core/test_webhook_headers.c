/* Owns the tests of sealing header values. Never checks the rules for headers: test_webhook_check.c
 * does. Never opens a store. Run by make test. */
#include "core/webhook_headers.h"

#include <string.h>

#include "core_world.h"

static const uint8_t KEY[SEAL_KEY_SIZE] = {7};

static struct pairs sealed_pair(struct buf *out, const char *name, const char *value)
{
	struct buf plain = {0};
	pairs_add(&plain, text_of(name), text_of(value));
	webhook_headers_seal(KEY, (struct pairs){buf_view(&plain)}, out);
	buf_free(&plain);
	return (struct pairs){buf_view(out)};
}

static void values_are_sealed_and_opened(void **state)
{
	struct buf sealed = {0}, opened = {0};
	(void)state;
	struct pairs list = sealed_pair(&sealed, "X-Access-Key", "s3cret value");
	assert_null(memmem(sealed.p, sealed.n, "s3cret", 6));
	assert_int_equal(webhook_headers_open(KEY, list, &opened), ERR_OK);
	struct text value;
	assert_true(pairs_find((struct pairs){buf_view(&opened)}, TEXT("X-Access-Key"), &value));
	assert_true(text_eq(value, TEXT("s3cret value")));
	buf_free(&sealed);
	crypto_wipe_buf(&opened);
}

/* A mask is not a value: it means the stored value. */
static void a_mask_is_not_sealed(void **state)
{
	struct buf sealed = {0};
	struct text value;
	(void)state;
	struct pairs list = sealed_pair(&sealed, "X-Key", WEBHOOK_MASK);
	assert_true(pairs_find(list, TEXT("X-Key"), &value));
	assert_true(text_eq(value, TEXT(WEBHOOK_MASK)));
	buf_free(&sealed);
}

static void another_key_decrypts_nothing(void **state)
{
	static const uint8_t other[SEAL_KEY_SIZE] = {8};
	struct buf sealed = {0}, opened = {0};
	(void)state;
	struct pairs list = sealed_pair(&sealed, "X-Key", "s3cret");
	assert_int_equal(webhook_headers_open(other, list, &opened), ERR_CORRUPT);
	assert_int_equal(opened.n, 0);
	buf_free(&sealed);
	buf_free(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_sealed_and_opened),
	    cmocka_unit_test(a_mask_is_not_sealed),
	    cmocka_unit_test(another_key_decrypts_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
