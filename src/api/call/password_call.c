/*
 * Owns the replies for passwords that cannot be checked. Never decides whether a password is right.
 * Called by the calls that check or set a password.
 */
#include "password_call.h"

#include <assert.h>
#include <string.h>

bool password_call(struct call *call, struct password_job *job, struct text password,
		   const uint8_t salt[PASSWORD_SALT_SIZE], const struct password_cost *cost)
{
	assert(password.n <= PASSWORD_MAX);
	job->request.cost = *cost;
	memcpy(job->request.salt, salt, PASSWORD_SALT_SIZE);
	if (password.n > 0)
		memcpy(job->request.password, password.p, password.n);
	job->request.n = password.n;
	if (passwords_start(call->api->passwords, job) == ERR_OK)
		return true;
	crypto_wipe(&job->request, sizeof job->request);
	call_reply_error(call, 503, "too many passwords wait to be checked: try again in a second");
	return false;
}

void password_call_failed(struct call *call, enum err err)
{
	if (err == ERR_NO_MEMORY)
		call_reply_err(call, err, NULL);
	else
		call_reply_error(call, 503,
				 "the server could not check the password: try again; its log says "
				 "why");
}
