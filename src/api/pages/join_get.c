/*
 * Owns GET of a join link: the page with the form, or with the reason why the campaign is closed.
 * Never joins a person. Called through the route table.
 */
#include "base/form.h"
#include "html.h"
#include "link.h"
#include "pages.h"
#include "reach.h"
#include "visitor.h"

/* A page in a frame has ?source=Embed in its address. Other words are not passed on. */
static struct text source_of(struct call *call)
{
	static const char *const words[] = {"Widget", "Popup", "Embed"};
	struct text rest = call->req->query, name, value;
	while (form_next(&rest, &call->req->arena, &name, &value) == ERR_OK)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (text_eq(name, TEXT("source")) && text_eq(value, text_of(words[i])))
				return value;
	return (struct text){0};
}

static void on_found(struct link *link)
{
	struct call *call = link->call;
	struct body asked;
	(void)body_read_query(call, &asked); /* the first 64 pairs fill the form */
	const struct html_form form = {
	    .campaign = &link->campaign,
	    .invited = link->user.id != 0,
	    .invited_by = link->user.first_name,
	    .source = source_of(call),
	    .asked = &asked,
	};
	enum join_outcome outcome = join_admission(&link->campaign, call_now_ms(call));
	if (visitor_is_person(call->req))
		reach_count(call->api->reach, link->user.id, link->campaign.id);
	if (outcome == JOIN_CREATED)
		html_reply_form(call, &form);
	else
		html_reply_closed(call, &link->campaign, outcome, 200);
}

const struct operation OP_JOIN_GET = {
    .id = "showJoinPage",
    .tag = "Joining",
    .summary = "Show the page of a join link",
    .description =
	"The page has the join form, or a short text while the campaign is closed. A GET counts as "
	"reach, except a prefetch, a preview of the link, or a request from a known search engine.",
    .query = {{"source", "string", "Embed", "Widget, Popup or Embed: the source of the join.",
	       false},
	      {"first_name", "string", "Byron", "The value that the form is filled with.", false},
	      {"email", "string", "byron@example.com", "The value that the form is filled with.",
	       false},
	      {"utm_source", "string", "mail",
	       "A pass_param of the campaign. All pass_params are kept in the meta of the user who "
	       "joins.",
	       false}},
    .answers = {{200, ANSWER_PAGE, NULL}},
};

void join_get(struct call *call)
{
	/* Each page has one address, without a slash at its end. */
	if (text_ends(call->req->path, TEXT("/"))) {
		join_short(call);
		return;
	}
	struct link *link = call_alloc(call, sizeof *link);
	if (link != NULL)
		link_find(link, call, on_found);
}

const struct operation OP_JOIN_SHORT = {
    .id = "openShortLink",
    .tag = "Joining",
    .summary = "Follow a short join link",
    .description = "Redirects to the join page and keeps the query. Dots, brackets, quotes, spaces "
		   "or invisible characters after the code or after /join are ignored.",
    .answers = {{303, ANSWER_EMPTY, NULL}},
};

static void on_short(struct link *link)
{
	struct text query = link->call->req->query;
	struct buf location = {0};
	buf_printf(&location, "%.*s/%.*s/join", TEXT_ARGS(link->call->api->public_path),
		   TEXT_ARGS(link->call->params[0]));
	if (query.n > 0)
		buf_char(&location, '?');
	buf_text(&location, query);
	if (location.failed)
		call_reply_err(link->call, ERR_NO_MEMORY, NULL);
	else
		call_reply_redirect(link->call, buf_view(&location));
	buf_free(&location);
}

void join_short(struct call *call)
{
	struct link *link = call_alloc(call, sizeof *link);
	if (link != NULL)
		link_find(link, call, on_short);
}
