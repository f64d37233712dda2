/*
 * Owns the reading of the texts and looks of a campaign's pages from JSON. Never stores them.
 * Called by campaign_fields.c.
 */
#include "campaign_pages.h"

#include "api/call/body.h"
#include "api/call/decode.h"
#include "api/pages/html_words.h"
#include "campaign_urls.h"
#include "core/page_text.h"

/* Copies the text as it is stored: lines end with "\n" only. */
static const char *one_line_end(struct call *call, struct text t, struct text *kept)
{
	char *p = arena_alloc(&call->req->arena, t.n + 1);
	size_t n = 0;
	if (p == NULL)
		return DECODE_NO_MEMORY;
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] != '\r' || i + 1 == t.n || t.p[i + 1] != '\n')
			p[n++] = t.p[i];
	*kept = text_from(p, n);
	return NULL;
}

static const char *read_page_text(struct call *call, const struct page_text *which,
				  const struct json *v, struct text *out)
{
	struct text t = {0};
	if (which->kind == PAGE_URL || which->kind == PAGE_IMAGE) {
		const char *problem = campaign_read_url(call, v, out);
		return problem != NULL ? problem : page_text_refusal(which, *out);
	}
	if (json_kind(v) != JSON_NULL && !body_string(v, &t))
		return "must be text";
	const char *problem = one_line_end(call, t, out);
	if (problem != NULL)
		return problem;
	return page_text_refusal(which, *out);
}

static const char *refuse_page(struct call *call, struct text name)
{
	struct buf names = {0};
	for (const struct page_text *t = PAGE_TEXTS; t->name != NULL; t++)
		buf_printf(&names, "%s, ", t->name);
	buf_str(&names, "words");
	const char *problem =
	    decode_problem(call, "has an unknown text \"%.*s\": the texts are %.*s",
			   TEXT_ARGS(decode_shown(name)), TEXT_ARGS(buf_view(&names)));
	buf_free(&names);
	return problem;
}

/* ---- words ---- */

static const char *refuse_word(struct call *call, struct text key)
{
	struct near near = near_of(key);
	for (size_t i = 0; i < HTML_WORDS; i++)
		if (HTML_WORD_KEYS[i] != NULL)
			near_offer(&near, text_of(HTML_WORD_KEYS[i]));
	const char *guess = near.best.n > 0 ? "did you mean " : "";
	return decode_problem(call,
			      "has an unknown word \"%.*s\": %s%.*s%sGET /api/v2/page-texts lists "
			      "the words",
			      TEXT_ARGS(decode_shown(key)), guess, TEXT_ARGS(near.best),
			      near.best.n > 0 ? "? " : "");
}

static void add_word(struct buf *list, const char *key, struct text value)
{
	struct buf name = {0};
	buf_str(&name, PAGE_WORD_PREFIX);
	buf_str(&name, key);
	pairs_add(list, buf_view(&name), value);
	list->failed = list->failed || name.failed;
	buf_free(&name);
}

/* null brings all words back. */
static void remove_words(struct buf *list)
{
	for (size_t i = 0; i < HTML_WORDS; i++)
		if (HTML_WORD_KEYS[i] != NULL)
			add_word(list, HTML_WORD_KEYS[i], (struct text){0});
}

static const char *read_words(struct call *call, const struct json *v, struct buf *list)
{
	struct text key, value;
	const struct json *member;
	enum html_word word;
	if (json_kind(v) == JSON_NULL) {
		remove_words(list);
		return NULL;
	}
	if (json_kind(v) != JSON_OBJECT)
		return "has words that are not an object: GET /api/v2/page-texts lists the words";
	for (size_t i = 0; (member = json_member(v, i, &key)) != NULL; i++) {
		if (!html_word_find(key, &word))
			return refuse_word(call, key);
		const char *problem = read_page_text(call, &PAGE_WORD, member, &value);
		if (problem != NULL)
			return decode_problem(call, "has an invalid %s: it %s",
					      HTML_WORD_KEYS[word], problem);
		add_word(list, HTML_WORD_KEYS[word], value);
	}
	return NULL;
}

/* ---- all of them ---- */

static const char *read_page(struct call *call, struct text name, const struct json *member,
			     struct buf *list)
{
	const struct page_text *which = page_text_find(name);
	struct text value;
	if (text_eq(name, TEXT("words")))
		return read_words(call, member, list);
	if (which == NULL)
		return refuse_page(call, name);
	const char *problem = read_page_text(call, which, member, &value);
	if (problem != NULL)
		return decode_problem(call, "has an invalid %s: it %s", which->name, problem);
	pairs_add(list, name, value);
	return NULL;
}

const char *campaign_read_pages(struct call *call, const struct json *v, struct pairs *texts)
{
	struct buf list = {0};
	struct text name;
	const struct json *member;
	const char *problem = NULL;
	if (json_kind(v) != JSON_OBJECT)
		return "must be an object whose members are text";
	for (size_t i = 0; problem == NULL && (member = json_member(v, i, &name)) != NULL; i++)
		problem = read_page(call, name, member, &list);
	const char *kept = decode_keep_pairs(call, &list, texts);
	return problem != NULL ? problem : kept;
}
