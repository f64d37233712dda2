/*
 * Owns the checks of names and e-mail addresses in requests. Never touches a record. Called by
 * join, qualify, the import and the user calls.
 */
#include "person.h"

#include <string.h>

#include "base/typed.h"

enum { FIRST_NAME_MAX = 200 };

const char *person_name_refusal(struct text name, struct arena *arena)
{
	if (name.n == 0)
		return "is required";
	const char *why = typed_name_refusal(name, arena);
	return why == NULL && name.n > FIRST_NAME_MAX ? "must be at most 200 bytes long" : why;
}

static bool read_first_name(struct call *call, const struct body *body, struct text *out)
{
	struct text value;
	enum body_field given = body_text(body, "first_name", false, &value);
	const char *problem = given == BODY_WRONG ? "must be sent once, as text"
						  : person_name_refusal(value, &call->req->arena);
	if (problem == NULL)
		return call_keep(call, value, out);
	call_note(call, "first_name", problem);
	return true;
}

/* curl's `-d email=a+bx.org` arrives as "a bx.org". */
static const char *explain_plus(const struct call *call, struct text email, const char *problem)
{
	struct text local, host;
	bool urlencoded = call->req->query.n > 0 || body_is_urlencoded(call->req);
	text_cut(email, '@', &local, &host);
	if (local.n == 0 || memchr(local.p, ' ', local.n) == NULL || !urlencoded)
		return problem;
	return "has a space before the @: in a form and in a query a plus means a space, so encode "
	       "the plus as %2B (curl: --data-urlencode)";
}

bool person_read_email(struct call *call, struct text typed, struct email *email)
{
	const char *why;
	enum err err = email_read(typed, &call->req->arena, email, &why);
	if (err == ERR_INVALID)
		call_note(call, "email", explain_plus(call, typed_trim(typed), why));
	if (err != ERR_NO_MEMORY)
		return true;
	call_reply_err(call, err, NULL);
	return false;
}

static bool read_email(struct call *call, const struct body *body, struct person *person)
{
	struct text value;
	struct email email;
	if (body_text(body, "email", false, &value) == BODY_WRONG) {
		call_note(call, "email", "must be sent once, as text");
		return true;
	}
	if (!person_read_email(call, value, &email))
		return false;
	person->email = email.address;
	person->canonical_email = email.canonical;
	return true;
}

bool person_read(struct call *call, const struct body *body, struct person *person)
{
	*person = (struct person){0};
	return read_first_name(call, body, &person->first_name) && read_email(call, body, person);
}

bool person_read_some(struct call *call, const struct body *body, struct person *person)
{
	struct text ignored;
	*person = (struct person){0};
	if (body_text(body, "first_name", false, &ignored) != BODY_ABSENT &&
	    !read_first_name(call, body, &person->first_name))
		return false;
	return body_text(body, "email", false, &ignored) == BODY_ABSENT ||
	       read_email(call, body, person);
}
