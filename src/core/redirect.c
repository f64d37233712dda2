/*
 * Owns the URL that a browser is sent to after joining. The target is the campaign's, never
 * anything that came with a request. Called by the join endpoint and by the campaign calls of the
 * API.
 */
#include "core/redirect.h"

#include <string.h>

#include "base/form.h"
#include "base/utf8.h"

const char *const REDIRECT_WORDS[] = {"code", "first_name", "email", "referrer_first_name", NULL};

struct text redirect_param(const struct campaign *campaign, struct text word)
{
	struct text name;
	if (!pairs_find(campaign->redirect_params, word, &name) && text_eq(word, TEXT("code")))
		name = TEXT("code");
	return name;
}

/* Has a word before word `end` of the table the same name? */
static bool taken_before(const struct campaign *campaign, size_t end, struct text name)
{
	for (size_t i = 0; i < end; i++)
		if (text_eq(redirect_param(campaign, text_of(REDIRECT_WORDS[i])), name))
			return true;
	return false;
}

const char *redirect_refusal(const struct campaign *campaign)
{
	for (size_t i = 0; REDIRECT_WORDS[i] != NULL; i++) {
		struct text name = redirect_param(campaign, text_of(REDIRECT_WORDS[i]));
		if (name.n > REDIRECT_NAME_MAX || !utf8_printable(name))
			return "needs names of at most 64 printable bytes for its parameters";
		if (name.n > 0 && taken_before(campaign, i, name))
			return "has two parameters of the same name: rename one";
	}
	return NULL;
}

void redirect_write(const struct campaign *campaign, const struct redirect_values *values,
		    struct buf *out)
{
	/* As REDIRECT_WORDS has them. */
	const struct text passed[] = {values->code, values->first_name, values->email,
				      values->referrer_first_name};
	struct text target, fragment;
	bool has_fragment = text_cut(campaign->redirect_url, '#', &target, &fragment);
	if (target.n == 0)
		return;
	buf_text(out, target);
	char before = target.p[target.n - 1];
	/* In front of the first pair: nothing where the target ends with its own "?" or "&". */
	const char *mark = memchr(target.p, '?', target.n) == NULL ? "?"
			   : before == '?' || before == '&'        ? ""
								   : "&";
	for (size_t i = 0; REDIRECT_WORDS[i] != NULL; i++) {
		struct text name = redirect_param(campaign, text_of(REDIRECT_WORDS[i]));
		if (name.n == 0 || passed[i].n == 0)
			continue;
		buf_str(out, mark);
		form_pair(out, out->n, name, passed[i]);
		mark = "&";
	}
	if (has_fragment)
		buf_char(out, '#');
	buf_text(out, fragment);
}
