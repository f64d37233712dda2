/*
 * Owns the join endpoint: it reads the request of a form or a program, and writes the response.
 * Never decides who may join (core/join.c). Called through the route table.
 */
#include "core/join.h"

#include "api/call/client_address.h"
#include "api/call/person.h"
#include "api/call/show.h"
#include "api/pages/cors.h"
#include "api/pages/html.h"
#include "api/pages/link.h"
#include "core/campaign_defaults.h"
#include "core/code_alias.h"
#include "core/pass_param.h"
#include "core/redirect.h"
#include "join_refusal.h"
#include "routes.h"

struct join_call {
	struct join join;
	struct call *call;
	struct front *front; /* NULL for programs */
};

/* The further parts of a browser's join: the look-up before it, and the form that may be shown
 * again. */
struct front {
	struct link link;
	struct join_call *jc;
	struct html_form form;
	struct body typed; /* kept until the response; not kept for JSON */
	struct body asked; /* the query */
};

/* The fields that are read by name; all other fields are the campaign's own. Only forms have the
 * first. */
static const char *const own_fields[] = {FORM_TOKEN, "first_name", "email", "source", NULL};

/* The responses to refused joins; people see a page instead. */
static const struct {
	enum join_outcome outcome;
	int status;
	const char *message;
} refusals[] = {
    {JOIN_NOT_STARTED, 409, "the campaign has not started yet: see starts_at of the campaign"},
    {JOIN_ENDED, 409, "the campaign has ended: see ends_at of the campaign"},
    {JOIN_PAUSED, 409, "the campaign is paused: set its status to launched to allow joins"},
    {JOIN_DRAFT, 409, "the campaign is a draft: set its status to launched to allow joins"},
    {JOIN_ARCHIVED, 409, "the campaign is archived: set its status to launched to allow joins"},
    {JOIN_KEY_REUSED, 409,
     "this Idempotency-Key was already used with another body: use a new key"},
};

/* Suggests a similar field that this person may send. */
static const char *unknown_field(struct call *call, const struct join *j, struct text name)
{
	const struct campaign *c = &j->campaign;
	struct text rest = j->referred_by.id != 0 ? c->fields_invited.raw : c->fields_referring.raw;
	struct text passed, nothing;
	struct near near = near_of(name);
	struct form_field field;
	for (size_t i = 1; own_fields[i] != NULL; i++)
		near_offer(&near, text_of(own_fields[i]));
	while (form_field_next(&rest, &field))
		near_offer(&near, field.id);
	for (rest = pass_params_of(c).raw; pairs_next(&rest, &passed, &nothing);)
		near_offer(&near, passed);
	return near.best.n > 0 ? body_unknown(call, &near, "is not a field of this campaign")
			       : FORM_FIELD_UNKNOWN;
}

static void reply_problems(struct call *call, const struct join *j)
{
	struct problems problems = j->problems;
	for (size_t i = 0, guesses = 0; i < problems.n && guesses < BODY_GUESSES_MAX; i++) {
		if (problems.items[i].what != FORM_FIELD_UNKNOWN)
			continue;
		problems.items[i].what = unknown_field(call, j, problems.items[i].field);
		guesses++;
	}
	call_reply_problems(call, &problems);
}

void join_reply_refused(struct call *call, const struct join *j)
{
	enum join_outcome outcome = j->outcome;
	if (outcome == JOIN_UNKNOWN)
		link_reply_unknown(call);
	else if (outcome == JOIN_FIELD)
		reply_problems(call, j);
	else if (outcome == JOIN_SELF)
		call_reply_field(call, "email",
				 "is the address of the link's owner: nobody can refer themselves");
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (refusals[i].outcome != outcome)
			continue;
		if (outcome != JOIN_KEY_REUSED && call_wants_html(call))
			html_reply_closed(call, &j->campaign, outcome, refusals[i].status);
		else
			call_reply_error(call, refusals[i].status, refusals[i].message);
	}
}

/* Writes the redirect URL for an invited person. For a person who had already joined, it passes
 * only the code and the values that were just typed. Writes nothing if the campaign has no
 * redirect. */
static void write_redirect(const struct join *j, struct text code, struct buf *out)
{
	struct redirect_values values = {
	    .code = code, .first_name = j->first_name, .email = j->email};
	if (j->outcome == JOIN_CREATED)
		values.referrer_first_name = j->referred_by.first_name;
	values.meta = j->outcome == JOIN_CREATED ? j->user.meta : j->sent;
	if (j->referred_by.id != 0 && j->referred_by.id != j->user.id)
		redirect_write(&j->campaign, &values, out);
}

