/*
 * Owns the permutation between ids and codes. Never looks at the database. Called by joining, the
 * API's look-ups and payload rendering.
 */
#include "core/code.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { ROUNDS = 10, LOW_MODULUS = 58 * 58 * 58, HIGH_MODULUS = 58 * 58 * 58 * 58 };

static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/* A code that was computed lately: a request often reads a code and then shows the same user, and a
 * payload shows a code several times. All zero: free, because no id is 0. */
struct known_code {
	uint64_t id;
	char code[CODE_LENGTH]; /* the first byte is the type */
};
enum { KNOWN_CODES = 1024 }; /* more than the deliveries that wait, unless a receiver is slow */

struct codes {
	struct crypto_cipher *cipher, *inverse;
	struct crypto_hash *email_hash;
	struct known_code known[KNOWN_CODES]; /* at the id's lower bits */
};

/* One key for each purpose, derived from the stored key. */
static bool derive(const uint8_t key[CODE_KEY_SIZE], const char *purpose, uint8_t out[16])
{
	uint8_t full[SHA256_SIZE];
	bool made = crypto_hmac_sha256(text_from(key, CODE_KEY_SIZE), text_of(purpose), full);
	if (made)
		memcpy(out, full, 16);
	crypto_wipe(full, sizeof full);
	return made;
}

struct codes *codes_new(const uint8_t key[CODE_KEY_SIZE])
{
	uint8_t derived[16];
	struct codes *c = calloc(1, sizeof *c);
	if (c == NULL)
		return NULL;
	if (derive(key, "referd code permutation", derived)) {
		c->cipher = crypto_cipher_new(derived);
		c->inverse = crypto_cipher_new_inverse(derived);
	}
	if (derive(key, "referd e-mail index", derived))
		c->email_hash = crypto_hash_new(derived);
	crypto_wipe(derived, sizeof derived);
	if (c->cipher != NULL && c->inverse != NULL && c->email_hash != NULL)
		return c;
	codes_free(c);
	return NULL;
}

void codes_free(struct codes *c)
{
	if (c == NULL)
		return;
	crypto_cipher_free(c->cipher);
	crypto_cipher_free(c->inverse);
	crypto_hash_free(c->email_hash);
	free(c);
}

/* The round function: a pseudo-random number from (type, round, half). */
static uint64_t scramble(struct codes *c, enum code_type type, int round, uint64_t half)
{
	uint8_t in[16] = {(uint8_t)type, (uint8_t)round}, out[16];
	half = htole64(half); /* a database may move to a machine with another byte order */
	memcpy(in + 8, &half, sizeof half);
	crypto_cipher_block(c->cipher, in, out);
	uint64_t v;
	memcpy(&v, out, sizeof v);
	return le64toh(v);
}

/* The compiler divides by a constant without a division. */
static uint64_t reduce(uint64_t v, int round)
{
	return round % 2 == 0 ? v % LOW_MODULUS : v % HIGH_MODULUS;
}

/* Even rounds add a function of the high half to the low half; odd rounds do the opposite. */
static uint64_t permute(struct codes *c, enum code_type type, uint64_t id)
{
	uint64_t half[2] = {id % LOW_MODULUS, id / LOW_MODULUS};
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t *moved = &half[round % 2], other = half[1 - round % 2];
		/* The sum is of reduced numbers: a sum above 2^64 could not be undone. */
		*moved = reduce(*moved + reduce(scramble(c, type, round, other), round), round);
	}
	return half[1] * LOW_MODULUS + half[0];
}

static uint64_t unpermute(struct codes *c, enum code_type type, uint64_t value)
{
	uint64_t half[2] = {value % LOW_MODULUS, value / LOW_MODULUS};
	for (int round = ROUNDS - 1; round >= 0; round--) {
		uint64_t *moved = &half[round % 2], other = half[1 - round % 2];
		uint64_t modulus = round % 2 == 0 ? LOW_MODULUS : HIGH_MODULUS;
		uint64_t added = reduce(scramble(c, type, round, other), round);
		*moved = reduce(*moved + modulus - added, round);
	}
	return half[1] * LOW_MODULUS + half[0];
}

static void know(struct codes *c, uint64_t id, const char code[CODE_LENGTH])
{
	struct known_code *known = &c->known[id % KNOWN_CODES];
	known->id = id;
	memcpy(known->code, code, CODE_LENGTH);
}

const char *code_write(struct codes *c, enum code_type type, uint64_t id, char out[CODE_LENGTH + 1])
{
	const struct known_code *known = &c->known[id % KNOWN_CODES];
	out[CODE_LENGTH] = '\0';
	if (known->id == id && known->code[0] == (char)type)
		return memcpy(out, known->code, CODE_LENGTH);
	uint64_t value = permute(c, type, id);
	out[0] = (char)type;
	for (int i = CODE_LENGTH - 1; i > 0; i--, value /= 58)
		out[i] = alphabet[value % 58];
	know(c, id, out);
	return out;
}

uint64_t code_read(struct codes *c, enum code_type type, struct text code)
{
	uint64_t value = 0;
	if (code.n != CODE_LENGTH || code.p[0] != (char)type)
		return 0;
	for (size_t i = 1; i < CODE_LENGTH; i++) {
		const char *digit = code.p[i] == '\0' ? NULL : strchr(alphabet, code.p[i]);
		if (digit == NULL)
			return 0;
		value = value * 58 + (uint64_t)(digit - alphabet);
	}
	const uint64_t id = unpermute(c, type, value);
	know(c, id, code.p);
	return id;
}

