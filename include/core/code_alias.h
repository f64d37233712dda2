/*
 * Codes and aliases. A user or a campaign has a computed code (core/code.h), and may have an alias:
 * a code that it had elsewhere and keeps after an import. People see the alias.
 */
#ifndef CORE_CODE_ALIAS_H
#define CORE_CODE_ALIAS_H

#include "core/code.h"
#include "store/tx.h"

struct filter;

/** What a code leads to: exactly one of the two ids is set, or neither for an unknown code. A
 * computed code is answered without looking whether its id was ever given. */
enum err code_find(struct tx *tx, struct codes *codes, struct text code, uint64_t *user_id,
		   uint64_t *campaign_id) WARN_UNUSED;

/** Resolves the codes in the conditions of a search, which mean ids of users or of campaigns.
 * ERR_PENDING and read errors pass through. */
enum err code_resolve_filter(struct tx *tx, struct codes *codes, enum code_type type,
			     struct filter *filter) WARN_UNUSED;

/* The first segments of the server's own paths, which no alias may be. Ends with NULL.
 * test/unit/api/test_openapi.c compares them with the route table. */
extern const char *const CODES_RESERVED[];

/** May this text be a code at all (1 to ALIAS_MAX of letters, digits, "-" and "_")? */
bool code_is_plausible(struct text code);
/** Takes a code from elsewhere over: from now on nobody gets an id whose own code it is. The alias
 * row is the caller's. ERR_REFUSED with *problem, a sentence fragment that completes "code ...": it
 * is no code, or somebody's already. ERR_PENDING and read errors pass through. */
enum err code_take_over(struct tx *tx, struct codes *codes, struct text code,
			const char **problem) WARN_UNUSED;
/** The next id of a user or campaign, its own code free. */
enum err code_next_id(struct tx *tx, struct codes *codes, enum code_type type,
		      uint64_t *id) WARN_UNUSED;

/** The code that people see: the alias where there is one, else the computed one, written to
 * out. */
struct text code_of_user(struct codes *codes, uint64_t id, struct text alias,
			 char out[CODE_LENGTH + 1]);
struct text code_of_campaign(struct codes *codes, uint64_t id, struct text alias,
			     char out[CODE_LENGTH + 1]);

#endif
