/* Owns the tests of the record codec: keys, tagged values, checksum, patches, pairs.
 * Never opens a store: bytes in, bytes out.
 * Run by make test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../support/seeded.h"
#include "kinds.h"
#include "store/crc32c.h"

/* An encoded record. The value is in memory of exactly its size, so that the sanitizer can watch
 * it. */
struct stored {
	uint8_t key[RECORD_KEY_MAX];
	size_t n_key, n_value;
	uint8_t *value;
};

static struct text key_of(const struct stored *s)
{
	return text_from(s->key, s->n_key);
}

static struct text value_of(const struct stored *s)
{
	return text_from(s->value, s->n_value);
}

static struct stored encode(const struct record_kind *kind, const void *record)
{
	struct stored s;
	uint8_t *room = malloc(record_value_bound(kind, record));
	assert_non_null(room);
	s.n_key = record_encode_key(kind, record, s.key);
	s.n_value = record_encode_value(kind, record, key_of(&s), room);
	assert_true(s.n_value <= record_value_bound(kind, record));
	s.value = malloc(s.n_value);
	assert_non_null(s.value);
	memcpy(s.value, room, s.n_value);
	free(room);
	return s;
}

/* A value made by hand: the given bytes and their checksum. */
static struct stored by_hand(const struct item *item, const void *bytes, size_t n)
{
	struct stored s = {.n_value = n + 4, .value = malloc(n + 4)};
	assert_non_null(s.value);
	s.n_key = record_encode_key(&ITEM, item, s.key);
	memcpy(s.value, bytes, n);
	uint32_t crc = crc32c(crc32c(0, s.key, s.n_key), bytes, n);
	for (size_t i = 0; i < 4; i++, crc >>= 8)
		s.value[n + i] = (uint8_t)crc;
	return s;
}

static enum err decode_by_hand(const void *bytes, size_t n, struct item *out)
{
	const struct item item = {.group = 1, .id = 2};
	struct stored s = by_hand(&item, bytes, n);
	enum err err = record_decode(&ITEM, key_of(&s), value_of(&s), out);
	out->word = out->list.raw = (struct text){0};
	free(s.value);
	return err;
}

static void assert_same(const struct item *a, const struct item *b)
{
	assert_true(a->group == b->group && a->id == b->id);
	assert_true(a->count == b->count && a->big == b->big);
	assert_true(text_eq(a->word, b->word));
	assert_true(text_eq(a->list.raw, b->list.raw));
}

/* Numbers of every length, and so varints of every length. */
static uint64_t random_number(struct seeded *seed)
{
	uint64_t bits = seeded_below(seed, 65);
	return bits == 0 ? 0 : seeded_next(seed) >> (64 - bits);
}

static struct text random_text(struct seeded *seed, char *room, size_t max)
{
	size_t n = seeded_below(seed, 4) == 0 ? 0 : seeded_below(seed, max);
	for (size_t i = 0; i < n; i++)
		room[i] = (char)seeded_next(seed);
	return text_from(room, n);
}

static void records_are_read_back(void **state)
{
	(void)state;
	struct seeded seed = seeded_start("record", 7);
	char word[300], first[40], second[200];
	for (int round = 0; round < 20000; round++) {
		struct buf list = {0};
		struct item item = {random_number(&seed),
				    random_number(&seed),
				    random_number(&seed),
				    random_number(&seed),
				    random_text(&seed, word, sizeof word),
				    {{0}}},
			    back;
		for (uint64_t n = seeded_below(&seed, 5); n > 0; n--) {
			struct text a = random_text(&seed, first, sizeof first);
			pairs_add(&list, a, random_text(&seed, second, sizeof second));
		}
		item.list.raw = buf_view(&list);
		struct stored s = encode(&ITEM, &item);
		assert_int_equal(record_decode(&ITEM, key_of(&s), value_of(&s), &back), ERR_OK);
		assert_same(&item, &back);
		free(s.value);
		buf_free(&list);
	}
}

