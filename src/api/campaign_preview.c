/*
 * Owns the preview of a campaign's pages: the saved settings with changes that are not saved. Never
 * stores, and never counts a view. Called through the route table.
 */
#include "api/call/identifier.h"
#include "api/pages/html.h"
#include "base/form.h"
#include "base/typed.h"
#include "campaign_fields.h"
#include "campaign_show.h"
#include "core/code_alias.h"
#include "core/names.h"
#include "routes.h"

struct campaign_preview_call {
	struct campaign_save save; /* first: its command is what done gets */
	struct call *call;
	uint64_t page;
};

enum { PREVIEW_JOIN, PREVIEW_FRIEND, PREVIEW_THANKS, PREVIEW_CLOSED };

static const struct name PAGES[] = {{PREVIEW_JOIN, "join"},
				    {PREVIEW_FRIEND, "friend"},
				    {PREVIEW_THANKS, "thanks"},
				    {PREVIEW_CLOSED, "closed"},
				    {0, NULL}};

/* ---- the page ---- */

/* The made-up person has the campaign's own code, so that the link and its QR code are real. */
static void reply_thanks(struct call *call, const struct campaign *c)
{
	char room[CODE_LENGTH + 1];
	const struct user user = {
	    .first_name = TEXT("Jessica"),
	    .alias = code_of_campaign(call->api->codes, c->id, c->alias, room),
	};
	const struct user_stats stats = {0};
	html_reply_thanks(call,
			  &(struct html_thanks){.campaign = c, .user = &user, .stats = &stats});
}

/* An open campaign shows what its page will say when it has ended or is paused. */
static void reply_closed(struct call *call, const struct campaign *c)
{
	enum join_outcome why = join_admission(c, call_now_ms(call));
	if (why == JOIN_CREATED)
		why = c->ends_ms != 0 ? JOIN_ENDED : JOIN_PAUSED;
	html_reply_closed(call, c, why, 200);
}

static void reply_form(struct call *call, const struct campaign *c, bool invited)
{
	const struct html_form form = {
	    .campaign = c,
	    .invited = invited,
	    .invited_by = invited ? TEXT("Jessica") : (struct text){0},
	};
	html_reply_form(call, &form);
}

static void reply_page(struct call *call, const struct campaign *c, uint64_t page)
{
	call->preview = true;
	if (page == PREVIEW_THANKS)
		reply_thanks(call, c);
	else if (page == PREVIEW_CLOSED)
		reply_closed(call, c);
	else
		reply_form(call, c, page == PREVIEW_FRIEND);
}

static void on_judged(struct command *command, enum err err)
{
	struct campaign_preview_call *pc = (struct campaign_preview_call *)command;
	if (err == ERR_REFUSED)
		call_reply_problems(pc->call, &pc->save.problems);
	else if (err == ERR_TOO_LARGE)
		call_reply_error(pc->call, 422, CAMPAIGN_TOO_LARGE);
	else if (err != ERR_OK)
		call_reply_err(pc->call, err, CAMPAIGN_UNKNOWN);
	else
		reply_page(pc->call, &pc->save.campaign, pc->page);
}

/* ---- the request ---- */

/* False after a reply. */
static bool read_settings(struct campaign_preview_call *pc, struct text settings)
{
	struct body body = {.is_json = true};
	const char *why;
	enum err err = json_parse(settings, &body.root, &why);
	body.json = body.root;
	if (err == ERR_OK && json_kind(body.json) == JSON_OBJECT) {
		bool ok = campaign_fields_read(pc->call, &body, false, &pc->save);
		body_free(&body);
		return ok;
	}
	body_free(&body);
	if (err == ERR_NO_MEMORY) {
		call_reply_err(pc->call, err, NULL);
		return false;
	}
	call_note(pc->call, "settings", "must be a JSON object such as {\"colour\":\"#1a2b3c\"}");
	return true;
}

/* False after a reply. */
static bool read_parameter(struct campaign_preview_call *pc, struct text name, struct text value)
{
	if (text_eq(name, TEXT("settings")))
		return read_settings(pc, value);
	if (!text_eq(name, TEXT("page")))
		call_note_named(pc->call, name,
				"is not a parameter of this call: the parameters are page and "
				"settings");
	else if (!name_find(PAGES, typed_trim(value), &pc->page))
		call_note(pc->call, "page", "must be join, friend, thanks or closed");
	return true;
}

/* False after a reply. */
static bool read_query(struct campaign_preview_call *pc)
{
	struct text rest = pc->call->req->query, name, value;
	enum err err;
	while ((err = form_next(&rest, &pc->call->req->arena, &name, &value)) == ERR_OK)
		if (!read_parameter(pc, name, value))
			return false;
	if (err != ERR_NOT_FOUND)
		call_reply_err(pc->call, err, NULL);
	return err == ERR_NOT_FOUND;
}

const struct operation OP_CAMPAIGN_PREVIEW = {
    .id = "previewCampaign",
    .tag = "Campaigns",
    .summary = "Show a page of a campaign with settings that are not saved",
    .description = "Nothing is stored or counted. The policy of the page stops forms and scripts. "
		   "The person on the page is made up, and has the link of the campaign.",
    .query = {{"page", "CampaignPreviewPage", "friend", "The page. Default: join.", false},
	      {"settings", "string", "{\"colour\":\"#1a2b3c\",\"pages\":{\"button\":\"Join\"}}",
	       "The changes, as JSON with the members of updateCampaign. Default: no changes.",
	       false}},
    .answers = {{200, ANSWER_PAGE, NULL}},
};

void campaign_preview(struct call *call)
{
	struct campaign_preview_call *pc = call_alloc(call, sizeof *pc);
	if (pc == NULL)
		return;
	pc->call = call;
	pc->save.command = (struct command){.decide = campaign_preview_decide, .done = on_judged};
	pc->save.codes = call->api->codes;
	if (!read_query(pc))
		return;
	const struct campaign_name name = identifier_campaign(call);
	pc->save.campaign.id = name.id;
	pc->save.code = name.code;
	call_query_noted(call, &pc->save.command, &pc->save.problems);
}
