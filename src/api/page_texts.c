/*
 * Owns GET /api/v2/page-texts: the standard texts, which a page shows if its campaign sets no text.
 * Never reads a record. Called through the route table.
 */
#include "api/pages/html_words.h"
#include "base/form.h"
#include "base/typed.h"
#include "language.h"
#include "routes.h"

struct standard_text {
	const char *name;
	enum html_word word;
};

static const struct standard_text TEXTS[] = {{"headline", WORD_JOIN_HEADLINE},
					     {"body", WORD_JOIN_BODY},
					     {"button", WORD_JOIN},
					     {"invited_headline", WORD_INVITES_TO},
					     {"invited_button", WORD_ACCEPT},
					     {"thanks_headline", WORD_THANKS},
					     {"thanks_body", WORD_THANKS_BODY},
					     {"closed_headline", WORD_CLOSED},
					     {NULL, HTML_WORDS}};

/* The text of a closed page depends on the reason. */
static const struct standard_text CLOSED_BODIES[] = {{"draft", WORD_CLOSED_DRAFT},
						     {"paused", WORD_CLOSED_PAUSED},
						     {"not_started", WORD_CLOSED_NOT_STARTED},
						     {"ended", WORD_CLOSED_ENDED},
						     {NULL, HTML_WORDS}};

static void put_texts(struct json_out *o, const struct standard_text *texts, struct text lang)
{
	for (const struct standard_text *t = texts; t->name != NULL; t++)
		json_put_text(o, t->name, text_of(html_word(lang, t->word)));
}

/* The words that `words` of a campaign's pages replaces, by their keys. */
static void put_words(struct json_out *o, struct text lang)
{
	const char *const *words = html_words_in(lang);
	json_open(o, "words", '{');
	for (size_t i = 0; i < HTML_WORDS; i++)
		if (HTML_WORD_KEYS[i] != NULL)
			json_put_text(o, HTML_WORD_KEYS[i], text_of(words[i]));
	json_close(o, '}');
}

static void reply(struct call *call, struct text lang)
{
	struct json_out o = call_data(call);
	put_texts(&o, TEXTS, lang);
	json_open(&o, "closed_body", '{');
	put_texts(&o, CLOSED_BODIES, lang);
	json_close(&o, '}');
	put_words(&o, lang);
	call_reply_data(call, &o, 200);
}

static void read_parameter(struct call *call, struct text name, struct text value,
			   struct text *lang)
{
	const char *refusal = language_refusal(value);
	if (!text_eq(name, TEXT("lang")))
		call_note_named(call, name, "is not a parameter of this call: it has only lang");
	else if (refusal != NULL)
		call_note(call, "lang", refusal);
	else
		*lang = value;
}

const struct operation OP_PAGE_TEXTS_GET = {
    .id = "getPageTexts",
    .tag = "Campaigns",
    .summary = "Read the standard texts of the pages",
    .description = "A page shows these texts if its campaign sets no text. For a language in which "
		   "referd has no texts, this call returns the English texts.",
    .query = {{"lang", "string", "de", "The language of the campaign. Default: en.", false}},
    .answers = {{200, ANSWER_DATA, "PageTexts"}},
};

void page_texts_get(struct call *call)
{
	struct text lang = TEXT("en"), rest = call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &call->req->arena, &name, &value)) == ERR_OK)
		read_parameter(call, name, typed_trim(value), &lang);
	if (err != ERR_NOT_FOUND)
		call_reply_err(call, err, NULL);
	else if (call_check(call))
		reply(call, lang);
}
