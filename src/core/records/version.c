/*
 * Owns the version of a record: a hash of its stored form. Never stores a version. Called by the
 * commands that change campaigns, webhooks and users, and by the API.
 */
#include "core/version.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

enum { VERSION_HASH = 8 };

bool version_write(const struct record_kind *kind, const void *record, char out[VERSION_SIZE + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t key[RECORD_KEY_MAX], hash[SHA256_SIZE];
	const size_t n_key = record_encode_key(kind, record, key);
	uint8_t *value = malloc(record_value_bound(kind, record));
	if (value == NULL)
		return false;
	const size_t n = record_encode_value(kind, record, text_from(key, n_key), value);
	crypto_sha256(text_from(value, n), hash);
	free(value);
	char *at = out;
	*at++ = '"';
	for (size_t i = 0; i < VERSION_HASH; i++) {
		*at++ = digits[hash[i] >> 4];
		*at++ = digits[hash[i] & 15];
	}
	*at++ = '"';
	*at = '\0';
	return true;
}

/* A proxy that compresses responses makes their tags weak (W/"..."). The tag still names the same
 * stored record, so only the part in quotes counts. */
enum err version_check(struct text if_match, const struct record_kind *kind, const void *record)
{
	char now[VERSION_SIZE + 1];
	if (if_match.n == 0 || text_eq(if_match, TEXT("*")))
		return ERR_OK;
	if (!version_write(kind, record, now))
		return ERR_NO_MEMORY;
	return memmem(if_match.p, if_match.n, now, VERSION_SIZE) != NULL ? ERR_OK : ERR_REFUSED;
}
