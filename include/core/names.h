/*
 * The words by which the outside knows our numbers: one table each, read in both directions.
 */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include "core/records.h"

struct name {
	uint64_t number;
	const char *word;
};

/* A table ends with a NULL word. Of SCOPE_NAMES a number is the bit's place in enum token_scope. */
extern const struct name CAMPAIGN_STATUS_NAMES[], USER_TYPE_NAMES[], SOURCE_NAMES[], EVENT_NAMES[],
    METHOD_NAMES[], FORMAT_NAMES[], ORDER_NAMES[], DELIVERY_STATUS_NAMES[], EXISTING_NAMES[],
    METRIC_NAMES[], RECIPIENT_NAMES[], TRIGGER_NAMES[], REWARD_TYPE_NAMES[], REWARD_METHOD_NAMES[],
    REPEAT_NAMES[], REWARD_STATE_NAMES[], REVIEW_NAMES[], SCOPE_NAMES[];

/** The word of a number; "unknown" where the table has none. */
const char *name_of(const struct name *table, uint64_t number);
/** The number of a word, exact; false where the table has none. */
bool name_find(const struct name *table, struct text word, uint64_t *number) WARN_UNUSED;
/** Appends "draft, launched or paused", for messages. */
void name_list(const struct name *table, struct buf *out);

#endif
