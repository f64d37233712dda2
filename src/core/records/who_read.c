/*
 * Owns the reading of identifiers: digits, codes, addresses, and the prefix that states the kind.
 * Never looks a user up (who.c does). Called by the API's calls.
 */
#include <string.h>

#include "base/typed.h"
#include "core/code_alias.h"
#include "core/email.h"
#include "core/who.h"

static enum err read_id(struct text value, struct arena *arena, struct who *who)
{
	(void)arena;
	return text_to_u64(value, &who->id) && who->id != 0 ? ERR_OK : ERR_INVALID;
}

static enum err read_code(struct text value, struct arena *arena, struct who *who)
{
	(void)arena;
	who->code = value;
	return code_is_plausible(value) ? ERR_OK : ERR_INVALID;
}

static enum err read_email(struct text value, struct arena *arena, struct who *who)
{
	struct email email;
	const char *why;
	enum err err = email_read(value, arena, &email, &why);
	who->canonical_email = email.canonical;
	return err;
}

enum err who_read_kind(struct text kind, struct text value, struct arena *arena, struct who *who)
{
	static const struct {
		const char *name;
		enum err (*read)(struct text, struct arena *, struct who *);
	} kinds[] = {{"id", read_id}, {"code", read_code}, {"email", read_email}};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_eq(kind, text_of(kinds[i].name)))
			return kinds[i].read(typed_trim(value), arena, who);
	return ERR_INVALID;
}

enum err who_read(struct text identifier, struct arena *arena, struct who *who)
{
	struct text kind, value;
	identifier = typed_trim(identifier); /* digits with blanks around them are an id, too */
	if (!text_cut(identifier, ':', &kind, &value)) {
		value = identifier;
		kind = text_is_digits(value)                   ? TEXT("id")
		       : memchr(value.p, '@', value.n) != NULL ? TEXT("email")
							       : TEXT("code");
	}
	struct who read = {.campaign_id = who->campaign_id};
	enum err err = who_read_kind(kind, value, arena, &read);
	*who = err == ERR_OK ? read : (struct who){.campaign_id = who->campaign_id};
	return err == ERR_INVALID ? ERR_OK : err;
}