static void put_joined(struct json_out *o, const struct join *j, struct text code, struct text url,
		       struct text redirect)
{
	bool created = j->outcome == JOIN_CREATED;
	if (created)
		json_put_u64(o, "id", j->user.id);
	json_put_text(o, "code", code);
	json_put_text(o, "url", url);
	if (created) {
		json_put_u64(o, "campaign_id", j->user.campaign_id);
		show_word(o, "type", USER_TYPE_NAMES, j->user.type);
		show_word(o, "source", SOURCE_NAMES, j->user.source);
	}
	json_put_bool(o, "created", created);
	if (redirect.n > 0)
		json_put_text(o, "redirect_url", redirect);
}

static void reply_joined(struct call *call, const struct join *j)
{
	char computed[CODE_LENGTH + 1];
	struct buf url = {0}, redirect = {0};
	struct text code = code_of_user(call->api->codes, j->user.id, j->user.alias, computed);
	call_write_join_url(call, &url, code);
	write_redirect(j, code, &redirect);
	struct json_out o = call_data(call);
	put_joined(&o, j, code, buf_view(&url), buf_view(&redirect));
	if (url.failed || redirect.failed)
		call->api->out.failed = true;
	buf_free(&url);
	buf_free(&redirect);
	call_reply_data(call, &o, j->outcome == JOIN_CREATED ? 201 : 200);
}

