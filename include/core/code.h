/*
 * Codes: a keyed permutation of ids. A code is a type letter ("u" user, "c" campaign) and seven
 * base-58 digits: unique by construction, found without an index, unguessable without the key.
 *
 * The permutation is a Feistel network over the numbers below 58^7, split as 58^3 x 58^4, with
 * modular addition and ten rounds of AES-128 (the shape of NIST SP 800-38G's FF1, whose minimum
 * domain of 10^6 the 2.2 * 10^12 here exceed). Users and campaigns have different tweaks. The key
 * lives in the database: losing it would change every link in the wild.
 */
#ifndef CORE_CODE_H
#define CORE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { CODE_LENGTH = 8, CODE_KEY_SIZE = 32 };

enum code_type { CODE_USER = 'u', CODE_CAMPAIGN = 'c' };

struct codes;

/** Keys made from the database's one. NULL without memory. */
struct codes *codes_new(const uint8_t key[CODE_KEY_SIZE]);
void codes_free(struct codes *codes);

/** Writes the code of id (1 .. 58^7 - 1) and a NUL; answers out. */
const char *code_write(struct codes *codes, enum code_type type, uint64_t id,
		       char out[CODE_LENGTH + 1]);
/** The id behind a code of that type; 0 if it is malformed or of the other type. Whether the id was
 * ever given is for the caller to see. Takes the same time for every well-formed code. */
uint64_t code_read(struct codes *codes, enum code_type type, struct text code);

/** The message id ("msg_" and 32 hexadecimal digits) of an event at a webhook, whose id is below
 * 2^56: never that of another event or webhook, of this database or a later one. */
enum { MESSAGE_ID_SIZE = 4 + 32 + 1 };
void codes_message_id(struct codes *codes, uint64_t event_id, uint64_t webhook_id,
		      char out[MESSAGE_ID_SIZE]);
/** The message id that 0.1 gave to a delivery. */
void codes_old_message_id(struct codes *codes, uint64_t delivery_id, char out[MESSAGE_ID_SIZE]);

/* Addresses that only those know who were given them: a keyed 128-bit MAC of a user's id, as 32
 * hexadecimal digits. Each purpose has MACs of its own. */
enum code_secret {
	SECRET_OWN_PAGE = 'o', /* the page after joining, with the counts */
	SECRET_KNOWN_PAGE =
	    'k', /* the same for somebody who only typed a known e-mail: the link alone */
	SECRET_UNSUBSCRIBE = 's',
};
enum { CODE_SECRET_SIZE = 32 + 1 };
void code_secret_write(struct codes *codes, enum code_secret purpose, uint64_t user_id,
		       char out[CODE_SECRET_SIZE]);
/** Is it that user's? Compared in constant time. */
bool code_secret_fits(struct codes *codes, enum code_secret purpose, uint64_t user_id,
		      struct text secret);

/** A keyed 64-bit hash of (campaign, canonical e-mail), for the index. */
uint64_t codes_hash_email(struct codes *codes, uint64_t campaign_id, struct text canonical);

#endif
