/* Owns the join form: a proper input for each of the campaign's fields, and what was typed again
 * where it was refused. Never what may be typed (core/form_field.h). Called by the join calls.
 */
#include "base/typed.h"
#include "base/utf8.h"
#include "core/page_text.h"
#include "core/pass_param.h"
#include "page_parts.h"

/* What an input of the type is, beside what all have. */
static const struct {
	enum form_type type;
	const char *attributes;
} inputs[] = {
    {FORM_TEXT, "type=\"text\""},
    {FORM_EMAIL, "type=\"email\""},
    {FORM_PHONE, "type=\"tel\" autocomplete=\"tel\""},
    {FORM_NUMBER, "type=\"number\" step=\"any\""},
    {FORM_DATE, "type=\"date\""},
};

static const char *attributes_of(enum form_type type)
{
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
		if (inputs[i].type == type)
			return inputs[i].attributes;
	return inputs[0].attributes;
}

static struct text value_in(const struct body *body, struct text id)
{
	for (size_t i = 0; body != NULL && i < body->n; i++)
		if (text_eq(body->fields[i].name, id))
			return body->fields[i].value;
	return (struct text){0};
}

/* What was typed into the field the first time. */
static struct text typed_into(const struct page_form *form, struct text id)
{
	return value_in(form->typed, id);
}

/* What the address says, where it is fit to be shown. */
static struct text asked_for(const struct page_form *form, struct text id)
{
	struct text value = typed_trim(value_in(form->asked, id));
	return value.n <= PASS_VALUE_MAX && utf8_printable(value) ? value : (struct text){0};
}

/* Mail programs put an address into a link as it is, and a plus in a query is a blank. */
static void put_asked_email(struct html *page, const struct page_form *form)
{
	struct text rest = asked_for(form, TEXT("email")), part;
	while (text_cut(rest, ' ', &part, &rest)) {
		page_put_text(page, part);
		page_put(page, "+");
	}
	page_put_text(page, part);
}

/* What an input shows from the beginning. */
static void put_value(struct html *page, const struct page_form *form, struct text id)
{
	page_put(page, " value=\"");
	if (form->typed != NULL)
		page_put_text(page, typed_into(form, id));
	else if (text_eq(id, TEXT("email")))
		put_asked_email(page, form);
	else if (text_eq(id, TEXT("first_name")))
		page_put_text(page, asked_for(form, id));
	page_put(page, "\">\n");
}

/* What is wrong with the field, or NULL. */
static const char *problem_of(const struct page_form *form, const struct form_field *field)
{
	return form->problems != NULL ? problems_find(form->problems, field->id) : NULL;
}

/* name, id, and what assistive technology has to know. */
static void put_attributes(struct html *page, const struct page_form *form,
			   const struct form_field *field)
{
	page_put(page, " id=\"f-");
	page_put_text(page, field->id);
	page_put(page, "\" name=\"");
	page_put_text(page, field->id);
	page_put(page, field->required ? "\" required" : "\"");
	if (problem_of(form, field) == NULL)
		return;
	page_put(page, " aria-invalid=\"true\" aria-describedby=\"e-");
	page_put_text(page, field->id);
	page_put(page, "\"");
}

static void put_select(struct html *page, const struct page_form *form,
		       const struct form_field *field)
{
	struct text rest = field->options.raw, option, nothing, typed = typed_into(form, field->id);
	page_put(page, "<select");
	put_attributes(page, form, field);
	page_put(page, ">\n<option value=\"\">");
	page_put_word(page, WORD_CHOOSE);
	page_put(page, "</option>\n");
	while (pairs_next(&rest, &option, &nothing)) {
		page_put(page, text_eq(option, typed) ? "<option selected>" : "<option>");
		page_put_text(page, option);
		page_put(page, "</option>\n");
	}
	page_put(page, "</select>\n");
}

static void put_input(struct html *page, const struct page_form *form,
		      const struct form_field *field, const char *attributes)
{
	page_put(page, "<input ");
	page_put(page, attributes);
	put_attributes(page, form, field);
	put_value(page, form, field->id);
}

static void put_label(struct html *page, const struct form_field *field)
{
	page_put_text(page, field->label);
	if (!field->required)
		return;
	page_put(page, " <span class=\"hint\">(");
	page_put_word(page, WORD_REQUIRED);
	page_put(page, ")</span>");
}

static void put_checkbox(struct html *page, const struct page_form *form,
			 const struct form_field *field)
{
	struct text typed = typed_into(form, field->id);
	page_put(page, "<label class=\"check\"><input type=\"checkbox\" value=\"true\"");
	put_attributes(page, form, field);
	page_put(page, typed.n > 0 && !text_eq(typed, TEXT("false")) ? " checked>" : ">");
	page_put(page, "<span>");
	put_label(page, field);
	page_put(page, "</span></label>\n");
}

/* "E-mail is required": the rules speak English. */
static void put_problem(struct html *page, struct text label, const char *problem)
{
	page_put(page, text_starts(page->lang, TEXT("en")) ? "<span>" : "<span lang=\"en\">");
	page_put_text(page, label);
	page_put(page, " ");
	page_put_text(page, text_of(problem));
	page_put(page, "</span>");
}

static void put_field(struct html *page, const struct page_form *form,
		      const struct form_field *field, const char *attributes)
{
	const char *problem = problem_of(form, field);
	page_put(page, "<div class=\"field\">\n");
	if (field->type == FORM_CHECKBOX) {
		put_checkbox(page, form, field);
	} else {
		page_put(page, "<label for=\"f-");
		page_put_text(page, field->id);
		page_put(page, "\">");
		put_label(page, field);
		page_put(page, "</label>\n");
		if (field->type == FORM_SELECT)
			put_select(page, form, field);
		else
			put_input(page, form, field, attributes);
	}
	if (problem != NULL) {
		page_put(page, "<p class=\"wrong\" id=\"e-");
		page_put_text(page, field->id);
		page_put(page, "\">");
		put_problem(page, field->label, problem);
		page_put(page, "</p>\n");
	}
	page_put(page, "</div>\n");
}

