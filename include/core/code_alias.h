/*
 * Codes and aliases. A user or a campaign has a computed code (core/code.h), and may have an alias:
 * a code from an earlier programme, which it keeps after an import. People see the alias.
 */
#ifndef CORE_CODE_ALIAS_H
#define CORE_CODE_ALIAS_H

#include "core/code.h"
#include "store/tx.h"

struct filter;

/** Finds the user or the campaign that has the code: exactly one of the two ids is set, or neither
 * for an unknown code. An id from a computed code may belong to no user or campaign: the caller
 * reads the record. ERR_PENDING and read errors pass through. */
enum err code_find(struct tx *tx, struct codes *codes, struct text code, uint64_t *user_id,
		   uint64_t *campaign_id) WARN_UNUSED;

/** Replaces the codes in the conditions of a search by ids of users or of campaigns. ERR_PENDING
 * and read errors pass through. */
enum err code_resolve_filter(struct tx *tx, struct codes *codes, enum code_type type,
			     struct filter *filter) WARN_UNUSED;

/* The first segments of the server's own paths, which cannot be aliases. Ends with NULL.
 * test/unit/api/test_openapi.c compares them with the route table. */
extern const char *const CODES_RESERVED[];

/** Does the text look like a code: 1 to ALIAS_MAX letters, digits, "-" and "_"? */
bool code_is_plausible(struct text code);
/** Is it the computed code of a user or a campaign that exists? ERR_PENDING and read errors pass
 * through. */
enum err code_is_taken(struct tx *tx, struct codes *codes, struct text code,
		       bool *taken) WARN_UNUSED;
/** Reserves a code from an earlier programme: from now on, code_next_id assigns no id with this
 * computed code. The caller stages the alias row. ERR_REFUSED sets *problem to a sentence fragment
 * that completes "code ...": the text cannot be a code, is reserved, or is already in use.
 * ERR_PENDING and read errors pass through. */
enum err code_take_over(struct tx *tx, struct codes *codes, struct text code,
			const char **problem) WARN_UNUSED;
/** Assigns the next id of a user or campaign whose computed code is not an alias. */
enum err code_next_id(struct tx *tx, struct codes *codes, enum code_type type,
		      uint64_t *id) WARN_UNUSED;

/** Returns the code that people see: the alias, or if it is empty the computed code, which is
 * written to `out`. */
struct text code_of_user(struct codes *codes, uint64_t id, struct text alias,
			 char out[CODE_LENGTH + 1]);
struct text code_of_campaign(struct codes *codes, uint64_t id, struct text alias,
			     char out[CODE_LENGTH + 1]);

/** Appends the address of the user's own page, "{base}/me/{code}/{secret}". It shows the counts, so
 * only the user and tokens with the scope write may see it. */
void code_write_me_url(struct codes *codes, struct text base, struct text code, uint64_t user_id,
		       struct buf *out);
/** Appends the address of a one-time link to that page, "{base}/me/{code}/once/{secret}". */
void code_write_once_url(struct codes *codes, struct text base, struct text code, uint64_t user_id,
			 uint64_t event_id, struct buf *out);

#endif
