/*
 * Passwords of people: which passwords are accepted, and the key that scrypt (RFC 7914) derives
 * from one. A derivation takes about a tenth of a second and PASSWORD_MEMORY bytes, so the server
 * leaves it to a process of its own, which runs password_serve.
 */
#ifndef BASE_PASSWORD_H
#define BASE_PASSWORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum {
	PASSWORD_MIN = 12,  /* characters */
	PASSWORD_MAX = 256, /* bytes */
	PASSWORD_SALT_SIZE = 16,
	PASSWORD_KEY_SIZE = 32,
	PASSWORD_MEMORY = 256 << 20, /* the most that a cost may need, in bytes */
};

/* The parameters of scrypt. They are stored beside each key, so that new passwords may cost more
 * than old ones. */
struct password_cost {
	uint64_t n_log2, r, p; /* N = 2^n_log2; scrypt needs 128 * N * r bytes */
};

/** The cost of new passwords: 32 MiB. */
extern const struct password_cost PASSWORD_COST;

/** Does password_derive accept the cost? */
bool password_cost_valid(const struct password_cost *cost);
/** Returns NULL, or a fragment that completes "the password ...". */
const char *password_refusal(struct text password) WARN_UNUSED;

/** False for a password that nobody can have, because password_refusal refuses it and always did:
 * it is too long or contains a NUL. Check it before a key decides: HMAC pads a password with zeros,
 * so a password and the same password with a NUL at its end have the same key. */
bool password_possible(struct text password) WARN_UNUSED;

/** Derives the key. ERR_INVALID for a cost beyond PASSWORD_MEMORY or a password beyond
 * PASSWORD_MAX; ERR_NO_MEMORY. */
enum err password_derive(struct text password, const uint8_t salt[PASSWORD_SALT_SIZE],
			 const struct password_cost *cost,
			 uint8_t key[PASSWORD_KEY_SIZE]) WARN_UNUSED;

/* A request to the process, and its answer: one message each, on a SOCK_SEQPACKET socket between
 * two processes of the same program. */
struct password_request {
	struct password_cost cost;
	uint8_t salt[PASSWORD_SALT_SIZE];
	uint64_t n; /* bytes of the password */
	char password[PASSWORD_MAX];
};
struct password_answer {
	uint64_t err; /* enum err */
	uint8_t key[PASSWORD_KEY_SIZE];
};

/** Answers requests on the socket until the other end closes it. Returns an exit status. */
int password_serve(int fd);

#endif
