/*
 * Owns the page of a join link: who invites, what the friend gets, and the form below it. Never
 * writes an input (html_form.c). Called by the join calls.
 */
#include "core/page_text.h"
#include "html_parts.h"

/* The texts of a page with a form. */
struct texts {
	struct text offer, headline, body; /* the campaign's own; empty: not set */
	enum html_word standard;           /* the headline of a campaign without texts */
	struct html_names names;
};

/* The campaign's text for invited people, or else its text for everybody. */
static struct text own_text(const struct html_form *form, const char *invited, const char *all)
{
	struct text own = {0};
	if (form->invited)
		own = page_text_of(form->campaign, invited);
	return own.n > 0 ? own : page_text_of(form->campaign, all);
}

static struct texts texts_of(const struct html_form *form)
{
	struct texts t = {
	    .headline = own_text(form, "invited_headline", "headline"),
	    .body = own_text(form, "invited_body", "body"),
	    .standard = WORD_JOIN_HEADLINE,
	    .names = {.name = form->invited_by, .campaign = form->campaign->name},
	};
	if (!form->invited)
		return t;
	t.offer = page_text_of(form->campaign, "offer");
	t.standard = form->invited_by.n > 0 ? WORD_INVITES_TO : WORD_INVITED_TO;
	return t;
}

/* The offer is the headline: the largest text of its page says what the friend gets. */
static struct text first_text(const struct texts *t)
{
	return t->offer.n > 0 ? t->offer : t->headline;
}

/* The inviter comes first. The standard headline names the inviter itself. */
static void put_inviter(struct html *html, const struct texts *t)
{
	if (t->names.name.n == 0 || first_text(t).n == 0)
		return;
	html_put(html, "<p class=\"from\">");
	html_put_pattern(html, WORD_INVITED, &t->names);
	html_put(html, "</p>\n");
}

static void put_headline(struct html *html, const struct texts *t)
{
	html_put(html, t->offer.n > 0 ? "<h1 class=\"offer\">" : "<h1>");
	if (first_text(t).n > 0)
		html_put_text(html, first_text(t));
	else
		html_put_pattern(html, t->standard, &t->names);
	html_put(html, "</h1>\n");
}

/* On a phone the style sheet moves these details below the form of an offer. */
static void put_details(struct html *html, const struct html_form *form, const struct texts *t)
{
	html_put(html, "<div class=\"more\">\n");
	if (t->offer.n > 0 && t->headline.n > 0) {
		html_put(html, "<p class=\"lead\">");
		html_put_text(html, t->headline);
		html_put(html, "</p>\n");
	}
	if (t->body.n > 0)
		html_put_block(html, t->body);
	else if (!form->invited && t->headline.n == 0)
		html_put_block(html, html_word_on(html, WORD_JOIN_BODY));
	html_put(html, "</div>\n");
}

/* The first details of the page; without details, who invites. */
static struct text description_of(struct call *call, const struct html_form *form,
				  const struct texts *t)
{
	struct text line, rest;
	text_cut(t->body, '\n', &line, &rest);
	if (t->offer.n > 0 && t->headline.n > 0)
		return t->headline;
	if (text_trim(line).n > 0)
		return text_trim(line);
	if (!form->invited)
		return html_word_of(form->campaign, WORD_JOIN_BODY);
	enum html_word inviter = t->names.name.n > 0 ? WORD_INVITES_TO : WORD_INVITED_TO;
	return html_pattern_text(call, html_word_of(form->campaign, inviter), &t->names);
}

void html_reply_form(struct call *call, const struct html_form *form)
{
	const struct campaign *c = form->campaign;
	const struct texts t = texts_of(form);
	struct html_head head = {.headline = first_text(&t), .pictured = true};
	if (head.headline.n == 0)
		head.headline = html_pattern_text(call, html_word_of(c, t.standard), &t.names);
	if (form->problems != NULL)
		head.before = html_word_of(c, WORD_ERROR);
	else if (!call->preview) {
		head.code = call->params[0];
		head.description = description_of(call, form, &t);
	}
	struct html html = html_open(call, c, &head);
	html.leads_away = c->redirect_url.n > 0;
	put_inviter(&html, &t);
	put_headline(&html, &t);
	put_details(&html, form, &t);
	if (form->problems != NULL)
		html_put_summary(&html, form);
	html_put_form(&html, form);
	html_end(&html, form->problems != NULL ? 422 : 200);
}
