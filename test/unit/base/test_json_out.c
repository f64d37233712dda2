/* Owns the tests of the JSON writer, whose output the JSON reader reads back.
 * Never compares with json-c's output.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/utf8.h"

static void the_writer_adds_commas_and_names(void **state)
{
	(void)state;
	struct buf b = {0};
	struct json_out o = json_out(&b);
	json_open(&o, NULL, '{');
	json_put_u64(&o, "id", UINT64_MAX);
	json_open(&o, "empty", '[');
	json_close(&o, ']');
	json_open(&o, "list", '[');
	json_put_bool(&o, NULL, true);
	json_open(&o, NULL, '{');
	json_close(&o, '}');
	json_put_null(&o, NULL);
	json_close(&o, ']');
	json_put_text(&o, "t", TEXT("x"));
	json_put_text_or_null(&o, "u", (struct text){0});
	json_put_text_or_null(&o, "v", TEXT("y"));
	json_put_bool(&o, "no", false);
	json_put_raw(&o, "raw", TEXT("{\"a\":[1]}"));
	json_put_named(&o, TEXT("q\"n"), TEXT("w"));
	json_name(&o, TEXT("obj"));
	json_open(&o, NULL, '{');
	json_put_u64(&o, "k", 0);
	json_close(&o, '}');
	json_put_u64(&o, "last", 1);
	json_close(&o, '}');
	static const char expected[] = "{\"id\":18446744073709551615,\"empty\":[],\"list\":[true,{}"
				       ",null],\"t\":\"x\",\"u\":null,"
				       "\"v\":\"y\",\"no\":false,\"raw\":{\"a\":[1]},\"q\\\"n\":"
				       "\"w\",\"obj\":{\"k\":0},\"last\":1}";
	assert_true(text_eq(buf_view(&b), text_of(expected)));
	buf_free(&b);
}

static void escapes_are_the_shortest(void **state)
{
	(void)state;
	struct buf b = {0};
	struct json_out o = json_out(&b);
	json_put_text(&o, NULL, TEXT("\"\\\b\f\n\r\t\x01\x1f<>&/\x7f\xC3\xBC"));
	static const char expected[] = "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f<>&/"
				       "\\u007f\xC3\xBC\"";
	assert_true(text_eq(buf_view(&b), text_of(expected)));
	assert_false(b.failed);
	buf_free(&b);
}

/* A small generator (xorshift) with a fixed seed, so that a failure repeats. */
static uint32_t next(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static void round_trip(struct text t)
{
	struct buf b = {0};
	struct json_out o = json_out(&b);
	struct json *v = NULL;
	struct text back;
	const char *why;
	json_open(&o, NULL, '[');
	json_put_text(&o, NULL, t);
	json_close(&o, ']');
	assert_int_equal(json_parse(buf_view(&b), &v, &why), ERR_OK);
	assert_true(json_string(json_at(v, 0), &back));
	assert_true(text_eq(back, t));
	json_free(v);
	buf_free(&b);
}

/* Random bytes are seldom UTF-8. Most rounds draw characters; every eighth draws bytes and keeps
 * the valid ones. The reader must refuse invalid bytes and never change them. */
static void random_text_is_read_back(void **state)
{
	(void)state;
	static const char *const pieces[] = {"a",
					     "\"",
					     "\\",
					     "\n",
					     "<",
					     "&",
					     "\xC3\xBC",
					     "\xE2\x82\xAC",
					     "\xF0\x9F\x8E\x81",
					     "\x7f",
					     "u0041",
					     "\x01",
					     "/",
					     "\xEF\xBF\xBF"};
	uint32_t seed = 2463534242;
	char bytes[64];
	for (int round = 0; round < 40000; round++) {
		size_t n = 0, count = next(&seed) % 12;
		for (size_t i = 0; i < count; i++) {
			const char *piece = pieces[next(&seed) % 14];
			memcpy(bytes + n, piece, strlen(piece));
			n += strlen(piece);
			if (next(&seed) % 7 == 0)
				bytes[n++] = '\0';
		}
		for (size_t i = 0; round % 8 == 0 && i < n; i++)
			bytes[i] = (char)next(&seed);
		struct text t = text_from(bytes, n);
		if (utf8_valid(t)) {
			round_trip(t);
			continue;
		}
		struct buf b = {0};
		struct json_out o = json_out(&b);
		struct json *v = NULL;
		const char *why;
		json_put_text(&o, NULL, t);
		assert_int_equal(json_parse(buf_view(&b), &v, &why), ERR_INVALID);
		buf_free(&b);
	}
}

static void failure_stays_with_the_buffer(void **state)
{
	(void)state;
	struct buf b = {.failed = true};
	struct json_out o = json_out(&b);
	json_open(&o, NULL, '{');
	json_put_text(&o, "a", TEXT("<<<"));
	json_put_u64(&o, "b", 1);
	json_close(&o, '}');
	assert_true(b.failed);
	assert_int_equal(b.n, 0);
	buf_free(&b);
}

/* A parsed value is written unchanged, except that needless blanks and escapes go and an exponent
 * is written out. */
static void a_parsed_value_is_written_unchanged(void **state)
{
	static const char given[] =
	    "{\"a\":[1,-2.50,\"x\\\"y\",true,false,null,[],{}],\"b\":{\"c d\":{\"e\":[[0]]}}}";
	const char *why;
	struct json *v;
	struct buf b = {0};
	struct json_out o = json_out(&b);
	(void)state;
	assert_int_equal(json_parse(TEXT(" { \"first\" : 1 } "), &v, &why), ERR_OK);
	json_open(&o, NULL, '[');
	json_put_value(&o, NULL, v);
	json_free(v);
	assert_int_equal(json_parse(text_of(given), &v, &why), ERR_OK);
	json_put_value(&o, NULL, v);
	json_close(&o, ']');
	json_free(v);
	buf_char(&b, '\0');
	assert_memory_equal(b.p, "[{\"first\":1},", 13);
	assert_memory_equal(b.p + 13, given, sizeof given - 1);
	assert_string_equal(b.p + 13 + sizeof given - 1, "]");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_writer_adds_commas_and_names),
	    cmocka_unit_test(escapes_are_the_shortest),
	    cmocka_unit_test(random_text_is_read_back),
	    cmocka_unit_test(failure_stays_with_the_buffer),
	    cmocka_unit_test(a_parsed_value_is_written_unchanged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
