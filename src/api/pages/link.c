/*
 * Owns the look-up of the code in a public link, and the reply to an unknown code. Never uses what
 * it finds. Called by the public calls.
 */
#include "link.h"

#include "core/campaign.h"
#include "core/code_alias.h"
#include "html.h"

static enum err find_user(struct link *link, struct tx *tx)
{
	link->stats = (struct user_stats){.user_id = link->user.id};
	if (link->user.id == 0)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_USER, &link->user);
	if (err != ERR_OK)
		return err;
	err = tx_get(tx, &KIND_USER_STATS, &link->stats);
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err link_decide(struct command *command, struct tx *tx)
{
	struct link *link = (struct link *)command;
	struct call *call = link->call;
	uint64_t user_id, campaign_id;
	enum err err = code_find(tx, call->api->codes, call->params[0], &user_id, &campaign_id);
	if (err != ERR_OK)
		return err;
	link->user = (struct user){.id = user_id};
	if ((err = find_user(link, tx)) != ERR_OK)
		return err;
	link->campaign =
	    (struct campaign){.id = user_id != 0 ? link->user.campaign_id : campaign_id};
	return link->campaign.id != 0 ? tx_get(tx, &KIND_CAMPAIGN, &link->campaign) : ERR_NOT_FOUND;
}

/* ---- unknown links ---- */

/* The search for the only campaign, to which an unknown link must belong. */
struct unknown {
	struct campaign_list list; /* the first member, because on_listed gets its command */
	struct call *call;
	struct campaign campaigns[2];
	struct campaign_stats stats[2];
};

static void on_listed(struct command *command, enum err err)
{
	struct unknown *u = (struct unknown *)command;
	if (err != ERR_OK)
		call_reply_err(u->call, err, NULL);
	else
		html_reply_unknown(u->call, u->list.page.n == 1 && u->list.page.next == 0
						? &u->campaigns[0]
						: NULL);
}

static void find_only_campaign(struct call *call)
{
	struct unknown *u = call_alloc(call, sizeof *u);
	if (u == NULL)
		return;
	u->call = call;
	u->list = (struct campaign_list){
	    .command = {.decide = campaign_list_decide, .done = on_listed},
	    .statuses = 1 << CAMPAIGN_LAUNCHED | 1 << CAMPAIGN_PAUSED,
	    .codes = call->api->codes,
	    .now_ms = call_now_ms(call),
	    .page = {.max = sizeof u->campaigns / sizeof *u->campaigns},
	    .campaigns = u->campaigns,
	    .stats = u->stats,
	};
	call_query(call, &u->list.command);
}

void link_reply_unknown(struct call *call)
{
	if (!limits_check(call, LIMIT_UNKNOWN_CODES))
		return;
	limits_count(call, LIMIT_UNKNOWN_CODES);
	if (call_wants_html(call))
		find_only_campaign(call);
	else
		call_reply_error(
		    call, 404,
		    "no campaign or user has this code: check that the link is complete");
}

static void on_found(struct command *command, enum err err)
{
	struct link *link = (struct link *)command;
	if (err == ERR_NOT_FOUND)
		link_reply_unknown(link->call);
	else if (err != ERR_OK)
		call_reply_err(link->call, err, NULL);
	else
		link->found(link);
}

void link_find_always(struct link *link, struct call *call, link_found_fn *found)
{
	link->command = (struct command){.decide = link_decide, .done = on_found};
	link->call = call;
	link->found = found;
	if (code_is_plausible(call->params[0]))
		call_query(call, &link->command);
	else
		link_reply_unknown(call);
}

/* A client that guessed too often does not learn whether this guess is right. */
void link_find(struct link *link, struct call *call, link_found_fn *found)
{
	if (limits_check(call, LIMIT_UNKNOWN_CODES))
		link_find_always(link, call, found);
}
