/*
 * Owns the checks of settings, tokens, operators, sessions and remembered requests. Never walks the
 * records. Called by verify.c.
 */
#include "base/crypto.h"
#include "base/password.h"
#include "core/idempotency.h"
#include "core/operator.h"
#include "verify_parts.h"

enum { ALL_SCOPES = SCOPE_READ | SCOPE_WRITE | SCOPE_ADMIN };

static enum err check_token(struct verifier *v, const void *record)
{
	const struct token *token = record;
	verify_id(v, token->id);
	if (token->hash.n != SHA256_SIZE)
		verify_report(v, "has a key that is not the hash of a token");
	if (token->scopes == 0 || (token->scopes & ~(uint64_t)ALL_SCOPES) != 0)
		verify_report(v, "has scopes that do not exist");
	return ERR_OK;
}

static enum err check_operator(struct verifier *v, const void *record)
{
	const struct operator_record *person = record;
	const struct password_cost cost = {person->n_log2, person->r, person->p};
	verify_id(v, person->id);
	if (person->key.n != OPERATOR_KEY_SIZE)
		verify_report(v, "has a key that is not the hash of a name");
	if (operator_scopes(person->role) == 0)
		verify_report(v, "has a role that does not exist");
	if (person->salt.n != PASSWORD_SALT_SIZE || person->password_key.n != PASSWORD_KEY_SIZE ||
	    person->password_version == 0 || !password_cost_valid(&cost))
		verify_report(v, "has a password that cannot be checked");
	return ERR_OK;
}

/* Its token may be revoked, or its operator removed: then the session has ended, and waits for its
 * deletion. */
static enum err check_session(struct verifier *v, const void *record)
{
	const struct session *session = record;
	if (session->hash.n != SHA256_SIZE)
		verify_report(v, "has a key that is not the hash of a cookie's value");
	if (session->seen_ms < session->created_ms)
		verify_report(v, "was used before it was opened");
	if ((session->token_id == 0) == (session->operator_id == 0))
		verify_report(v, "must name a token or an operator");
	return ERR_OK;
}

static enum err check_idempotency(struct verifier *v, const void *record)
{
	const struct idempotency *kept = record;
	const struct idempotency_age age = {.at_ms = kept->at_ms, .hash = kept->hash};
	if (kept->hash.n != IDEMPOTENCY_HASH || kept->request_hash.n != IDEMPOTENCY_HASH)
		verify_report(v, "has a hash of the wrong length");
	return verify_has(v, &KIND_IDEMPOTENCY_AGE, &age,
			  "is missing from the index by age: it will never expire");
}

/* A key that was used again after a day has two rows by age, and the older row expires first. */
static enum err check_idempotency_age(struct verifier *v, const void *record)
{
	const struct idempotency_age *age = record;
	struct idempotency kept = {.hash = age->hash};
	verify_id(v, age->number);
	enum err err = verify_find(v, &KIND_IDEMPOTENCY, &kept,
				   "points to a remembered request that does not exist");
	if (err == ERR_OK && kept.at_ms < age->at_ms)
		verify_report(v, "is newer than the remembered request that it points to");
	return err;
}

const struct verify_check VERIFY_ACCESS[] = {
    {&KIND_SETTING, NULL, NULL},
    {&KIND_TOKEN, check_token, NULL},
    {&KIND_OPERATOR, check_operator, NULL},
    {&KIND_SESSION, check_session, NULL},
    {&KIND_IDEMPOTENCY, check_idempotency, NULL},
    {&KIND_IDEMPOTENCY_AGE, check_idempotency_age, NULL},
    {NULL, NULL, NULL},
};
