/*
 * Owns the reading of a campaign's settings from JSON. Never stores or shows a campaign. Called by
 * campaigns.c.
 */
#include "campaign_fields.h"

#include <stddef.h>

#include "api/call/decode.h"
#include "campaign_dates.h"
#include "campaign_form.h"
#include "campaign_pages.h"
#include "campaign_urls.h"
#include "core/campaign_defaults.h"
#include "core/page_text.h"
#include "core/pass_param.h"
#include "language.h"

const char CAMPAIGN_TOO_LARGE[] =
    "the campaign would exceed 16 KiB: shorten its fields, pages or origins";

/* The campaign that is being read, and the members that the request contains in addition to the
 * members of the table. */
struct draft {
	struct campaign campaign; /* first: the table's offsets are a campaign's */
	uint64_t set;
	bool is_new;
	bool starts_on_day, ends_on_day; /* see struct campaign_save */
};

#define AT(member) offsetof(struct campaign, member)

static void mark(struct draft *draft, size_t offset)
{
	draft->set |= record_bit(&KIND_CAMPAIGN, offset);
}

/* ---- small members ---- */

static const char *read_lang(struct call *call, const struct json *v, void *record)
{
	struct text tag;
	const char *problem =
	    body_string(v, &tag) ? language_refusal(tag) : "must be a language code such as en";
	return problem != NULL ? problem
			       : decode_keep(call, tag, &((struct draft *)record)->campaign.lang);
}

static const char *read_timezone(struct call *call, const struct json *v, void *record)
{
	return campaign_read_timezone(call, v, &((struct draft *)record)->campaign.timezone);
}

static const char *read_starts_at(struct call *call, const struct json *v, void *record)
{
	struct draft *draft = record;
	(void)call;
	return campaign_read_when(v, &draft->campaign.starts_ms, &draft->starts_on_day);
}

static const char *read_ends_at(struct call *call, const struct json *v, void *record)
{
	struct draft *draft = record;
	(void)call;
	return campaign_read_when(v, &draft->campaign.ends_ms, &draft->ends_on_day);
}

static const char *read_test_mode(struct call *call, const struct json *v, void *record)
{
	bool on = false;
	(void)call;
	if (json_kind(v) != JSON_NULL && !json_bool(v, &on))
		return "must be true or false";
	((struct draft *)record)->campaign.test_mode = on;
	return NULL;
}

static const char *read_code(struct call *call, const struct json *v, void *record)
{
	struct draft *draft = record;
	struct text code = {0};
	if (!draft->is_new)
		return "can be set only when the campaign is created";
	if (json_kind(v) != JSON_NULL && !body_string(v, &code))
		return "must be text";
	return decode_keep(call, code, &draft->campaign.alias);
}

static const char *read_colour(struct call *call, const struct json *v, void *record)
{
	struct text t = {0};
	if (json_kind(v) != JSON_NULL && !body_string(v, &t))
		return "must be a colour such as #1a2b3c";
	const char *problem = page_colour_refusal(t);
	return problem != NULL ? problem
			       : decode_keep(call, t, &((struct draft *)record)->campaign.colour);
}

/* ---- addresses ---- */

static const char *read_logo(struct call *call, const struct json *v, void *record)
{
	return campaign_read_url(call, v, &((struct draft *)record)->campaign.logo_url);
}

static const char *read_origins(struct call *call, const struct json *v, void *record)
{
	return campaign_read_origins(call, v, &((struct draft *)record)->campaign.origins);
}

static const char *read_redirect(struct call *call, const struct json *v, void *record)
{
	struct draft *draft = record;
	mark(draft, AT(redirect_params));
	return campaign_read_redirect(call, v, &draft->campaign);
}

/* ---- the passed parameters ---- */

/* null means the default parameters; an empty list means none. */
static const char *read_pass_params(struct call *call, const struct json *v, void *record)
{
	struct pairs *out = &((struct draft *)record)->campaign.pass_params;
	struct buf list = {0};
	struct text name;
	const char *problem = NULL;
	if (json_kind(v) != JSON_ARRAY && json_kind(v) != JSON_NULL)
		return "must be a list of names such as utm_source";
	for (size_t i = 0; problem == NULL && i < json_length(v); i++) {
		if (!body_string(json_at(v, i), &name))
			problem = "must be a list of names such as utm_source";
		else
			pairs_add(&list, name, TEXT(""));
	}
	if (problem == NULL)
		problem = pass_params_refusal((struct pairs){buf_view(&list)});
	if (json_kind(v) == JSON_ARRAY && list.n == 0)
		buf_text(&list, pass_params_none());
	const char *kept = decode_keep_pairs(call, &list, out);
	return problem != NULL ? problem : kept;
}

