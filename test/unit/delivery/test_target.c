/* Owns the tests of the data that sending copies from a webhook's record.
 * Never connects.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "core/webhook_headers.h"
#include "delivery/target.h"

static const uint8_t KEY[SEAL_KEY_SIZE] = {1, 2, 3}, OTHER_KEY[SEAL_KEY_SIZE] = {9};

static void seal(const char *secret, struct buf *out)
{
	crypto_seal(KEY, TEXT("webhook secret"), text_of(secret), out);
}

static void the_url_is_split(void **state)
{
	struct webhook webhook = {.url = TEXT("https://crm.example:8443/a/b?x=1")};
	static struct target t;
	(void)state;
	assert_null(target_read(&t, &webhook, KEY, false));
	assert_string_equal(t.url.host, "crm.example");
	assert_int_equal(t.url.port, 8443);
	assert_true(text_eq(t.url.path, TEXT("/a/b")));
	assert_int_equal(t.connect_ms, 5000);
	assert_int_equal(t.total_ms, 15000);
	webhook.url = TEXT("http://crm.example/");
	webhook.connect_ms = 100;
	webhook.total_ms = 200;
	assert_non_null(target_read(&t, &webhook, KEY, false));
	assert_null(target_read(&t, &webhook, KEY, true));
	assert_int_equal(t.url.port, 80);
	assert_int_equal(t.connect_ms, 100);
	assert_int_equal(t.total_ms, 200);
	target_free(&t);
	target_free(&t);
}

/* A secret that does not decrypt signs nothing: an unsigned message is better than one signed with
 * a wrong key. */
static void a_secret_that_does_not_decrypt_signs_nothing(void **state)
{
	struct webhook webhook = {.url = TEXT("https://crm.example/")};
	static struct target t;
	struct buf sealed = {0}, garbage = {0};
	(void)state;
	seal("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &sealed);
	seal("no secret at all", &garbage);
	webhook.secret = buf_view(&sealed);
	assert_null(target_read(&t, &webhook, KEY, false));
	assert_int_equal(t.secret.n, 24);
	assert_null(target_read(&t, &webhook, OTHER_KEY, false));
	assert_int_equal(t.secret.n, 0);
	webhook.secret = buf_view(&garbage);
	assert_null(target_read(&t, &webhook, KEY, false));
	assert_int_equal(t.secret.n, 0);
	target_free(&t);
	buf_free(&sealed);
	buf_free(&garbage);
}

/* The copies are valid after the record is gone. */
static void copies_outlive_the_record(void **state)
{
	struct buf plain = {0}, headers = {0}, url = {0};
	static struct target t;
	(void)state;
	pairs_add(&plain, TEXT("X-Z"), TEXT("1"));
	pairs_add(&plain, TEXT("X-A"), TEXT("2"));
	webhook_headers_seal(KEY, (struct pairs){buf_view(&plain)}, &headers);
	buf_free(&plain);
	buf_str(&url, "https://crm.example/path");
	struct webhook webhook = {.url = buf_view(&url), .headers = {buf_view(&headers)}};
	assert_null(target_read(&t, &webhook, KEY, false));
	memset(headers.p, 'x', headers.n);
	memset(url.p, 'x', url.n);
	buf_free(&headers);
	buf_free(&url);
	assert_int_equal(t.n_headers, 2);
	assert_true(text_eq(t.headers[0].name, TEXT("X-Z")));
	assert_true(text_eq(t.headers[1].value, TEXT("2")));
	assert_true(text_eq(t.url.path, TEXT("/path")));
	target_free(&t);
}

/* A receiver must not get a request without the header that authenticates it. */
static void header_values_that_do_not_decrypt_stop_the_request(void **state)
{
	static const uint8_t other[32] = {9};
	struct buf plain = {0}, headers = {0};
	static struct target t;
	(void)state;
	pairs_add(&plain, TEXT("X-Key"), TEXT("s3cret"));
	webhook_headers_seal(other, (struct pairs){buf_view(&plain)}, &headers);
	struct webhook webhook = {.url = TEXT("https://crm.example/"),
				  .headers = {buf_view(&headers)}};
	assert_non_null(target_read(&t, &webhook, KEY, false));
	target_free(&t);
	buf_free(&plain);
	buf_free(&headers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_url_is_split),
	    cmocka_unit_test(a_secret_that_does_not_decrypt_signs_nothing),
	    cmocka_unit_test(copies_outlive_the_record),
	    cmocka_unit_test(header_values_that_do_not_decrypt_stop_the_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