/* These bytes are on people's disks: this test may only grow. */
static void the_oldest_bytes_are_read(void **state)
{
	(void)state;
	static const uint8_t key[] = {0, 0, 0, 0, 0, 0, 1, 2, 0xff, 0, 0, 0, 0, 0, 0, 7};
	static const uint8_t value[] = {
	    0x01,                        /* version */
	    0x02, 0xac, 0x02,            /* tag 1, number 300 */
	    0x05, 0x03, 'a',  'b',  'c', /* tag 2, bytes, 3 */
	    0x06, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, /* tag 3, 2^64-1 */
	    0x0b, 0x05, 0x01, 'x',  0x02, 'y',  'z',                          /* tag 5, one pair */
	    0xa3, 0xa2, 0x79, 0xdd,                                           /* checksum */
	};
	struct buf list = {0};
	struct item back;
	pairs_add(&list, TEXT("x"), TEXT("yz"));
	const struct item item = {.group = 0x0102,
				  .id = 0xff00000000000007,
				  .count = 300,
				  .big = UINT64_MAX,
				  .word = TEXT("abc"),
				  .list = {buf_view(&list)}};
	assert_int_equal(
	    record_decode(&ITEM, text_from(key, sizeof key), text_from(value, sizeof value), &back),
	    ERR_OK);
	assert_same(&item, &back);
	struct stored s = encode(&ITEM, &item);
	assert_int_equal(s.n_key, sizeof key);
	assert_memory_equal(s.key, key, sizeof key);
	assert_int_equal(s.n_value, sizeof value);
	assert_memory_equal(s.value, value, sizeof value);
	free(s.value);
	buf_free(&list);
}

static void empty_fields_take_no_bytes(void **state)
{
	(void)state;
	const struct item item = {.group = 1, .id = 2};
	struct item back;
	struct stored s = encode(&ITEM, &item);
	memset(&back, 0xaa, sizeof back);
	assert_int_equal(s.n_value, 1 + 4);
	assert_int_equal(record_decode(&ITEM, key_of(&s), value_of(&s), &back), ERR_OK);
	assert_same(&item, &back);
	free(s.value);
}

static void unknown_tags_are_skipped(void **state)
{
	(void)state;
	/* Tag 4 as bytes, tag 6 as a number, tag 100 as bytes; tags 1 and 3 are known. */
	static const uint8_t bytes[] = {1, 2, 9, 6, 8, 9, 2, 'h', 'i', 12, 5, 0xc9, 1, 1, 'x'};
	struct item back;
	assert_int_equal(decode_by_hand(bytes, sizeof bytes, &back), ERR_OK);
	assert_int_equal(back.count, 9);
	assert_int_equal(back.big, 8);
	assert_int_equal(back.group, 1);
	assert_int_equal(back.id, 2);
}

