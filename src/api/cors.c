/*
 * Owns CORS (https://fetch.spec.whatwg.org/#http-cors-protocol): which origin may read answers, and the
 * preflight. Never credentials: there are none. Called by joining and through the route table.
 */
#include "cors.h"

#include "link.h"
#include "routes.h"

void cors_judge(struct call *call, const struct campaign *campaign)
{
	const struct text *origin = http_request_header(call->req, TEXT("Origin"));
	struct text nothing;
	call->by_origin = true;
	if (origin != NULL && pairs_find(campaign->origins, *origin, &nothing))
		call->allowed_origin = *origin;
}

static void on_found(struct link *link)
{
	const struct http_header headers[] = {
	    {TEXT("Access-Control-Allow-Methods"), TEXT("POST")},
	    {TEXT("Access-Control-Allow-Headers"), TEXT("Content-Type, Idempotency-Key")},
	    {TEXT("Access-Control-Max-Age"), TEXT("600")},
	};
	struct call *call = link->call;
	cors_judge(call, &link->campaign);
	size_t n = call->allowed_origin.n > 0 ? sizeof headers / sizeof *headers : 0;
	call_reply_with(call, 204, "", (struct text){0}, headers, n);
}

const struct operation OP_JOIN_OPTIONS = {
    .id = "preflightJoin",
    .tag = "Joining",
    .summary = "May a script of the asking origin join?",
    .description = "A CORS preflight. Only an origin that the campaign lists gets Access-Control headers.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void join_options(struct call *call)
{
	struct link *link = call_alloc(call, sizeof *link);
	if (link != NULL)
		link_find(link, call, on_found);
}
