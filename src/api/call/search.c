/*
 * Owns the reading of searches: conditions in the query and in the body. Never knows the fields of
 * a list, nor what a condition means (core/filter.h). Called by the lists that Referral Factory
 * has too.
 */
#include "search.h"

#include "body.h"

struct search {
	struct filter_drafts drafts;
	struct problems problems;
	paging_filter_fn *filter; /* reads the list's own parameters */
	void *arg;
};

static const char *read_parameter(struct call *call, struct text name, struct text value, void *arg)
{
	struct search *s = arg;
	const char *problem = s->filter(call, name, value, s->arg);
	bool is_condition =
	    problem == PAGING_UNKNOWN && filter_draft_query(&s->drafts, name, value);
	return is_condition ? NULL : problem;
}

static void read_paging(struct call *call, const struct body *body, struct paging *paging)
{
	static const char *const names[] = {"per_page", "page", "cursor", "order"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct text value;
		enum body_field given = body_text(body, names[i], true, &value);
		if (given == BODY_WRONG)
			call_note(call, names[i], "must be text or a number");
		else if (given == BODY_TEXT)
			paging_take(call, paging, text_of(names[i]), value);
	}
}

static void read_body(struct search *s, const struct body *body)
{
	if (body->is_json)
		filter_draft_json(&s->drafts, json_get(body->json, "filters"), &s->problems);
	/* Calls that exist in Referral Factory's API ignore unknown fields. */
	for (size_t i = 0; i < body->n; i++)
		(void)!filter_draft_query(&s->drafts, body->fields[i].name, body->fields[i].value);
}

bool search_read(struct gather *g, struct call *call, const struct filter_field *fields,
		 struct filter *where, paging_filter_fn *filter, void *arg)
{
	struct body body = {0};
	struct search s = {.filter = filter, .arg = arg};
	gather_open(g, call);
	if (!paging_read_query(call, &g->paging, read_parameter, &s))
		return false;
	if (call->req->method == HTTP_POST && !body_read(call, &body))
		return false;
	read_paging(call, &body, &g->paging);
	read_body(&s, &body);
	filter_build(&s.drafts, fields, &call->req->arena, where, &s.problems);
	for (size_t i = 0; i < s.problems.n; i++)
		call_note_named(call, s.problems.items[i].field, s.problems.items[i].what);
	body_free(&body);
	return paging_check(call, &g->paging);
}