/* Each of these values has the right checksum, but its bytes are malformed. */
static void malformed_bytes_are_refused(void **state)
{
	(void)state;
	static const struct {
		uint8_t bytes[16];
		size_t n;
		enum err err;
	} cases[] = {
	    {{1, 3, 1, 'x'}, 4, ERR_CORRUPT},  /* tag 1 as bytes, known as a number */
	    {{1, 4, 1}, 3, ERR_CORRUPT},       /* tag 2 as a number, known as text */
	    {{1, 10, 1}, 3, ERR_CORRUPT},      /* tag 5 as a number, known as pairs */
	    {{1, 2}, 2, ERR_CORRUPT},          /* a tag without its number */
	    {{1, 2, 0x80}, 3, ERR_CORRUPT},    /* a number that does not end */
	    {{1, 0x80}, 2, ERR_CORRUPT},       /* a tag that does not end */
	    {{1, 5, 2, 'x'}, 4, ERR_CORRUPT},  /* text longer than the value */
	    {{1, 9, 0xff, 1}, 4, ERR_CORRUPT}, /* the same for an unknown tag */
	    /* a length of 2^64 - 1, a number over 64 bits, one of eleven bytes */
	    {{1, 5, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}, 12, ERR_CORRUPT},
	    {{1, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, 12, ERR_CORRUPT},
	    {{1, 2, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1}, 13, ERR_CORRUPT},
	    {{2}, 1, ERR_FORMAT},
	    {{2, 7, 7, 7, 7}, 5, ERR_FORMAT},
	    {{255, 2, 9}, 3, ERR_FORMAT},
	    {{1, 2, 9}, 3, ERR_OK},
	};
	struct item back;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (decode_by_hand(cases[i].bytes, cases[i].n, &back) != cases[i].err)
			fail_msg("case %zu decodes with another result", i);
}

static struct stored sample(struct buf *list)
{
	pairs_add(list, TEXT("size"), TEXT("large"));
	pairs_add(list, TEXT(""), TEXT(""));
	const struct item item = {.group = 5,
				  .id = 6,
				  .count = 70000,
				  .big = 1,
				  .word = TEXT("a word of some length"),
				  .list = {buf_view(list)}};
	return encode(&ITEM, &item);
}

static void truncated_values_are_refused(void **state)
{
	(void)state;
	struct buf list = {0};
	struct stored s = sample(&list);
	struct item back;
	for (size_t n = 0; n < s.n_value; n++) {
		uint8_t *copy = malloc(n == 0 ? 1 : n);
		assert_non_null(copy);
		memcpy(copy, s.value, n);
		assert_int_equal(record_decode(&ITEM, key_of(&s), text_from(copy, n), &back),
				 ERR_CORRUPT);
		free(copy);
	}
	for (size_t n = 0; n < s.n_key; n++) {
		assert_int_equal(record_decode(&ITEM, text_from(s.key, n), value_of(&s), &back),
				 ERR_CORRUPT);
		assert_int_equal(record_decode_key(&ITEM, text_from(s.key, n), &back), ERR_CORRUPT);
	}
	free(s.value);
	buf_free(&list);
}

static void any_flipped_bit_is_detected(void **state)
{
	(void)state;
	struct buf list = {0};
	struct stored s = sample(&list);
	struct item back;
	for (size_t bit = 0; bit < 8 * (s.n_key + s.n_value); bit++) {
		size_t at = bit / 8;
		uint8_t *byte = at < s.n_key ? &s.key[at] : &s.value[at - s.n_key];
		*byte ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(record_decode(&ITEM, key_of(&s), value_of(&s), &back),
				 ERR_CORRUPT);
		*byte ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(record_decode(&ITEM, key_of(&s), value_of(&s), &back), ERR_OK);
	free(s.value);
	buf_free(&list);
}

/* A value under another record's key does not decode. */
static void the_checksum_covers_the_key(void **state)
{
	(void)state;
	const struct label one = {.name = TEXT("one"), .n = 1}, two = {.name = TEXT("two")};
	struct stored s = encode(&LABEL, &one), other = encode(&LABEL, &two);
	struct label back;
	assert_int_equal(record_decode(&LABEL, key_of(&other), value_of(&s), &back), ERR_CORRUPT);
	assert_int_equal(record_decode(&LABEL, key_of(&s), value_of(&s), &back), ERR_OK);
	assert_true(text_eq(back.name, TEXT("one")));
	assert_int_equal(back.n, 1);
	free(s.value);
	free(other.value);
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void keys_sort_as_numbers(void **state)
{
	(void)state;
	struct seeded seed = seeded_start("key order", 3);
	uint8_t a_key[RECORD_KEY_MAX], b_key[RECORD_KEY_MAX];
	for (int round = 0; round < 20000; round++) {
		struct item a = {.group = random_number(&seed) & 3, .id = random_number(&seed)};
		struct item b = {.group = random_number(&seed) & 3, .id = random_number(&seed)};
		if (seeded_below(&seed, 8) == 0)
			b.id = a.id;
		int expected = a.group != b.group ? (a.group > b.group ? 1 : -1)
						  : (a.id > b.id) - (a.id < b.id);
		assert_int_equal(record_encode_key(&ITEM, &a, a_key), 16);
		assert_int_equal(record_encode_key(&ITEM, &b, b_key), 16);
		assert_int_equal(sign(memcmp(a_key, b_key, 16)), expected);
		assert_int_equal(record_encode_prefix(&ITEM, &a, 1, b_key), 8);
		assert_memory_equal(a_key, b_key, 8);
	}
}

static void a_key_decodes_without_its_value(void **state)
{
	(void)state;
	uint8_t key[RECORD_KEY_MAX];
	const struct item item = {.group = 77, .id = UINT64_MAX, .count = 5};
	struct item back;
	memset(&back, 0xaa, sizeof back);
	size_t n = record_encode_key(&ITEM, &item, key);
	assert_int_equal(record_decode_key(&ITEM, text_from(key, n), &back), ERR_OK);
	assert_true(back.group == 77 && back.id == UINT64_MAX && back.count == 0);
	assert_int_equal(back.word.n, 0);
	key[n] = 0;
	assert_int_equal(record_decode_key(&ITEM, text_from(key, n + 1), &back), ERR_CORRUPT);
}

static void a_patch_changes_only_named_fields(void **state)
{
	(void)state;
	const struct item from = {.group = 9, .id = 9, .count = 1, .big = 2, .word = TEXT("new")};
	struct item to = {.group = 1, .id = 2, .count = 3, .big = 4, .word = TEXT("old")};
	uint64_t count = record_bit(&ITEM, offsetof(struct item, count));
	uint64_t word = record_bit(&ITEM, offsetof(struct item, word));
	assert_true(count != 0 && word != 0 && count != word);
	assert_int_equal(record_bit(&ITEM, offsetof(struct item, group)), 0);
	record_patch(&ITEM, &to, &from, count | word);
	assert_true(to.group == 1 && to.id == 2 && to.count == 1 && to.big == 4);
	assert_true(text_eq(to.word, TEXT("new")));
	record_patch(&ITEM, &to, &from, ~(uint64_t)0);
	assert_true(to.group == 1 && to.id == 2 && to.big == 2);
}

static void pairs_are_walked(void **state)
{
	(void)state;
	struct buf list = {0};
	struct text a, b, long_text;
	char room[300];
	memset(room, 'x', sizeof room);
	long_text = text_from(room, sizeof room);
	assert_int_equal(pairs_count((struct pairs){{0}}), 0);
	pairs_add(&list, TEXT("one"), TEXT("1"));
	pairs_add(&list, TEXT(""), long_text);
	struct text rest = buf_view(&list);
	assert_int_equal(pairs_count((struct pairs){rest}), 2);
	assert_true(pairs_next(&rest, &a, &b));
	assert_true(text_eq(a, TEXT("one")) && text_eq(b, TEXT("1")));
	assert_true(pairs_next(&rest, &a, &b));
	assert_true(a.n == 0 && text_eq(b, long_text));
	assert_false(pairs_next(&rest, &a, &b));
	const struct pairs whole = {buf_view(&list)};
	assert_true(pairs_find(whole, TEXT("one"), &b) && text_eq(b, TEXT("1")));
	assert_true(pairs_find(whole, TEXT(""), &b) && text_eq(b, long_text));
	assert_true(!pairs_find(whole, TEXT("on"), &b) && b.n == 0);
	/* The first pair has 6 bytes. A list cut anywhere in the second pair has only the first. */
	for (size_t n = 6; n < list.n; n++) {
		char *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, list.p, n);
		assert_int_equal(pairs_count((struct pairs){text_from(copy, n)}), 1);
		free(copy);
	}
	buf_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_are_read_back),
	    cmocka_unit_test(the_oldest_bytes_are_read),
	    cmocka_unit_test(empty_fields_take_no_bytes),
	    cmocka_unit_test(unknown_tags_are_skipped),
	    cmocka_unit_test(malformed_bytes_are_refused),
	    cmocka_unit_test(truncated_values_are_refused),
	    cmocka_unit_test(any_flipped_bit_is_detected),
	    cmocka_unit_test(the_checksum_covers_the_key),
	    cmocka_unit_test(keys_sort_as_numbers),
	    cmocka_unit_test(a_key_decodes_without_its_value),
	    cmocka_unit_test(a_patch_changes_only_named_fields),
	    cmocka_unit_test(pairs_are_walked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
