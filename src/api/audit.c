/*
 * Owns the call that lists who changed what. Never writes a line (core/audit.h). Called through the
 * route table.
 */
#include "api/call/credential.h"
#include "api/call/decode.h"
#include "api/call/paging.h"
#include "api/call/show.h"
#include "base/zone.h"
#include "core/audit_list.h"
#include "routes.h"

struct audit_call {
	struct audit_list list;
	struct paging paging;
	struct call *call;
};

/* ---- filters: each returns NULL, or a fragment that completes "field ..." ---- */

/* Reads "token:3", or "settings" for kinds without an id. *has_id says which it was. */
static bool read_pair(struct text value, const struct name *kinds, uint64_t *kind, uint64_t *id,
		      bool *has_id)
{
	struct text word, number;
	*id = 0;
	*has_id = text_cut(value, ':', &word, &number);
	return name_find(kinds, word, kind) && (!*has_id || (text_to_u64(number, id) && *id != 0));
}

static const char *read_actor(struct call *call, struct text value, struct audit_filter *f)
{
	struct actor actor;
	bool has_id;
	(void)call;
	if (!read_pair(value, ACTOR_KIND_NAMES, &actor.kind, &actor.id, &has_id) ||
	    has_id != (actor.kind == ACTOR_TOKEN || actor.kind == ACTOR_OPERATOR))
		return "must be token:{id}, operator:{id}, command_line, inbound or referd";
	f->actor = actor_number(actor);
	return NULL;
}

static const char *read_object(struct call *call, struct text value, struct audit_filter *f)
{
	uint64_t object, id;
	bool has_id;
	(void)call;
	if (!read_pair(value, AUDIT_OBJECT_NAMES, &object, &id, &has_id) ||
	    has_id != (object != OBJECT_SETTINGS))
		return "must be settings, or a kind and an id: campaign:{id}, webhook:{id}, "
		       "delivery:{id}, reward_rule:{id}, reward:{id}, user:{id}, token:{id} or "
		       "operator:{id}";
	f->object = audit_object_number(object, id);
	return NULL;
}

static const char *read_action(struct call *call, struct text value, struct audit_filter *f)
{
	return name_find(AUDIT_ACTION_NAMES, value, &f->action)
		   ? NULL
		   : decode_words(call, "must be", AUDIT_ACTION_NAMES);
}

static const char *read_time(struct text value, enum zone_edge edge, uint64_t *ms)
{
	const struct zone *utc = zone_find((struct text){0});
	return zone_parse_time(utc, value, edge, ms) == 0 ? NULL : DECODE_TIME_EXPECTED;
}

static const char *read_since(struct call *call, struct text value, struct audit_filter *f)
{
	(void)call;
	return read_time(value, ZONE_FIRST, &f->since_ms);
}

static const char *read_until(struct call *call, struct text value, struct audit_filter *f)
{
	(void)call;
	return read_time(value, ZONE_LAST, &f->until_ms);
}

static const char *read_filter(struct call *call, struct text name, struct text value, void *arg)
{
	static const struct {
		const char *name;
		const char *(*read)(struct call *, struct text, struct audit_filter *);
	} filters[] = {
	    {"actor", read_actor}, {"object", read_object}, {"action", read_action},
	    {"since", read_since}, {"until", read_until},
	};
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (text_eq(name, text_of(filters[i].name)))
			return filters[i].read(call, value, arg);
	return PAGING_UNKNOWN;
}

/* ---- the response ---- */

static void put_changed(struct json_out *o, const struct audit *line)
{
	uint64_t changed = line->changed;
	const char *name;
	json_open(o, "changed", '[');
	while ((name = audit_take_changed(line->action, &changed)) != NULL)
		json_put_text(o, NULL, text_of(name));
	json_close(o, ']');
}

/* The API knows the names of tokens and operators, and the list has the other names. */
static struct text object_name(const struct api *api, const struct audit_row *row)
{
	const uint64_t object = audit_object_of(row->line.action);
	const struct actor actor = {
	    .kind = object == OBJECT_TOKEN      ? ACTOR_TOKEN
		    : object == OBJECT_OPERATOR ? ACTOR_OPERATOR
						: ACTOR_UNKNOWN,
	    .id = row->line.object_id,
	};
	return actor.kind != ACTOR_UNKNOWN ? actor_name(api, actor) : row->object_name;
}

static void put_row(const struct call *call, struct json_out *o, const struct audit_row *row)
{
	const struct audit *line = &row->line;
	json_open(o, NULL, '{');
	json_put_u64(o, "id", line->id);
	show_time(o, "at", line->at_ms);
	show_actor(call, o, "actor", actor_of_number(line->actor));
	show_word(o, "action", AUDIT_ACTION_NAMES, line->action);
	json_open(o, "object", '{');
	show_word(o, "kind", AUDIT_OBJECT_NAMES, audit_object_of(line->action));
	show_id(o, "id", line->object_id);
	json_put_text_or_null(o, "name", object_name(call->api, row));
	show_id(o, "user_id", row->user_id);
	json_close(o, '}');
	put_changed(o, line);
	json_close(o, '}');
}

static void on_list(struct command *command, enum err err)
{
	struct audit_call *ac = (struct audit_call *)command;
	if (err != ERR_OK) {
		call_reply_err(ac->call, err, NULL);
		return;
	}
	struct json_out o = paging_begin(ac->call);
	for (size_t i = 0; i < ac->list.page.n; i++)
		put_row(ac->call, &o, &ac->list.rows[i]);
	paging_reply(ac->call, &ac->paging, ac->list.page.next, &o);
}

const struct operation OP_AUDIT_LIST = {
    .id = "listAudit",
    .tag = "Audit",
    .summary = "List who changed what",
    .description =
	"Each change through the API has one line, which names the token or the operator, the "
	"object and the changed members, but no values. The newest line is the first. Joins and "
	"calls of the inbound webhook have no line: they are events.",
    .query = {{"actor", "string", "token:1",
	       "Only changes by this token (token:{id}) or operator (operator:{id}), or by "
	       "command_line or referd.",
	       false},
	      {"object", "string", "webhook:1",
	       "Only changes of this object: its kind and id, or settings.", false},
	      {"action", "AuditAction", "webhook.update", "Only changes of this kind.", false},
	      {"since", "string", "2026-01-01", "Only changes at this time or later.", false},
	      {"until", "string", "2026-12-31T23:59:59Z", "Only changes before this time.", false}},
    .answers = {{200, ANSWER_LIST, "AuditLine"}},
};

void audit_list(struct call *call)
{
	struct audit_call *ac = call_alloc(call, sizeof *ac);
	if (ac != NULL)
		ac->paging.reverse = true;
	if (ac == NULL || !paging_read(call, &ac->paging, read_filter, &ac->list.filter))
		return;
	struct audit_list *list = &ac->list;
	ac->call = call;
	list->command = (struct command){.decide = audit_list_decide, .done = on_list};
	list->page = paging_ask(&ac->paging);
	list->rows = call_alloc(call, list->page.max * sizeof *list->rows);
	if (list->rows != NULL)
		call_query(call, &list->command);
}
