/* Owns the run of Wycheproof's HMAC-SHA256 vectors: whole tags, truncated tags by their first
 * bytes, and wrong tags. Never skips a vector: the test checks their number.
 * Run by make test; reads test/conformance/wycheproof. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/json.h"

static const char VECTORS[] = "test/conformance/wycheproof/hmac_sha256_test.json";
enum { FILE_MAX = 1 << 20, BYTES_MAX = 4096 };

static struct json *read_vectors(void)
{
	struct buf content = {0};
	const char *why = "";
	struct json *root = NULL;
	FILE *f = fopen(VECTORS, "r");
	assert_non_null(f);
	assert_true(buf_reserve(&content, FILE_MAX));
	content.n = fread(content.p, 1, FILE_MAX, f);
	assert_true(content.n < FILE_MAX);
	fclose(f);
	if (json_parse(buf_view(&content), &root, &why) != ERR_OK)
		fail_msg("%s", why);
	buf_free(&content);
	return root;
}

static struct text member(const struct json *v, const char *name)
{
	struct text t = {0};
	assert_true(json_string(json_get(v, name), &t));
	return t;
}

static struct text member_bytes(const struct json *v, const char *name, uint8_t out[BYTES_MAX])
{
	struct text hex = member(v, name);
	assert_true(hex.n / 2 <= BYTES_MAX);
	assert_true(crypto_hex_decode(hex, out, hex.n / 2));
	return text_from(out, hex.n / 2);
}

/* A truncated tag is the first bytes of the whole tag. */
static bool is_tag_of(const struct json *test)
{
	static uint8_t key[BYTES_MAX], msg[BYTES_MAX], tag[BYTES_MAX];
	uint8_t mac[SHA256_SIZE];
	struct text expected = member_bytes(test, "tag", tag);
	assert_in_range(expected.n, 1, sizeof mac);
	assert_true(crypto_hmac_sha256(member_bytes(test, "key", key),
				       member_bytes(test, "msg", msg), mac));
	return text_eq(text_from(mac, expected.n), expected);
}

static void every_vector_has_wycheproofs_verdict(void **state)
{
	struct json *root = read_vectors();
	const struct json *groups = json_get(root, "testGroups");
	uint64_t n = 0, wrong = 0, id = 0;
	(void)state;
	for (size_t g = 0; g < json_length(groups); g++) {
		const struct json *tests = json_get(json_at(groups, g), "tests");
		for (size_t i = 0; i < json_length(tests); i++, n++) {
			const struct json *test = json_at(tests, i);
			bool valid = text_eq(member(test, "result"), TEXT("valid"));
			wrong += !valid;
			assert_true(json_u64(json_get(test, "tcId"), false, &id));
			if (is_tag_of(test) != valid)
				fail_msg("vector %llu has the wrong verdict",
					 (unsigned long long)id);
		}
	}
	assert_int_equal(n, 174);
	assert_true(wrong > 50);
	json_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_vector_has_wycheproofs_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
