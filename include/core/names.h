/*
 * The words of the API for stored numbers: a table for each set, which is read in both directions.
 */
#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include "core/records.h"

/* Each table ends with a NULL word. In SCOPE_NAMES the number is the position of the bit in enum
 * token_scope. FAILURE_NAMES has the words of enum http_failure (http/client.h), without "none". */
extern const struct name CAMPAIGN_STATUS_NAMES[], USER_TYPE_NAMES[], SOURCE_NAMES[], EVENT_NAMES[],
    METHOD_NAMES[], FORMAT_NAMES[], ORDER_NAMES[], DELIVERY_STATUS_NAMES[], EXISTING_NAMES[],
    USER_FLAG_NAMES[], METRIC_NAMES[], RECIPIENT_NAMES[], TRIGGER_NAMES[], REWARD_TYPE_NAMES[],
    REWARD_METHOD_NAMES[], REPEAT_NAMES[], REWARD_STATE_NAMES[], REVIEW_NAMES[], SCOPE_NAMES[],
    ROLE_NAMES[], ORDER_STATE_NAMES[], FAILURE_NAMES[];

/** Returns the word of a number; "unknown" if the table does not have the number. */
const char *name_of(const struct name *table, uint64_t number);
/** Finds the number of a word; false if the table does not have exactly this word. */
bool name_find(const struct name *table, struct text word, uint64_t *number) WARN_UNUSED;
/** Appends all words of the table for a message: "draft, launched or paused". */
void name_list(const struct name *table, struct buf *out);

#endif
