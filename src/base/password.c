/*
 * Owns the rule about passwords, the cost of their keys, and the process that derives keys. Never
 * stores or logs a password. Called by the API and the operator commands; main runs the process.
 */
#include "base/password.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/crypto.h"
#include "base/utf8.h"

const struct password_cost PASSWORD_COST = {.n_log2 = 15, .r = 8, .p = 1};

enum { N_LOG2_MAX = 20, R_MAX = 32, P_MAX = 16, NICENESS = 10 };

const char *password_refusal(struct text password)
{
	if (!utf8_printable(password))
		return "must be UTF-8 text without control characters";
	if (utf8_length(password) < PASSWORD_MIN)
		return "must have at least 12 characters: several words are easy to remember";
	return password.n <= PASSWORD_MAX ? NULL : "must have at most 256 bytes";
}

bool password_possible(struct text password)
{
	return password.n <= PASSWORD_MAX &&
	       (password.n == 0 || memchr(password.p, '\0', password.n) == NULL);
}

/* The limits of the factors keep the product from overflowing. */
bool password_cost_valid(const struct password_cost *cost)
{
	return cost->n_log2 >= 1 && cost->n_log2 <= N_LOG2_MAX && cost->r >= 1 &&
	       cost->r <= R_MAX && cost->p >= 1 && cost->p <= P_MAX &&
	       128 * cost->r * ((UINT64_C(1) << cost->n_log2) + cost->p) <= PASSWORD_MEMORY;
}

enum err password_derive(struct text password, const uint8_t salt[PASSWORD_SALT_SIZE],
			 const struct password_cost *cost, uint8_t key[PASSWORD_KEY_SIZE])
{
	if (password.n > PASSWORD_MAX || !password_cost_valid(cost))
		return ERR_INVALID;
	const struct crypto_scrypt scrypt = {
	    .n = UINT64_C(1) << cost->n_log2,
	    .r = cost->r,
	    .p = cost->p,
	    .memory = 2 * (uint64_t)PASSWORD_MEMORY,
	};
	return crypto_scrypt(password, text_from(salt, PASSWORD_SALT_SIZE), &scrypt, key,
			     PASSWORD_KEY_SIZE)
		   ? ERR_OK
		   : ERR_NO_MEMORY;
}

/* ---- the process ---- */

/* Returns the number of received bytes, or -1. */
static ssize_t receive(int fd, struct password_request *request)
{
	ssize_t n;
	do
		n = recv(fd, request, sizeof *request, 0);
	while (n < 0 && errno == EINTR);
	return n;
}

int password_serve(int fd)
{
	struct password_request request;
	struct password_answer answer = {0};
	ssize_t n;
	/* A signal for the server's process group must not end a derivation: the server ends this
	 * process by closing the socket. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)setpriority(PRIO_PROCESS, 0, NICENESS); /* requests are served first */
	while ((n = receive(fd, &request)) == (ssize_t)sizeof request) {
		answer.err = ERR_INVALID;
		if (request.n <= sizeof request.password)
			answer.err = password_derive(text_from(request.password, request.n),
						     request.salt, &request.cost, answer.key);
		crypto_wipe(&request, sizeof request);
		if (send(fd, &answer, sizeof answer, MSG_NOSIGNAL) != (ssize_t)sizeof answer)
			return 1;
		crypto_wipe(&answer, sizeof answer);
	}
	return n == 0 ? 0 : 1;
}
