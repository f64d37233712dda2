/*
 * Owns the unsubscribe link. GET only asks, because mail scanners follow links. POST unsubscribes,
 * for a person's click and for a mail program (RFC 8058). Never changes the record itself
 * (core/unsubscribe.h). Called through the route table.
 */
#include "core/unsubscribe.h"

#include "base/form.h"
#include "html.h"
#include "link.h"
#include "pages.h"

struct unsubscribe_call {
	struct link link;
	struct unsubscribe unsubscribe;
};

/* Does the link have the secret that referd made for this user? */
static bool has_secret(const struct link *link)
{
	struct call *call = link->call;
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		if (text_eq(name, TEXT("t")))
			return link->user.id != 0 &&
			       code_secret_fits(call->api->codes, SECRET_UNSUBSCRIBE, link->user.id,
						value);
	return false;
}

static void on_found_get(struct link *link)
{
	if (has_secret(link))
		html_reply_unsubscribe(link->call, &link->campaign,
				       link->user.unsubscribed_ms != 0);
	else
		link_reply_unknown(link->call);
}

/* The page needs the campaign again: the texts of the first look-up are gone. */
static void on_done(struct command *command, enum err err)
{
	struct unsubscribe_call *uc =
	    (struct unsubscribe_call *)(void *)((char *)command -
						offsetof(struct unsubscribe_call, unsubscribe));
	if (err == ERR_OK)
		link_find_always(&uc->link, uc->link.call, on_found_get);
	else if (err == ERR_NOT_FOUND)
		link_reply_unknown(uc->link.call);
	else
		call_reply_err(uc->link.call, err, NULL);
}

static void on_found_post(struct link *link)
{
	struct unsubscribe_call *uc = (struct unsubscribe_call *)link;
	struct call *call = link->call;
	if (!has_secret(link)) {
		link_reply_unknown(call);
		return;
	}
	uc->unsubscribe = (struct unsubscribe){
	    .command = {.decide = unsubscribe_decide, .done = on_done},
	    .user_id = link->user.id,
	    .public_url = call->api->public_url,
	    .now_ms = call_now_ms(call),
	};
	call_submit(call, &uc->unsubscribe.command);
}

static void find(struct call *call, link_found_fn *found)
{
	struct unsubscribe_call *uc = call_alloc(call, sizeof *uc);
	if (uc != NULL)
		link_find_always(&uc->link, call, found);
}

void unsubscribe_get(struct call *call)
{
	find(call, on_found_get);
}

void unsubscribe_post(struct call *call)
{
	find(call, on_found_post);
}
