/*
 * The person in a request: first name and e-mail address, with the same checks for every call.
 */
#ifndef API_PERSON_H
#define API_PERSON_H

#include "body.h"
#include "core/email.h"

struct person {
	struct text first_name, email, canonical_email; /* kept in the request's arena */
};

/** Reads and checks first_name and email. A wrong field is noted (call_note) and stays empty. False
 * after a 503. */
bool person_read(struct call *call, const struct body *body, struct person *person) WARN_UNUSED;

/** NULL, or a sentence fragment that completes "first_name ..."; `name` is trimmed. */
const char *person_name_refusal(struct text name, struct arena *arena) WARN_UNUSED;

/** The same for a change: reads the fields that are given. */
bool person_read_some(struct call *call, const struct body *body,
		      struct person *person) WARN_UNUSED;

/** Reads an e-mail address. *email stays empty if the address is refused, which is noted. False
 * after a 503. */
bool person_read_email(struct call *call, struct text typed, struct email *email) WARN_UNUSED;

#endif
