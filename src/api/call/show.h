/*
 * Small pieces of JSON that several families of calls write.
 */
#ifndef API_SHOW_H
#define API_SHOW_H

#include "base/json.h"
#include "base/zone.h"
#include "call.h"
#include "core/names.h"

/** "2026-11-23" in that zone, or null for 0. */
void show_date(struct json_out *o, const char *name, const struct zone *zone, uint64_t ms);
/** "2026-11-23T10:00:00.123Z", or null for 0. */
void show_time(struct json_out *o, const char *name, uint64_t ms);
/** A number, or null for 0. */
void show_id(struct json_out *o, const char *name, uint64_t id);
/** part / whole as a number with four decimals, or null if whole is 0. */
void show_ratio(struct json_out *o, const char *name, uint64_t part, uint64_t whole);
/** A secret: null if it is empty, redacted for tokens without the scope write. */
void show_secret(const struct call *call, struct json_out *o, const char *name, struct text secret);
/** {"kind": "token", "id": 3, "name": "CRM"}; id is null for an actor without an id, and name also
 * for a token or operator that no longer exists. null for ACTOR_UNKNOWN. */
void show_actor(const struct call *call, struct json_out *o, const char *name, struct actor actor);
/** The word of a number. */
void show_word(struct json_out *o, const char *name, const struct name *table, uint64_t number);
/** An array of the words whose bit (1 << number) is in mask. */
void show_words(struct json_out *o, const char *name, const struct name *table, uint64_t mask);

#endif
