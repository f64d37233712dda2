/*
 * Owns the calls that change a user: fields, review, erasing. Never a rule about users. Called through
 * the route table.
 */
#include "core/erase.h"
#include "routes.h"
#include "user_show.h"

/* ---- erasing ---- */

struct erase_call {
	struct user_erase erase;
	struct call *call;
};

static void on_erased(struct command *command, enum err err)
{
	struct erase_call *ec = (struct erase_call *)command;
	const struct http_reply gone = {.status = 204};
	if (err == ERR_OK)
		http_reply(ec->call->req, &gone);
	else
		call_reply_err(ec->call, err, USER_UNKNOWN);
}

const struct operation OP_USER_DELETE = {
    .id = "eraseUser",
    .tag = "Users",
    .summary = "Erase a user",
    .description = "The person is gone from every list at once, and from events, deliveries and their "
		   "logs within moments. What receivers were sent before stays with them.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void user_delete(struct call *call)
{
	struct erase_call *ec = call_alloc(call, sizeof *ec);
	if (ec == NULL)
		return;
	ec->call = call;
	ec->erase = (struct user_erase){
	    .command = {.decide = user_erase_decide, .done = on_erased},
	    .who = call_who(call),
	    .codes = call->api->config.codes,
	    .now_ms = loop_unix_ms(call->api->config.loop),
	};
	call_submit(call, &ec->erase.command);
}
