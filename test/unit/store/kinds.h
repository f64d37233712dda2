/*
 * Two record kinds for the store's tests: one with every field type, one with a text key.
 */
#ifndef TEST_STORE_KINDS_H
#define TEST_STORE_KINDS_H

#include "field.h"

struct item {
	uint64_t group, id; /* key */
	uint64_t count, big;
	struct text word;
	struct pairs list;
};

static const struct field item_keys[] = {
    FIELD(0, U64, item, group),
    FIELD(0, U64, item, id),
};
/* Tag 4 was retired. */
static const struct field item_values[] = {
    FIELD(1, U64, item, count),
    FIELD(2, TEXT, item, word),
    FIELD(3, U64, item, big),
    FIELD(5, PAIRS, item, list),
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
    FIELD(0, TEXT, label, name),
};
static const struct field label_values[] = {
    FIELD(1, U64, label, n),
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