/* Every form begins with these two. */
static void put_own_fields(struct html *page, const struct page_form *form)
{
	const struct form_field first_name = {
	    .id = TEXT("first_name"),
	    .label = text_of(page_word(page->lang, WORD_FIRST_NAME)),
	    .required = true,
	};
	const struct form_field email = {
	    .id = TEXT("email"),
	    .label = text_of(page_word(page->lang, WORD_EMAIL)),
	    .required = true,
	};
	put_field(page, form, &first_name,
		  "type=\"text\" autocomplete=\"given-name\" maxlength=\"200\"");
	put_field(page, form, &email, "type=\"email\" autocomplete=\"email\"");
}

static struct pairs fields_of(const struct page_form *form)
{
	return form->invited ? form->campaign->fields_invited : form->campaign->fields_referring;
}

/* The label that people see of the field. */
static struct text label_of(const struct html *page, const struct page_form *form, struct text id)
{
	struct text rest = fields_of(form).raw;
	struct form_field field;
	if (text_eq(id, TEXT("first_name")))
		return text_of(page_word(page->lang, WORD_FIRST_NAME));
	if (text_eq(id, TEXT("email")))
		return text_of(page_word(page->lang, WORD_EMAIL));
	while (form_field_next(&rest, &field))
		if (text_eq(id, field.id))
			return field.label;
	return id;
}

static void put_summary_line(struct html *page, const struct page_form *form,
			     const struct problem *problem)
{
	page_put(page, "<a href=\"#f-");
	page_put_text(page, problem->field);
	page_put(page, "\">");
	put_problem(page, label_of(page, form, problem->field), problem->what);
	page_put(page, "</a>\n");
}

/* It has the focus, says what is wrong, and leads there. */
static void put_summary(struct html *page, const struct page_form *form)
{
	page_put(page, "<div class=\"summary\" role=\"alert\" tabindex=\"-1\" autofocus>\n<p>");
	page_put_word(page, WORD_CHECK);
	page_put(page, "</p>\n");
	for (size_t i = 0; i < form->problems->n; i++)
		put_summary_line(page, form, &form->problems->items[i]);
	page_put(page, "</div>\n");
}

static void put_terms(struct html *page)
{
	struct text url = page_text_of(page->campaign, "terms_url");
	if (url.n == 0)
		return;
	page_put(page, "<p class=\"terms\"><a href=\"");
	page_put_text(page, url);
	page_put(page, "\">");
	page_put_word(page, WORD_TERMS);
	page_put(page, "</a></p>\n");
}

static void put_hidden(struct html *page, struct text name, struct text value)
{
	if (value.n == 0)
		return;
	page_put(page, "<input type=\"hidden\" name=\"");
	page_put_text(page, name);
	page_put(page, "\" value=\"");
	page_put_text(page, value);
	page_put(page, "\">\n");
}

/* Where the page is shown: the address said so the first time, the form itself when it comes
 * again. */
static void put_source(struct html *page, const struct page_form *form)
{
	struct text source = form->source.n > 0 ? form->source : typed_into(form, TEXT("source"));
	put_hidden(page, TEXT("source"), source);
}

/* The parameters that came with the link go along with the form. */
static void put_passed(struct html *page, const struct page_form *form)
{
	struct text rest = pass_params_of(form->campaign).raw, name, nothing;
	while (pairs_next(&rest, &name, &nothing)) {
		struct text typed = typed_into(form, name);
		if (!pairs_find(fields_of(form), name, &nothing))
			put_hidden(page, name, typed.n > 0 ? typed : asked_for(form, name));
	}
}

static void put_form(struct html *page, const struct page_form *form)
{
	struct text rest = fields_of(form).raw;
	struct form_field field;
	page_put(page, "<form method=\"post\">\n");
	put_source(page, form);
	put_passed(page, form);
	put_own_fields(page, form);
	while (form_field_next(&rest, &field))
		put_field(page, form, &field, attributes_of(field.type));
	page_put(page, "<button>");
	page_put_text(page, page_text_or(page, "button", WORD_JOIN));
	page_put(page, "</button>\n");
	put_terms(page);
	page_put(page, "</form>\n");
}

/* The words for invited people, or else those for all. */
static struct text words_of(const struct page_form *form, const char *invited, const char *all)
{
	struct text own = {0};
	if (form->invited)
		own = page_text_of(form->campaign, invited);
	return own.n > 0 ? own : page_text_of(form->campaign, all);
}

void page_reply_form(struct call *call, const struct page_form *form)
{
	const struct campaign *c = form->campaign;
	struct text headline = words_of(form, "invited_headline", "headline");
	const char *before = form->problems != NULL ? page_word(c->lang, WORD_ERROR) : NULL;
	struct html page = page_begin(call, c, before, headline.n > 0 ? headline : c->name, false);
	page.leads_away = c->redirect_url.n > 0;
	if (form->invited_by.n > 0) {
		page_put(&page, "<p class=\"from\"><bdi>");
		page_put_text(&page, form->invited_by);
		page_put(&page, "</bdi> ");
		page_put_word(&page, WORD_INVITED);
		page_put(&page, "</p>\n");
	}
	page_put_block(&page, words_of(form, "invited_body", "body"));
	if (form->problems != NULL)
		put_summary(&page, form);
	put_form(&page, form);
	page_end(&page, form->problems != NULL ? 422 : 200);
}
