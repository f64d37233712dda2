/*
 * Owns the URL to which a browser is sent after joining. Never takes the target from a request: it
 * is the campaign's. Called by the join endpoint and by the campaign calls of the API.
 */
#include "core/redirect.h"

#include "base/form.h"
#include "base/utf8.h"
#include "core/campaign_defaults.h"

const char *const REDIRECT_WORDS[] = {"code", "first_name", "email", "referrer_first_name", NULL};

struct text redirect_param(const struct campaign *campaign, struct text word)
{
	struct text name;
	if (!pairs_find(campaign->redirect_params, word, &name) && text_eq(word, TEXT("code")))
		name = TEXT("code");
	return name;
}

/* Does a word before word `end` of the table have the same name? */
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
			return "has a parameter name that is longer than 64 bytes or not printable";
		if (name.n > 0 && taken_before(campaign, i, name))
			return "has two parameters with the same name: rename one of them";
	}
	return NULL;
}

/* Writes referd's own parameters as a form. Parameters without a value are not passed, but their
 * names are taken too: `names` gets all of them. */
static void write_own(const struct campaign *campaign, const struct redirect_values *values,
		      struct buf *form, struct buf *names)
{
	/* In the order of REDIRECT_WORDS. */
	const struct text passed[] = {values->code, values->first_name, values->email,
				      values->referrer_first_name};
	for (size_t i = 0; REDIRECT_WORDS[i] != NULL; i++) {
		struct text name = redirect_param(campaign, text_of(REDIRECT_WORDS[i]));
		if (name.n == 0)
			continue;
		form_pair(names, 0, name, (struct text){0});
		if (passed[i].n > 0)
			form_pair(form, 0, name, passed[i]);
	}
}

/* Writes the parameters that came with the link. A name that is in `names` already is referd's own.
 */
static void write_passed(const struct campaign *campaign, struct pairs meta, struct buf *form,
			 struct buf *names)
{
	struct text rest = pass_params_of(campaign).raw, name, nothing, value;
	while (meta.raw.n > 0 && pairs_next(&rest, &name, &nothing)) {
		if (!pairs_find(meta, name, &value) || form_has_name(buf_view(names), name))
			continue;
		form_pair(names, 0, name, (struct text){0});
		form_pair(form, 0, name, value);
	}
}

void redirect_write(const struct campaign *campaign, const struct redirect_values *values,
		    struct buf *out)
{
	struct text target, fragment, path, query;
	struct buf form = {0}, names = {0};
	bool has_fragment = text_cut(campaign->redirect_url, '#', &target, &fragment);
	if (target.n == 0)
		return;
	write_own(campaign, values, &form, &names);
	write_passed(campaign, values->meta, &form, &names);
	bool has_query = text_cut(target, '?', &path, &query);
	buf_text(out, path);
	if (has_query || form.n > 0)
		buf_char(out, '?');
	size_t begin = out->n;
	form_others(out, query, buf_view(&names));
	if (out->n > begin && form.n > 0)
		buf_char(out, '&');
	buf_text(out, buf_view(&form));
	if (has_fragment)
		buf_char(out, '#');
	buf_text(out, fragment);
	out->failed = out->failed || form.failed || names.failed;
	buf_free(&form);
	buf_free(&names);
}
