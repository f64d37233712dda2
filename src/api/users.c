/*
 * Owns the calls that read users: a single user, and the list. Never changes a user. Called through
 * the route table.
 */
#include <string.h>

#include "api/call/body.h"
#include "api/call/identifier.h"
#include "api/call/paging.h"
#include "api/call/search.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "core/email.h"
#include "core/names.h"
#include "core/user_list.h"
#include "routes.h"
#include "user_query.h"
#include "user_show.h"

struct user_read_call {
	struct user_read read;
	struct call *call;
};

struct user_list_call {
	struct user_list list;
	struct gather gather;
	bool analytics;
};

/* ---- a single record ---- */

static void on_read(struct command *command, enum err err)
{
	struct user_read_call *rc = (struct user_read_call *)command;
	if (err != ERR_OK)
		identifier_reply_err(rc->call, err);
	else
		user_reply(rc->call, 200, &rc->read.view);
}

const struct operation OP_USER_GET = {
    .id = "getUser",
    .tag = "Users",
    .summary = "Read a user",
    .versioned = true,
    .query = {{"with", "string", "user.analytics", "user.analytics adds the counters.", false},
	      IDENTIFIER_CAMPAIGN},
    .conflict = IDENTIFIER_CONFLICT,
    .answers = {{200, ANSWER_DATA, "User"}},
};

void user_get(struct call *call)
{
	struct user_read_call *rc = call_alloc(call, sizeof *rc);
	if (rc == NULL || !identifier_user(call, &rc->read.who))
		return;
	rc->call = call;
	rc->read.codes = call->api->codes;
	rc->read.command = (struct command){.decide = user_read_decide, .done = on_read};
	call_query(call, &rc->read.command);
}

/* ---- the list's filters ---- */

static const char no_such_code[] = "must be the id or code of an existing record";

static const char *read_campaign(struct call *call, struct text value, struct user_filter *f)
{
	const struct campaign_name name = campaign_name_read(value);
	(void)call;
	f->campaign_id = name.id;
	f->campaign_code = name.code;
	return name.id != CAMPAIGN_NONE ? NULL : no_such_code;
}

static const char *read_referrer(struct call *call, struct text value, struct user_filter *f)
{
	struct who who = {0};
	if (who_read(value, &call->req->arena, &who) != ERR_OK)
		return "could not be read, because the server is out of memory: try again";
	f->referrer_id = who.id;
	f->referrer_code = who.code;
	return who.id != 0 || who.code.n > 0 ? NULL : no_such_code;
}

static const char *read_email(struct call *call, struct text value, struct user_filter *f)
{
	struct email email;
	const char *why;
	enum err err = email_read(value, &call->req->arena, &email, &why);
	f->canonical_email = email.canonical;
	if (err == ERR_INVALID && value.n > 0 && memchr(value.p, ' ', value.n) != NULL)
		return "has a space: in a query a plus means a space, so encode the plus as %2B";
	if (err == ERR_INVALID)
		return "must be a complete e-mail address: to search for a part of an address, use "
		       "q";
	return err == ERR_OK ? NULL
			     : "could not be read, because the server is out of memory: try again";
}

static const char *read_email_prefix(struct call *call, struct text value, struct user_filter *f)
{
	if (value.n == 0)
		return "must be the beginning of an e-mail address";
	if (value.n > EMAIL_MAX)
		return "is longer than 254 bytes, which no e-mail address is";
	if (!utf8_valid(value))
		return "must be UTF-8 text";
	if (memchr(value.p, ' ', value.n) != NULL)
		return "has a space: in a query a plus means a space, so encode the plus as %2B";
	return address_fold(value, &call->req->arena, &f->email_prefix) == ERR_OK
		   ? NULL
		   : "could not be read, because the server is out of memory: try again";
}

static const char *read_type(struct call *call, struct text value, struct user_filter *f)
{
	(void)call;
	return name_find(USER_TYPE_NAMES, value, &f->type)
		   ? NULL
		   : "must be person_referring or person_invited";
}

static const char *read_source(struct call *call, struct text value, struct user_filter *f)
{
	(void)call;
	return name_find(SOURCE_NAMES, value, &f->source)
		   ? NULL
		   : "must be Direct, Referred, Api, Added, Zapier, Widget, Popup, Embed or Test";
}

static const char *read_qualified(struct call *call, struct text value, struct user_filter *f)
{
	bool qualified;
	(void)call;
	if (!body_read_flag(value, &qualified))
		return "must be true or false";
	f->qualified = qualified ? QUALIFIED_YES : QUALIFIED_NO;
	return NULL;
}

static const char *read_q(struct call *call, struct text value, struct user_filter *f)
{
	if (!utf8_valid(value))
		return "must be UTF-8 text";
	return unicode_fold(value, &call->req->arena, &f->folded) == ERR_OK
		   ? NULL
		   : "could not be read, because the server is out of memory: try again";
}

