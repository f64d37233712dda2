/*
 * Owns the one-time link to a user's own page. GET only shows a button, because mail scanners
 * follow links. POST uses the link. Never judges whether a link is good (core/way_back.h). Called
 * through the route table.
 */
#include "core/way_back.h"

#include <stddef.h>

#include "api/call/body.h"
#include "core/code_alias.h"
#include "html.h"
#include "link.h"
#include "pages.h"

struct way_back_call {
	struct link link;
	struct way_back_use use;
	bool good;
};

static struct way_back_call *call_of(struct command *command)
{
	return (struct way_back_call *)(void *)((char *)command -
						offsetof(struct way_back_call, use));
}

/* Shows the button, or what to do instead. */
static void on_found(struct link *link)
{
	const struct way_back_call *wc = (const struct way_back_call *)link;
	if (link->user.id != 0 && link->user.id == wc->use.user_id)
		html_reply_way_back(link->call, &link->campaign, wc->good);
	else
		link_reply_unknown(link->call);
}

static void on_looked(struct command *command, enum err err)
{
	struct way_back_call *wc = call_of(command);
	wc->good = err == ERR_OK;
	if (err == ERR_OK || err == ERR_REFUSED)
		link_find_always(&wc->link, wc->link.call, on_found);
	else
		call_reply_err(wc->link.call, err, NULL);
}

static void on_used(struct command *command, enum err err)
{
	struct way_back_call *wc = call_of(command);
	struct call *call = wc->link.call;
	struct buf location = {0};
	if (err != ERR_OK) {
		on_looked(command, err);
		return;
	}
	code_write_me_url(call->api->codes, call->api->public_path, call->params[0],
			  wc->use.user_id, &location);
	if (location.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_redirect(call, buf_view(&location));
	buf_free(&location);
}

/* The code in the path names the user of the link. */
static void on_found_post(struct link *link)
{
	struct way_back_call *wc = (struct way_back_call *)link;
	if (link->user.id != 0 && link->user.id == wc->use.user_id)
		call_submit(link->call, &wc->use.command);
	else
		link_reply_unknown(link->call);
}

/* Returns NULL after a reply. */
static struct way_back_call *begin(struct call *call)
{
	struct way_back_call *wc = call_alloc(call, sizeof *wc);
	if (wc == NULL)
		return NULL;
	wc->link.call = call;
	wc->use.now_ms = call_now_ms(call);
	if (code_once_read(call->api->codes, call->params[1], &wc->use.user_id, &wc->use.event_id))
		return wc;
	link_reply_unknown(call);
	return NULL;
}

void way_back_get(struct call *call)
{
	struct way_back_call *wc = begin(call);
	if (wc == NULL)
		return;
	wc->use.command = (struct command){.decide = way_back_look_decide, .done = on_looked};
	call_query(call, &wc->use.command);
}

void way_back_post(struct call *call)
{
	struct way_back_call *wc = begin(call);
	struct body body;
	if (wc == NULL || !body_read_person(call, &body))
		return;
	wc->use.page = body_form_token(call, &body).number;
	body_free(&body);
	wc->use.command = (struct command){.decide = way_back_use_decide, .done = on_used};
	link_find_always(&wc->link, call, on_found_post);
}
