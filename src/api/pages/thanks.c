/*
 * Owns the address of the page after joining, which has a secret of the user besides the public
 * code. Never writes the page (html_thanks.c). Called through the route table.
 */
#include "html.h"
#include "link.h"
#include "pages.h"

static void on_found(struct link *link)
{
	struct call *call = link->call;
	struct codes *codes = call->api->codes;
	struct text secret = call->params[1];
	struct html_thanks thanks = {.campaign = &link->campaign, .user = &link->user};
	bool own = code_secret_fits(codes, SECRET_OWN_PAGE, link->user.id, secret);
	bool known = code_secret_fits(codes, SECRET_KNOWN_PAGE, link->user.id, secret);
	if (own)
		thanks.stats = &link->stats;
	if (link->user.id != 0 && (own || known))
		html_reply_thanks(call, &thanks);
	else
		link_reply_unknown(call);
}

void thanks_get(struct call *call)
{
	struct link *link = call_alloc(call, sizeof *link);
	if (link != NULL)
		link_find_always(link, call, on_found);
}
