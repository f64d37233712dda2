/*
 * Owns the tests of all record tables together: kinds that are already on disks must never be
 * confused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "core/records.h"

static void kinds_have_unique_numbers_and_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		if (kind->id < 1 || kind->id >= RECORD_KINDS || kind->id == RECORD_KIND_LOG)
			fail_msg("%s has the number %u, which no kind may have: see store/record.h",
				 kind->name, kind->id);
		for (size_t j = 0; j < i; j++) {
			if (kind->id == RECORD_KINDS_ALL[j]->id)
				fail_msg("%s has the number %u of %s: take the next free number",
					 kind->name, kind->id, RECORD_KINDS_ALL[j]->name);
			assert_string_not_equal(kind->name, RECORD_KINDS_ALL[j]->name);
		}
	}
}

/* The end of the list then shows the next free number. */
static void kinds_are_listed_in_the_order_of_their_numbers(void **state)
{
	(void)state;
	for (size_t i = 1; i < RECORD_KINDS_COUNT; i++)
		if (RECORD_KINDS_ALL[i]->id <= RECORD_KINDS_ALL[i - 1]->id)
			fail_msg("RECORD_KIND_LIST (record_kinds.h) has %s (%u) after %s (%u)",
				 RECORD_KINDS_ALL[i]->name, RECORD_KINDS_ALL[i]->id,
				 RECORD_KINDS_ALL[i - 1]->name, RECORD_KINDS_ALL[i - 1]->id);
}

/* Every kind fits the struct that store.c passes to watchers and a mask of record_bit. */
static void every_kind_fits_the_store_and_the_mask(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		if (kind->size > RECORD_SIZE_MAX)
			fail_msg("%s has %zu bytes: raise RECORD_SIZE_MAX (store/record.h)",
				 kind->name, kind->size);
		if (kind->n_values > 64)
			fail_msg("%s has %zu values: record_bit has 64 bits", kind->name,
				 kind->n_values);
	}
}

static void tags_ascend(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		for (size_t f = 0; f < RECORD_KINDS_ALL[i]->n_values; f++)
			if (RECORD_KINDS_ALL[i]->values[f].tag != f + 1)
				fail_msg("%s: the tag of %s must be %zu", RECORD_KINDS_ALL[i]->name,
					 RECORD_KINDS_ALL[i]->values[f].name, f + 1);
}

enum { WORD = sizeof(uint64_t), WORDS_MAX = RECORD_SIZE_MAX / WORD };

/* Marks the words of the struct that the fields store. */
static void mark(const struct record_kind *kind, const struct field *fields, size_t n,
		 bool stored[WORDS_MAX])
{
	static const size_t sizes[] = {
	    [FIELD_U64] = sizeof(uint64_t),
	    [FIELD_TEXT] = sizeof(struct text),
	    [FIELD_PAIRS] = sizeof(struct pairs),
	};
	for (size_t f = 0; f < n; f++)
		for (size_t at = 0; at < sizes[fields[f].type]; at += WORD) {
			bool *word = &stored[(fields[f].offset + at) / WORD];
			if (*word)
				fail_msg("%s: %s has two lines in its table, or a wrong type",
					 kind->name, fields[f].name);
			*word = true;
		}
}

/* The store would lose a member without a line, and half of a text whose line says U64. */
static void every_member_is_stored(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		bool stored[WORDS_MAX] = {false};
		mark(kind, kind->keys, kind->n_keys, stored);
		mark(kind, kind->values, kind->n_values, stored);
		for (size_t w = 0; w < kind->size / WORD; w++)
			if (!stored[w])
				fail_msg("%s: the table omits the member at byte %zu of the "
					 "struct, or half of it: add a KEY or VALUE with its type",
					 kind->name, w * WORD);
	}
}

static void a_text_key_is_the_last_field_of_a_key(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++)
		for (size_t f = 0; f + 1 < RECORD_KINDS_ALL[i]->n_keys; f++)
			if (RECORD_KINDS_ALL[i]->keys[f].type != FIELD_U64)
				fail_msg("%s: the key field %s must be the last, or a U64",
					 RECORD_KINDS_ALL[i]->name,
					 RECORD_KINDS_ALL[i]->keys[f].name);
}

static void check_meaning(const struct record_kind *kind, const struct field *f)
{
	enum {
		NUMBERS = 1 << MEANS_PLAIN | 1 << MEANS_ID | 1 << MEANS_HASH | 1 << MEANS_TIME |
			  1 << MEANS_DAY | 1 << MEANS_FLAG | 1 << MEANS_WORD
	};
	enum { TEXTS = 1 << MEANS_PLAIN | 1 << MEANS_BYTES | 1 << MEANS_IDS | 1 << MEANS_IP };
	enum { PAIRS = 1 << MEANS_PLAIN | 1 << MEANS_BYTES };
	static const unsigned allowed[] = {
	    [FIELD_U64] = NUMBERS, [FIELD_TEXT] = TEXTS, [FIELD_PAIRS] = PAIRS};
	if ((allowed[f->type] >> f->meaning & 1) == 0)
		fail_msg("%s: %s has a meaning that its type cannot have", kind->name, f->name);
	if ((f->meaning == MEANS_WORD) != (f->words != NULL))
		fail_msg("%s: %s needs a table of words", kind->name, f->name);
}

static void every_kind_has_a_table_and_every_field_a_meaning(void **state)
{
	(void)state;
	for (size_t i = 0; i < RECORD_KINDS_COUNT; i++) {
		const struct record_kind *kind = RECORD_KINDS_ALL[i];
		if (kind->table == NULL)
			fail_msg("%s has no name in SQL (record_table.h)", kind->name);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(kind->table, RECORD_KINDS_ALL[j]->table);
		for (size_t f = 0; f < kind->n_keys; f++)
			check_meaning(kind, &kind->keys[f]);
		for (size_t f = 0; f < kind->n_values; f++)
			check_meaning(kind, &kind->values[f]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kinds_have_unique_numbers_and_names),
	    cmocka_unit_test(kinds_are_listed_in_the_order_of_their_numbers),
	    cmocka_unit_test(every_kind_fits_the_store_and_the_mask),
	    cmocka_unit_test(tags_ascend),
	    cmocka_unit_test(every_member_is_stored),
	    cmocka_unit_test(a_text_key_is_the_last_field_of_a_key),
	    cmocka_unit_test(every_kind_has_a_table_and_every_field_a_meaning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
