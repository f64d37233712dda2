/*
 * Two record kinds for the store's tests: one with every field type, one with a text key.
 */
#ifndef TEST_STORE_KINDS_H
#define TEST_STORE_KINDS_H

#include <stddef.h>

#include "store/record.h"

struct item {
	uint64_t group, id; /* key */
	uint64_t count, big;
	struct text word;
	struct pairs list;
};

static const struct field item_keys[] = {
    {0, FIELD_U64, offsetof(struct item, group), "group"},
    {0, FIELD_U64, offsetof(struct item, id), "id"},
};
/* Tag 4 was retired. */
static const struct field item_values[] = {
    {1, FIELD_U64, offsetof(struct item, count), "count"},
    {2, FIELD_TEXT, offsetof(struct item, word), "word"},
    {3, FIELD_U64, offsetof(struct item, big), "big"},
    {5, FIELD_PAIRS, offsetof(struct item, list), "list"},
};
static const struct record_kind ITEM = {
    .id = 3,
    .name = "item",
    .size = sizeof(struct item),
    .keys = item_keys,
    .n_keys = 2,
    .values = item_values,
    .n_values = 4,
};

struct label {
	struct text name; /* key */
	uint64_t n;
};

static const struct field label_keys[] = {
    {0, FIELD_TEXT, offsetof(struct label, name), "name"},
};
static const struct field label_values[] = {
    {1, FIELD_U64, offsetof(struct label, n), "n"},
};
static const struct record_kind LABEL = {
    .id = 30,
    .name = "label",
    .size = sizeof(struct label),
    .keys = label_keys,
    .n_keys = 1,
    .values = label_values,
    .n_values = 1,
};

#endif