static const char *read_pages(struct call *call, const struct json *v, void *record)
{
	return campaign_read_pages(call, v, &((struct draft *)record)->campaign.texts);
}

/* ---- form fields ---- */

static const char *read_form(struct call *call, const struct json *v, void *record)
{
	struct draft *draft = record;
	static const struct {
		const char *type;
		size_t offset;
	} lists[] = {{"person_referring", AT(fields_referring)},
		     {"person_invited", AT(fields_invited)}};
	enum { LISTS = sizeof lists / sizeof *lists };
	struct text name;
	const struct json *list;
	if (json_kind(v) != JSON_OBJECT)
		return "must be an object with the members person_referring and person_invited";
	for (size_t i = 0; (list = json_member(v, i, &name)) != NULL; i++) {
		size_t at = 0;
		while (at < LISTS && !text_eq(name, text_of(lists[at].type)))
			at++;
		if (at == LISTS)
			return "must be an object with the members person_referring and "
			       "person_invited only";
		struct pairs *to =
		    (struct pairs *)(void *)((char *)&draft->campaign + lists[at].offset);
		const char *problem = campaign_form_read(call, list, to);
		if (problem != NULL)
			return problem;
		mark(draft, lists[at].offset);
	}
	return NULL;
}

/* ---- all of them ---- */

/* A member with AT(id) calls mark() itself for each part that it has read. */
static const struct decode_field table[] = {
    {"name", DECODE_NAME, AT(name), CAMPAIGN_NAME_MAX, NULL, NULL},
    {"lang", DECODE_CUSTOM, AT(lang), 0, NULL, read_lang},
    {"status", DECODE_WORD, AT(status), 0, CAMPAIGN_STATUS_NAMES, NULL},
    {"timezone", DECODE_CUSTOM, AT(timezone), 0, NULL, read_timezone},
    {"starts_at", DECODE_CUSTOM, AT(starts_ms), 0, NULL, read_starts_at},
    {"ends_at", DECODE_CUSTOM, AT(ends_ms), 0, NULL, read_ends_at},
    {"existing", DECODE_WORD, AT(existing), 0, EXISTING_NAMES, NULL},
    {"test_mode", DECODE_CUSTOM, AT(test_mode), 0, NULL, read_test_mode},
    {"code", DECODE_CUSTOM, AT(alias), 0, NULL, read_code},
    {"fields", DECODE_CUSTOM, AT(id), 0, NULL, read_form},
    {"redirect", DECODE_CUSTOM, AT(redirect_url), 0, NULL, read_redirect},
    {"pass_params", DECODE_CUSTOM, AT(pass_params), 0, NULL, read_pass_params},
    {"pages", DECODE_CUSTOM, AT(texts), 0, NULL, read_pages},
    {"logo_url", DECODE_CUSTOM, AT(logo_url), 0, NULL, read_logo},
    {"colour", DECODE_CUSTOM, AT(colour), 0, NULL, read_colour},
    {"origins", DECODE_CUSTOM, AT(origins), 0, NULL, read_origins},
    {NULL, DECODE_TEXT, 0, 0, NULL, NULL},
};

bool campaign_fields_read(struct call *call, const struct body *body, bool is_new,
			  struct campaign_save *save)
{
	struct draft draft = {.campaign = save->campaign, .is_new = is_new};
	if (!decode_record(call, body, table, &KIND_CAMPAIGN, &draft, &draft.set))
		return false;
	save->campaign = draft.campaign;
	save->set = draft.set;
	save->starts_on_day = draft.starts_on_day;
	save->ends_on_day = draft.ends_on_day;
	bool given = is_new || (draft.set & record_bit(&KIND_CAMPAIGN, AT(name))) != 0;
	if (given && draft.campaign.name.n == 0)
		call_note(call, "name", "is required");
	return true;
}
