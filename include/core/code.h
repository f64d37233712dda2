/*
 * Codes: a keyed permutation of ids. A code is a type letter ("u" user, "c" campaign) and seven
 * base-58 digits. Codes are unique by construction, need no index, and cannot be guessed without
 * the key.
 *
 * The permutation is a Feistel network over the numbers below 58^7, split as 58^3 x 58^4, with
 * modular addition and ten rounds of AES-128. It has the shape of FF1 in NIST SP 800-38G; its
 * domain of 2.2 * 10^12 exceeds the minimum of 10^6. Users and campaigns have different tweaks. The
 * database stores the key: without it, every link that was ever shared would change.
 */
#ifndef CORE_CODE_H
#define CORE_CODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum { CODE_LENGTH = 8, CODE_KEY_SIZE = 32 };

enum code_type { CODE_USER = 'u', CODE_CAMPAIGN = 'c' };

struct codes;

/** Derives all keys from the stored key. NULL if memory runs out. */
struct codes *codes_new(const uint8_t key[CODE_KEY_SIZE]);
void codes_free(struct codes *codes);

/** Writes the code of id (1 .. 58^7 - 1) and a NUL; returns out. */
const char *code_write(struct codes *codes, enum code_type type, uint64_t id,
		       char out[CODE_LENGTH + 1]);
/** Returns the id behind a code of that type; 0 if the code is malformed or of the other type. Does
 * not know whether the id was ever assigned. Takes the same time for every well-formed code. */
uint64_t code_read(struct codes *codes, enum code_type type, struct text code);

/** Writes the message id ("msg_" and 32 hexadecimal digits) of an event at a webhook. The webhook's
 * id must be below 2^56. No other event or webhook, in this database or in a restored copy, gets
 * the same message id. */
enum { MESSAGE_ID_SIZE = 4 + 32 + 1 };
void codes_message_id(struct codes *codes, uint64_t event_id, uint64_t webhook_id,
		      char out[MESSAGE_ID_SIZE]);
/** Writes the message id that 0.1 gave to a delivery. */
void codes_old_message_id(struct codes *codes, uint64_t delivery_id, char out[MESSAGE_ID_SIZE]);

/* What a message id stands for. */
struct message_name {
	uint64_t event_id, webhook_id;
	uint64_t delivery_id; /* 0.1 made the id from the delivery alone; 0: it did not */
};
/** Is it "msg_" and 32 hexadecimal digits? */
bool code_is_message_id(struct text id);
/** Computes the name back from a message id. False if this database never writes that id. Does not
 * know whether the delivery exists. */
bool codes_read_message_id(struct codes *codes, struct text id, struct message_name *out);

/* The secret part of a personal URL: a keyed 128-bit MAC of a user's id, as 32 hexadecimal digits.
 * Each purpose has its own MACs. */
enum code_secret {
	SECRET_OWN_PAGE = 'o', /* the page after joining, with counts */
	/* the page after entering an e-mail address that had joined before: only the link */
	SECRET_KNOWN_PAGE = 'k',
	SECRET_UNSUBSCRIBE = 's',
};
enum { CODE_SECRET_SIZE = 32 + 1 };
void code_secret_write(struct codes *codes, enum code_secret purpose, uint64_t user_id,
		       char out[CODE_SECRET_SIZE]);
/** Is it the secret of that user? Compares in constant time. */
bool code_secret_fits(struct codes *codes, enum code_secret purpose, uint64_t user_id,
		      struct text secret);

/** Writes the secret of a one-time link, which belongs to one event of a user. The id of the event
 * must be below 2^56. */
void code_once_write(struct codes *codes, uint64_t user_id, uint64_t event_id,
		     char out[CODE_SECRET_SIZE]);
/** Reads the secret of a one-time link. False if this database never writes that secret. Does not
 * know whether the link is still good. */
bool code_once_read(struct codes *codes, struct text secret, uint64_t *user_id, uint64_t *event_id);

/* The hidden field of a form: when the page was made, and a number that no other page has. */
struct form_token {
	uint64_t at_ms;  /* Unix time, below 2^56 */
	uint64_t number; /* below 2^63; 0: no token */
};
void code_form_token_write(struct codes *codes, struct form_token token,
			   char out[CODE_SECRET_SIZE]);
/** Returns a zeroed token for a text that this database never writes. */
struct form_token code_form_token_read(struct codes *codes, struct text text);

/** Returns a keyed 63-bit hash of the bytes by which limits count a client. */
uint64_t codes_hash_network(struct codes *codes, struct text network);
/** Returns a keyed 64-bit hash of campaign and canonical address, for the e-mail index. */
uint64_t codes_hash_email(struct codes *codes, uint64_t campaign_id, struct text canonical);

#endif
