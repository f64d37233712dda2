/*
 * Owns CORS (https://fetch.spec.whatwg.org/#http-cors-protocol): which origin may read a reply,
 * and the preflight. Never allows credentials: a join has none. Called by join.c and through the
 * route table.
 */
#include "cors.h"

#include <string.h>

#include "base/ascii.h"
#include "link.h"
#include "pages.h"

enum { REQUEST_HEADERS_MAX = 1024 };

void cors_judge(struct call *call, const struct campaign *campaign)
{
	const struct text *origin = http_request_header(call->req, TEXT("Origin"));
	struct text nothing;
	call->by_origin = true;
	if (origin != NULL && pairs_find(campaign->origins, *origin, &nothing))
		call->allowed_origin = *origin;
}

/* RFC 9110 section 5.6.2. */
static bool is_token(struct text t)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (!ascii_is_alnum(c) && (c == '\0' || strchr(marks, c) == NULL))
			return false;
	}
	return t.n > 0;
}

/* Allows the usual headers, and those that the script asks for: htmx and other libraries have
 * headers of their own. None of them is a credential here. A name that is not a token is left out.
 */
static void write_allowed(struct buf *out, const struct call *call)
{
	static const char *const usual[] = {"Content-Type", "Idempotency-Key"};
	const struct text *asked =
	    http_request_header(call->req, TEXT("Access-Control-Request-Headers"));
	struct text rest = asked != NULL ? *asked : (struct text){0}, name;
	buf_printf(out, "%s, %s", usual[0], usual[1]);
	if (rest.n > REQUEST_HEADERS_MAX)
		return;
	while (rest.n > 0) {
		text_cut(rest, ',', &name, &rest);
		name = text_trim(name);
		if (is_token(name) && !text_ieq(name, text_of(usual[0])) &&
		    !text_ieq(name, text_of(usual[1])))
			buf_printf(out, ", %.*s", TEXT_ARGS(name));
	}
}

static void on_found(struct link *link)
{
	struct call *call = link->call;
	struct buf allowed = {0};
	cors_judge(call, &link->campaign);
	write_allowed(&allowed, call);
	const struct http_header headers[] = {
	    {TEXT("Access-Control-Allow-Methods"), TEXT("POST")},
	    {TEXT("Access-Control-Allow-Headers"), buf_view(&allowed)},
	    {TEXT("Access-Control-Max-Age"), TEXT("600")},
	};
	size_t n = call->allowed_origin.n > 0 ? sizeof headers / sizeof *headers : 0;
	if (allowed.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_with(call, 204, "", (struct text){0}, headers, n);
	buf_free(&allowed);
}

const struct operation OP_JOIN_OPTIONS = {
    .id = "preflightJoin",
    .tag = "Joining",
    .summary = "Check whether a script from another origin may join",
    .description =
	"This is a CORS preflight. Only the origins of the campaign get Access-Control headers.",
    .answers = {{204, ANSWER_EMPTY, NULL}},
};

void join_options(struct call *call)
{
	struct link *link = call_alloc(call, sizeof *link);
	if (link != NULL)
		link_find_always(link, call, on_found);
}