/* Redirects a browser to the campaign's redirect, or to the user's personal page. */
static void lead_on(struct call *call, const struct join *j)
{
	char computed[CODE_LENGTH + 1], secret[CODE_SECRET_SIZE];
	struct buf location = {0};
	struct codes *codes = call->api->codes;
	struct text code = code_of_user(codes, j->user.id, j->user.alias, computed);
	bool created = j->outcome == JOIN_CREATED;
	write_redirect(j, code, &location);
	code_secret_write(codes, created ? SECRET_OWN_PAGE : SECRET_KNOWN_PAGE, j->user.id, secret);
	if (location.n == 0)
		buf_printf(&location, "%.*s/me/%.*s/%s", TEXT_ARGS(call->api->public_path),
			   TEXT_ARGS(code), secret);
	if (location.failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_reply_redirect(call, buf_view(&location));
	buf_free(&location);
}

/* The address gets the code, or the way back, through the webhook only. */
static void reply_accepted(struct call *call)
{
	struct json_out o = call_data(call);
	json_put_bool(&o, "accepted", true);
	call_reply_data(call, &o, 202);
}

static void on_joined(struct command *command, enum err err)
{
	struct join_call *jc = (struct join_call *)command;
	struct call *call = jc->call;
	const struct join *j = &jc->join;
	bool page = call_wants_html(call), generic = j->campaign.existing == EXISTING_GENERIC;
	bool by_event = j->campaign.existing == EXISTING_LINK_BY_EVENT;
	bool sent = by_event && j->outcome == JOIN_EXISTING;
	if (jc->front != NULL) {
		/* The texts of the look-up are freed: these are the texts of the command. */
		jc->front->form.campaign = &j->campaign;
		jc->front->form.invited_by = j->referred_by.first_name;
	}
	if (err == ERR_OK && j->outcome == JOIN_CREATED && !j->again)
		call->api->joins++;
	if (err == ERR_REFUSED)
		join_reply_refused(call, j);
	else if (err != ERR_OK)
		call_reply_err(call, err, NULL);
	else if (page && (generic || sent))
		html_reply_accepted(call, &j->campaign, sent);
	else if (generic || sent)
		reply_accepted(call);
	else if (page)
		lead_on(call, j);
	else
		reply_joined(call, j);
}

/* Returns false after 429. */
static bool within_limits(struct call *call)
{
	return limits_spend(call, LIMIT_ADDRESS_JOINS, client_address_network(&call->client)) &&
	       limits_spend(call, LIMIT_CODE_JOINS, call->params[0]);
}

/* The command looks up the code; a text that cannot be a code is refused at once. A limit on the
 * address never stops joins through a valid code, because an office or a proxy may share the
 * address. */
static bool read_code(struct call *call, struct join *j)
{
	j->code = call->params[0];
	if (code_is_plausible(j->code))
		return within_limits(call);
	link_reply_unknown(call);
	return false;
}

static void read_source(struct call *call, const struct body *body, struct join *j)
{
	const uint64_t allowed =
	    1 << SOURCE_WIDGET | 1 << SOURCE_POPUP | 1 << SOURCE_EMBED | 1 << SOURCE_DIRECT;
	struct text source;
	enum body_field given = body_text(body, "source", false, &source);
	if (given == BODY_ABSENT)
		return;
	if (given == BODY_TEXT && name_find(SOURCE_NAMES, source, &j->source) &&
	    (allowed >> j->source & 1) != 0)
		return;
	call_note(call, "source", "must be Direct, Widget, Popup or Embed");
}

/* Reads the campaign's further fields. The command checks them, because it knows the campaign. */
static bool read_further(struct call *call, const struct body *body, struct join *j)
{
	struct buf list = {0};
	body_others(call, body, &own_fields[body->is_json ? 1 : 0], &list);
	j->strict = body->is_json;
	j->query = call->req->query;
	j->fields.raw = arena_copy(&call->req->arena, buf_view(&list));
	bool failed = list.failed || (list.n > 0 && j->fields.raw.p == NULL);
	buf_free(&list);
	if (failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	return !failed;
}

static bool read_fields(struct call *call, const struct body *body, struct join *j)
{
	struct person person;
	if (!person_read(call, body, &person))
		return false;
	read_source(call, body, j);
	j->form = body_form_token(call, body);
	if (!body->is_json)
		(void)body_text(body, JOIN_TRAP, false, &j->trap);
	j->first_name = person.first_name;
	j->email = person.email;
	j->canonical_email = person.canonical_email;
	return read_further(call, body, j);
}

const struct operation OP_JOIN_POST = {
    .id = "join",
    .tag = "Joining",
    .summary = "Join a campaign",
    .description = "The code is the campaign's own code or the code of the referrer. A browser "
		   "(Accept: text/html) is redirected to a page instead.",
    .takes = TAKES_FORM | TAKES_JSON,
    .request = "JoinRequest",
    .idempotent = true,
    .conflict =
	"The campaign is not open, or the Idempotency-Key was already used with another body.",
    .answers = {{201, ANSWER_DATA, "Joined"},
		{200, ANSWER_DATA, "JoinedBefore"},
		{202, ANSWER_DATA, "JoinAccepted"}},
};

static void submit(struct join_call *jc, const struct body *body)
{
	struct call *call = jc->call;
	struct join *j = &jc->join;
	if (!read_code(call, j) || !call_read_idempotency_key(call, call->params[0], &j->key) ||
	    !read_fields(call, body, j))
		return;
	j->command = (struct command){.decide = join_decide, .done = on_joined};
	j->ip = client_address_bytes(&call->client);
	j->network = client_address_network(&call->client);
	j->browser = call_wants_html(call);
	j->public_url = call->api->public_url;
	j->codes = call->api->codes;
	j->now_ms = call_now_ms(call);
	call_submit_noted(call, &j->command, &j->problems);
}

static void read_and_submit(struct join_call *jc)
{
	struct body body;
	if (!body_read_person(jc->call, &body))
		return;
	submit(jc, &body);
	body_free(&body);
}

/* Shows a refused form again. */
static void reply_form(void *arg, const struct problems *problems)
{
	struct front *front = arg;
	front->form.problems = problems;
	html_reply_form(front->link.call, &front->form);
}

static void read_form(struct front *front)
{
	struct body body;
	struct link *link = &front->link;
	struct call *call = link->call;
	if (!body_read_person(call, &body))
		return;
	front->typed = body;
	(void)body_read_query(call, &front->asked); /* the first 64 fill the form */
	call->reply_problems = reply_form;
	call->reply_problems_arg = front;
	front->form = (struct html_form){
	    .campaign = &link->campaign,
	    .invited = link->user.id != 0,
	    .invited_by = link->user.first_name,
	    .typed = &front->typed,
	    .asked = &front->asked,
	};
	submit(front->jc, &body);
	body_free(&body);
}

static void on_found(struct link *link)
{
	struct front *front = (struct front *)link;
	cors_judge(link->call, &link->campaign);
	if (call_wants_html(link->call))
		read_form(front);
	else
		read_and_submit(front->jc);
}

/* The page for a browser depends on the campaign, even if the join is refused, so the campaign is
 * looked up first. */
static void find_first(struct join_call *jc)
{
	struct front *front = call_alloc(jc->call, sizeof *front);
	if (front == NULL)
		return;
	front->jc = jc;
	jc->front = front;
	link_find_always(&front->link, jc->call, on_found);
}

void join_post(struct call *call)
{
	struct join_call *jc = call_alloc(call, sizeof *jc);
	if (jc == NULL)
		return;
	jc->call = call;
	if (call_wants_html(call) || http_request_header(call->req, TEXT("Origin")) != NULL)
		find_first(jc);
	else
		read_and_submit(jc);
}