static const char *read_review(struct call *call, struct text value, struct user_filter *f)
{
	(void)call;
	return name_find(REVIEW_NAMES, value, &f->review) ? NULL
							  : "must be pending, accepted or rejected";
}

static const char *read_id(struct call *call, struct text value, struct user_filter *f)
{
	(void)call;
	return text_to_u64(value, &f->id) && f->id != 0 ? NULL : "must be the id of a user";
}

static const char *read_code(struct call *call, struct text value, struct user_filter *f)
{
	f->code = arena_copy(&call->req->arena, value);
	return f->code.n > 0 ? NULL : "must be the code of a user";
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	static const struct {
		const char *name;
		const char *(*read)(struct call *, struct text, struct user_filter *);
	} filters[] = {
	    {"campaign_id", read_campaign},
	    {"email", read_email},
	    {"email_prefix", read_email_prefix},
	    {"type", read_type},
	    {"source", read_source},
	    {"qualified", read_qualified},
	    {"referrer_id", read_referrer},
	    {"q", read_q},
	    {"review", read_review},
	    {"id", read_id},
	    {"code", read_code},
	    {"search", read_q},
	    {"filters[search]", read_q},
	};
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (text_eq(name, text_of(filters[i].name)))
			return filters[i].read(call, value, arg);
	return PAGING_UNKNOWN;
}

/* ---- the list ---- */

static void show_rows(struct user_list_call *lc)
{
	struct json_out *o = &lc->gather.o;
	struct paging *paging = &lc->gather.paging;
	for (size_t i = 0; i < lc->list.page.n; i++) {
		json_open(o, NULL, '{');
		user_show(lc->gather.call, o, &lc->list.users[i], lc->analytics);
		json_close(o, '}');
	}
	paging->indexed = lc->list.filter.email_prefix.n > 0 ? &lc->list.extent : NULL;
	if (!lc->list.count)
		return;
	paging->has_total = lc->list.counted;
	paging->total = lc->list.counted ? lc->list.total : 0;
	lc->list.count = false;
}

static void fail_list(struct command *command, enum err err)
{
	struct user_list_call *lc = (struct user_list_call *)command;
	struct call *call = lc->gather.call;
	if (err == ERR_TOO_LARGE)
		call_reply_field(
		    call, "email",
		    "cannot be searched in so many campaigns: name one with campaign_id");
	else if (err == ERR_REFUSED && strcmp(lc->list.refused, "cursor") == 0)
		call_reply_field(call, "cursor",
				 "names a user who was erased or changed since: load the list "
				 "from its beginning");
	else if (err == ERR_REFUSED)
		call_reply_field(call, lc->list.refused, no_such_code);
	else
		call_reply_err(call, err, NULL);
}

static void on_list(struct command *command, enum err err)
{
	struct user_list_call *lc = (struct user_list_call *)command;
	if (err == ERR_OK)
		show_rows(lc);
	gather_done(&lc->gather, err, fail_list);
}

const struct operation OP_USER_LIST = {
    .id = "listUsers",
    .tag = "Users",
    .summary = "List users",
    .description =
	"Oldest first; with email_prefix, in the order of the e-mail addresses. For each page, "
	"referd checks at most 1,000 users, so a short page may have a next page. links.next leads "
	"through the whole list; page reaches to row 100,000.",
    .query =
	{
	    {"page", "integer", "1",
	     "The number of the page, from 1. Following links.next costs less.", false},
	    {"with", "string", "user.analytics", "user.analytics adds the counters.", false},
	    USER_QUERY,
	},
    .answers = {{200, ANSWER_LIST, "User"}},
};

const struct operation OP_USER_SEARCH = {
    .id = "searchUsers",
    .tag = "Users",
    .summary = "Search users",
    .description = "The response is the same as for listUsers.",
    .query =
	{
	    {"page", "integer", "1",
	     "The number of the page, from 1. Following links.next costs less.", false},
	    {"with", "string", "user.analytics", "user.analytics adds the counters.", false},
	    USER_QUERY,
	},
    SEARCH_TAKES,
    .answers = {{200, ANSWER_LIST, "User"}},
};

void user_list(struct call *call)
{
	struct user_list_call *lc = call_alloc(call, sizeof *lc);
	struct user_filter *filter = &lc->list.filter;
	if (lc == NULL || !search_read(&lc->gather, call, USER_FILTER_FIELDS, &filter->where,
				       read_filter, filter))
		return;
	if (user_filter_take_email(filter, &call->req->arena) != ERR_OK) {
		call_reply_err(call, ERR_NO_MEMORY, NULL);
		return;
	}
	struct user_list *list = &lc->list;
	lc->analytics = user_wants_analytics(call);
	list->command = (struct command){.decide = user_list_decide, .done = on_list};
	list->codes = call->api->codes;
	list->count = true;
	list->users = call_alloc(call, lc->gather.paging.per_page * sizeof *list->users);
	if (list->users != NULL)
		gather_begin(&lc->gather, &list->command, &list->page);
}
