/*
 * Owns the join form: an input for each field of the campaign, filled again with the typed values
 * after a refusal. Never contains the rules of a field (core/form_field.h). Called by html_join.c.
 */
#include "base/typed.h"
#include "base/utf8.h"
#include "core/campaign_defaults.h"
#include "core/page_text.h"
#include "core/pass_param.h"
#include "html_parts.h"

/* The attributes of an input of this type. */
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

/* The value that was typed into the refused form. */
static struct text typed_into(const struct html_form *form, struct text id)
{
	return value_in(form->typed, id);
}

/* The value in the query of the address, if a page can show it. */
static struct text asked_for(const struct html_form *form, struct text id)
{
	struct text value = typed_trim(value_in(form->asked, id));
	return value.n <= PASS_VALUE_MAX && utf8_printable(value) ? value : (struct text){0};
}

/* Mail programs write an e-mail address into a link without encoding it, and a plus in a query
 * means a blank. */
static void put_asked_email(struct html *html, const struct html_form *form)
{
	struct text rest = asked_for(form, TEXT("email")), part;
	while (text_cut(rest, ' ', &part, &rest)) {
		html_put_text(html, part);
		html_put(html, "+");
	}
	html_put_text(html, part);
}

/* The initial value of an input. */
static void put_value(struct html *html, const struct html_form *form, struct text id)
{
	html_put(html, " value=\"");
	if (form->typed != NULL)
		html_put_text(html, typed_into(form, id));
	else if (text_eq(id, TEXT("email")))
		put_asked_email(html, form);
	else if (text_eq(id, TEXT("first_name")))
		html_put_text(html, asked_for(form, id));
	html_put(html, "\">\n");
}

/* The problem of the field, or NULL. */
static const char *problem_of(const struct html_form *form, const struct form_field *field)
{
	return form->problems != NULL ? problems_find(form->problems, field->id) : NULL;
}

/* id, name, and the attributes for assistive technology. */
static void put_attributes(struct html *html, const struct html_form *form,
			   const struct form_field *field)
{
	html_put(html, " id=\"f-");
	html_put_text(html, field->id);
	html_put(html, "\" name=\"");
	html_put_text(html, field->id);
	html_put(html, field->required ? "\" required" : "\"");
	if (problem_of(form, field) == NULL)
		return;
	html_put(html, " aria-invalid=\"true\" aria-describedby=\"e-");
	html_put_text(html, field->id);
	html_put(html, "\"");
}

static void put_select(struct html *html, const struct html_form *form,
		       const struct form_field *field)
{
	struct text rest = field->options.raw, option, nothing, typed = typed_into(form, field->id);
	html_put(html, "<select");
	put_attributes(html, form, field);
	html_put(html, ">\n<option value=\"\">");
	html_put_word(html, WORD_CHOOSE);
	html_put(html, "</option>\n");
	while (pairs_next(&rest, &option, &nothing)) {
		html_put(html, text_eq(option, typed) ? "<option selected>" : "<option>");
		html_put_text(html, option);
		html_put(html, "</option>\n");
	}
	html_put(html, "</select>\n");
}

static void put_input(struct html *html, const struct html_form *form,
		      const struct form_field *field, const char *attributes)
{
	html_put(html, "<input ");
	html_put(html, attributes);
	put_attributes(html, form, field);
	put_value(html, form, field->id);
}

static void put_label(struct html *html, const struct form_field *field)
{
	html_put_text(html, field->label);
	if (field->required)
		return;
	html_put(html, " <span class=\"hint\">(");
	html_put_word(html, WORD_OPTIONAL);
	html_put(html, ")</span>");
}

static void put_checkbox(struct html *html, const struct html_form *form,
			 const struct form_field *field)
{
	struct text typed = typed_into(form, field->id);
	html_put(html, "<label class=\"check\"><input type=\"checkbox\" value=\"true\"");
	put_attributes(html, form, field);
	html_put(html, typed.n > 0 && !text_eq(typed, TEXT("false")) ? " checked>" : ">");
	html_put(html, "<span>");
	put_label(html, field);
	html_put(html, "</span></label>\n");
}

/* Writes "E-mail is required" in the language of the page. */
static void put_problem(struct html *html, struct text label, const char *problem)
{
	const struct html_names names = {.label = label};
	html_put_pattern(html, html_problem_word(problem), &names);
}

static void put_field(struct html *html, const struct html_form *form,
		      const struct form_field *field, const char *attributes)
{
	const char *problem = problem_of(form, field);
	html_put(html, "<div class=\"field\">\n");
	if (field->type == FORM_CHECKBOX) {
		put_checkbox(html, form, field);
	} else {
		html_put(html, "<label for=\"f-");
		html_put_text(html, field->id);
		html_put(html, "\">");
		put_label(html, field);
		html_put(html, "</label>\n");
		if (field->type == FORM_SELECT)
			put_select(html, form, field);
		else
			put_input(html, form, field, attributes);
	}
	if (problem != NULL) {
		html_put(html, "<p class=\"wrong\" id=\"e-");
		html_put_text(html, field->id);
		html_put(html, "\">");
		put_problem(html, field->label, problem);
		html_put(html, "</p>\n");
	}
	html_put(html, "</div>\n");
}

