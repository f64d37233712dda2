/*
 * The derivation of a key for a call, which waits for it.
 */
#ifndef API_PASSWORD_CALL_H
#define API_PASSWORD_CALL_H

#include "call.h"
#include "passwords.h"

/** Derives the key of the password, which is at most PASSWORD_MAX bytes; then job->done runs.
 * Returns false after a 503: too many passwords wait. */
bool password_call(struct call *call, struct password_job *job, struct text password,
		   const uint8_t salt[PASSWORD_SALT_SIZE],
		   const struct password_cost *cost) WARN_UNUSED;
/** 503: the key could not be derived. */
void password_call_failed(struct call *call, enum err err);

#endif
