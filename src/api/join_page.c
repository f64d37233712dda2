/*
 * Owns the page behind a join link: GET shows the form. Never joins anybody. Called through the route
 * table.
 */
#include "core/reading.h"
#include "core/who.h"
#include "page.h"
#include "routes.h"

struct page_call {
	struct command command;
	struct call *call;
	struct campaign campaign;
	struct user user;
};

static enum err page_call_decide(struct command *command, struct tx *tx)
{
	struct page_call *pc = (struct page_call *)command;
	struct codes *codes = pc->call->api->config.codes;
	uint64_t user_id, campaign_id;
	enum err err = who_read_code(tx, codes, pc->call->params[0], &user_id, &campaign_id);
	pc->user = (struct user){.id = user_id};
	if (err == ERR_OK && user_id != 0)
		err = tx_get(tx, &KIND_USER, &pc->user);
	if (err != ERR_OK)
		return err;
	pc->campaign = (struct campaign){.id = user_id != 0 ? pc->user.campaign_id : campaign_id};
	return pc->campaign.id != 0 ? tx_get(tx, &KIND_CAMPAIGN, &pc->campaign) : ERR_NOT_FOUND;
}

static void reply_unknown(struct call *call)
{
	limits_count(call, LIMIT_UNKNOWN_CODES);
	page_reply_message(call, 404,
	    "This link does not lead to a campaign. Please check it, or ask for a new one.");
}

static void on_page(struct command *command, enum err err)
{
	struct page_call *pc = (struct page_call *)command;
	if (err == ERR_NOT_FOUND)
		reply_unknown(pc->call);
	else if (err != ERR_OK)
		call_reply_err(pc->call, err, NULL);
	else
		page_reply_form(pc->call, pc->campaign.name, pc->user.first_name);
}

const struct operation OP_JOIN_PAGE = {
    .id = "showJoinPage",
    .tag = "Joining",
    .summary = "The page behind a join link",
    .answers = {{200, ANSWER_PAGE, NULL}},
};

void join_page(struct call *call)
{
	struct page_call *pc = call_alloc(call, sizeof *pc);
	if (pc == NULL || !limits_check(call, LIMIT_UNKNOWN_CODES))
		return;
	pc->call = call;
	pc->command = (struct command){.decide = page_call_decide, .done = on_page};
	if (code_is_plausible(call->params[0]))
		call_query(call, &pc->command);
	else
		reply_unknown(call);
}

const struct operation OP_JOIN_SHORT = {
    .id = "openShortLink",
    .tag = "Joining",
    .summary = "A shorter join link",
    .answers = {{303, ANSWER_EMPTY, NULL}},
};

void join_short(struct call *call)
{
	struct buf location = {0};
	buf_printf(&location, "/%.*s/join", TEXT_ARGS(call->params[0]));
	call_reply_redirect(call, buf_view(&location));
	buf_free(&location);
}