/* Writes a pseudo-random number from (domain, within, id) as 32 hexadecimal digits and a NUL. The
 * lower 56 bits of `within` count. The domains of scramble are the types of codes; every other
 * purpose has its own letter. */
static void write_mac(struct codes *c, char domain, uint64_t within, uint64_t id, char out[32 + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t in[16] = {(uint8_t)domain}, block[16];
	within = htole64(within);
	memcpy(in + 1, &within, 7);
	id = htole64(id);
	memcpy(in + 8, &id, sizeof id);
	crypto_cipher_block(c->cipher, in, block);
	for (size_t i = 0; i < sizeof block; i++) {
		out[2 * i] = digits[block[i] >> 4];
		out[2 * i + 1] = digits[block[i] & 15];
	}
	out[32] = '\0';
}

enum { DOMAIN_MESSAGE = 'e', DOMAIN_OLD_MESSAGE = 'm' };
static const struct text message_prefix = {"msg_", 4};

void codes_message_id(struct codes *c, uint64_t event_id, uint64_t webhook_id,
		      char out[MESSAGE_ID_SIZE])
{
	memcpy(out, message_prefix.p, message_prefix.n);
	write_mac(c, DOMAIN_MESSAGE, webhook_id, event_id, out + message_prefix.n);
}

void codes_old_message_id(struct codes *c, uint64_t delivery_id, char out[MESSAGE_ID_SIZE])
{
	memcpy(out, message_prefix.p, message_prefix.n);
	write_mac(c, DOMAIN_OLD_MESSAGE, 0, delivery_id, out + message_prefix.n);
}

static bool read_message_block(struct text id, uint8_t block[16])
{
	return text_starts(id, message_prefix) &&
	       crypto_hex_decode(text_from(id.p + message_prefix.n, id.n - message_prefix.n), block,
				 16);
}

bool code_is_message_id(struct text id)
{
	uint8_t block[16];
	return read_message_block(id, block);
}

/* The other domains hold secrets of users: their blocks must not be read here. */
bool codes_read_message_id(struct codes *c, struct text id, struct message_name *out)
{
	uint8_t block[16], in[16];
	uint64_t within = 0, last;
	*out = (struct message_name){0};
	if (!read_message_block(id, block))
		return false;
	crypto_cipher_unblock(c->inverse, block, in);
	memcpy(&within, in + 1, 7);
	memcpy(&last, in + 8, sizeof last);
	if (in[0] == DOMAIN_MESSAGE)
		*out =
		    (struct message_name){.event_id = le64toh(last), .webhook_id = le64toh(within)};
	else if (in[0] == DOMAIN_OLD_MESSAGE && within == 0)
		out->delivery_id = le64toh(last);
	return out->delivery_id != 0 || (out->event_id != 0 && out->webhook_id != 0);
}

void code_secret_write(struct codes *c, enum code_secret purpose, uint64_t user_id,
		       char out[CODE_SECRET_SIZE])
{
	write_mac(c, (char)purpose, 0, user_id, out);
}

bool code_secret_fits(struct codes *c, enum code_secret purpose, uint64_t user_id,
		      struct text secret)
{
	char right[CODE_SECRET_SIZE];
	code_secret_write(c, purpose, user_id, right);
	return text_eq_secret(text_of(right), secret);
}

enum { DOMAIN_ONCE = 'w', DOMAIN_FORM = 'f' };

/* Reverses write_mac. False for another domain. */
static bool read_mac(struct codes *c, char domain, struct text text, uint64_t *within, uint64_t *id)
{
	uint8_t block[16], in[16];
	if (!crypto_hex_decode(text, block, sizeof block))
		return false;
	crypto_cipher_unblock(c->inverse, block, in);
	*within = 0;
	memcpy(within, in + 1, 7);
	memcpy(id, in + 8, sizeof *id);
	*within = le64toh(*within);
	*id = le64toh(*id);
	return in[0] == (uint8_t)domain;
}

void code_once_write(struct codes *c, uint64_t user_id, uint64_t event_id,
		     char out[CODE_SECRET_SIZE])
{
	write_mac(c, DOMAIN_ONCE, event_id, user_id, out);
}

bool code_once_read(struct codes *c, struct text secret, uint64_t *user_id, uint64_t *event_id)
{
	return read_mac(c, DOMAIN_ONCE, secret, event_id, user_id) && *user_id != 0 &&
	       *event_id != 0;
}

void code_form_token_write(struct codes *c, struct form_token token, char out[CODE_SECRET_SIZE])
{
	write_mac(c, DOMAIN_FORM, token.at_ms, token.number, out);
}

struct form_token code_form_token_read(struct codes *c, struct text text)
{
	struct form_token token;
	if (!read_mac(c, DOMAIN_FORM, text, &token.at_ms, &token.number) ||
	    token.number > INT64_MAX)
		return (struct form_token){0};
	return token;
}

/* No campaign has the id UINT64_MAX, so a network never has the hash of an address. */
uint64_t codes_hash_network(struct codes *c, struct text network)
{
	return codes_hash_email(c, UINT64_MAX, network) >> 1;
}

uint64_t codes_hash_email(struct codes *c, uint64_t campaign_id, struct text canonical)
{
	char bytes[8 + 512];
	size_t n = canonical.n < 512 ? canonical.n : 512;
	campaign_id = htole64(campaign_id);
	memcpy(bytes, &campaign_id, 8);
	memcpy(bytes + 8, canonical.p, n);
	return crypto_hash_text(c->email_hash, text_from(bytes, 8 + n));
}
