/*
 * Owns the list of parameters that a campaign passes on, and the rules for their names. Never uses
 * their values (join.c, redirect.c). Called by joining, by the API and by the pages.
 */
#include "core/pass_param.h"

#include <string.h>

#include "base/form.h"
#include "base/typed.h"
#include "base/utf8.h"
#include "core/campaign_defaults.h"

struct form_list form_list_of(const struct campaign *campaign, bool invited)
{
	return (struct form_list){
	    .fields = invited ? campaign->fields_invited : campaign->fields_referring,
	    .passed = pass_params_of(campaign),
	};
}

static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       memchr("._-", c, 3) != NULL;
}

static const char *refuse_name(struct text name)
{
	bool fine = name.n > 0 && name.n <= PASS_NAME_MAX;
	for (size_t i = 0; fine && i < name.n; i++)
		fine = is_name_char(name.p[i]);
	if (!fine)
		return "must be a list of names of 1 to 64 characters from A-Z, a-z, 0-9, \".\", "
		       "\"_\" and \"-\"";
	return form_id_is_taken(name)
		   ? "must not name a field that referd itself uses, such as code or email"
		   : NULL;
}

const char *pass_params_refusal(struct pairs names)
{
	struct text rest = names.raw, name, nothing;
	const char *why = NULL;
	if (pairs_count(names) > PASS_PARAMS_MAX)
		return "must have at most 16 names";
	while (why == NULL && pairs_next(&rest, &name, &nothing)) {
		why = refuse_name(name);
		if (why == NULL && pairs_find((struct pairs){rest}, name, &nothing))
			why = "must not contain the same name twice";
	}
	return why;
}

/* Links have few parameters, but a hostile request may have thousands. */
enum { LOOKED_AT_MAX = 256 };

static bool fits(struct text value)
{
	return value.n > 0 && value.n <= PASS_VALUE_MAX && utf8_printable(value);
}

enum err pass_params_take(struct pairs names, struct text query, struct arena *arena,
			  struct buf *list)
{
	struct text name, value, nothing;
	enum err err = ERR_OK;
	for (int i = 0; i < LOOKED_AT_MAX; i++) {
		err = form_next(&query, arena, &name, &value);
		if (err != ERR_OK)
			break;
		if (!pairs_find(names, name, &nothing) ||
		    pairs_find((struct pairs){buf_view(list)}, name, &nothing))
			continue;
		value = typed_trim(value);
		if (fits(value))
			pairs_add(list, name, value);
	}
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}