/* Every form begins with these two fields. */
static void put_own_fields(struct html *html, const struct html_form *form)
{
	const struct form_field first_name = {
	    .id = TEXT("first_name"),
	    .label = html_word_on(html, WORD_FIRST_NAME),
	    .required = true,
	};
	const struct form_field email = {
	    .id = TEXT("email"),
	    .label = html_word_on(html, WORD_EMAIL),
	    .required = true,
	};
	put_field(html, form, &first_name,
		  "type=\"text\" autocomplete=\"given-name\" maxlength=\"200\"");
	put_field(html, form, &email, "type=\"email\" autocomplete=\"email\"");
}

static struct pairs fields_of(const struct html_form *form)
{
	return form->invited ? form->campaign->fields_invited : form->campaign->fields_referring;
}

/* The field's label as people see it. */
static struct text label_of(const struct html *html, const struct html_form *form, struct text id)
{
	struct text rest = fields_of(form).raw;
	struct form_field field;
	if (text_eq(id, TEXT("first_name")))
		return html_word_on(html, WORD_FIRST_NAME);
	if (text_eq(id, TEXT("email")))
		return html_word_on(html, WORD_EMAIL);
	while (form_field_next(&rest, &field))
		if (text_eq(id, field.id))
			return field.label;
	return id;
}

static void put_summary_line(struct html *html, const struct html_form *form,
			     const struct problem *problem)
{
	html_put(html, "<a href=\"#f-");
	html_put_text(html, problem->field);
	html_put(html, "\">");
	put_problem(html, label_of(html, form, problem->field), problem->what);
	html_put(html, "</a>\n");
}

/* The list of problems. It has the focus, and each line links to its field. */
void html_put_summary(struct html *html, const struct html_form *form)
{
	html_put(html, "<div class=\"summary\" role=\"alert\" tabindex=\"-1\" autofocus>\n<p>");
	html_put_word(html, WORD_CHECK);
	html_put(html, "</p>\n");
	for (size_t i = 0; i < form->problems->n; i++)
		put_summary_line(html, form, &form->problems->items[i]);
	html_put(html, "</div>\n");
}

static void put_terms(struct html *html)
{
	struct text url = page_text_of(html->campaign, "terms_url");
	if (url.n == 0)
		return;
	html_put(html, "<p class=\"terms\"><a href=\"");
	html_put_text(html, url);
	html_put(html, "\">");
	html_put_word(html, WORD_TERMS);
	html_put(html, "</a></p>\n");
}

static void put_hidden(struct html *html, struct text name, struct text value)
{
	if (value.n == 0)
		return;
	html_put(html, "<input type=\"hidden\" name=\"");
	html_put_text(html, name);
	html_put(html, "\" value=\"");
	html_put_text(html, value);
	html_put(html, "\">\n");
}

/* A field that only robots see and fill, unless the campaign has a field with this name. */
static void put_trap(struct html *html, const struct html_form *form)
{
	struct text definition;
	if (pairs_find(fields_of(form), TEXT(JOIN_TRAP), &definition) ||
	    pairs_find(pass_params_of(form->campaign), TEXT(JOIN_TRAP), &definition))
		return;
	html_put(html,
		 "<div class=\"unseen\" aria-hidden=\"true\"><label>Website <input type=\"text\" "
		 "name=\"" JOIN_TRAP "\" tabindex=\"-1\" autocomplete=\"off\"></label></div>\n");
}

/* Where the page is shown. The query of the address names the place, and later the form does. */
static void put_source(struct html *html, const struct html_form *form)
{
	struct text source = form->source.n > 0 ? form->source : typed_into(form, TEXT("source"));
	put_hidden(html, TEXT("source"), source);
}

/* The form carries the parameters of the link that the campaign passes on. */
static void put_passed(struct html *html, const struct html_form *form)
{
	struct text rest = pass_params_of(form->campaign).raw, name, nothing;
	while (pairs_next(&rest, &name, &nothing)) {
		struct text typed = typed_into(form, name);
		if (!pairs_find(fields_of(form), name, &nothing))
			put_hidden(html, name, typed.n > 0 ? typed : asked_for(form, name));
	}
}

void html_put_form(struct html *html, const struct html_form *form)
{
	struct text rest = fields_of(form).raw;
	struct form_field field;
	/* The browser would show one mistake at a time, in its own language. */
	html_put(html, "<form method=\"post\" novalidate>\n");
	html_put_form_token(html);
	put_trap(html, form);
	put_source(html, form);
	put_passed(html, form);
	put_own_fields(html, form);
	while (form_field_next(&rest, &field))
		put_field(html, form, &field, attributes_of(field.type));
	html_put(html, "<button>");
	html_put_text(html, html_text_or(html, "button", form->invited ? WORD_ACCEPT : WORD_JOIN));
	html_put(html, "</button>\n");
	put_terms(html);
	html_put(html, "</form>\n");
}
