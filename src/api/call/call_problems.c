/*
 * Owns the 422 response: collects the problems of a request's fields and reports them together.
 * Never judges a field. Called by all code that reads requests.
 */
#include <assert.h>
#include <string.h>

#include "audited.h"
#include "base/unicode.h"
#include "base/utf8.h"
#include "call.h"

enum { NAME_SHOWN = 64 /* bytes of a name from the request */ };

static bool is_shown(struct text name, uint32_t c)
{
	return c == ' ' || (!unicode_is_invisible(c) && utf8_valid(name));
}

/* A name may come from the request, so it is made printable, and a long name is cut between two
 * characters. */
static struct text shown_name(struct call *call, struct text name)
{
	char *p = arena_alloc(&call->req->arena, NAME_SHOWN);
	size_t n = 0;
	if (p == NULL)
		return TEXT("request");
	for (size_t i = 0, step; i < name.n; i += step) {
		struct text rest = text_from(name.p + i, name.n - i);
		uint32_t c = unicode_next(rest, &step);
		bool shown = is_shown(text_from(rest.p, step), c);
		if (n + (shown ? step : 1) > NAME_SHOWN)
			break;
		memcpy(p + n, shown ? rest.p : "?", shown ? step : 1);
		n += shown ? step : 1;
	}
	return text_from(p, n);
}

void call_note_named(struct call *call, struct text name, const char *what)
{
	if (call->problems == NULL)
		call->problems = arena_zalloc(&call->req->arena, sizeof *call->problems);
	if (call->problems != NULL)
		problems_add(call->problems, shown_name(call, name), what);
	else
		call->no_memory = true;
}

void call_note(struct call *call, const char *field, const char *what)
{
	call_note_named(call, text_of(field), what);
}

bool call_notes_full(const struct call *call)
{
	return call->problems != NULL && call->problems->n == PROBLEMS_MAX;
}

/* "first_name is required; email is required" */
static void put_message(struct json_out *o, const struct problems *p)
{
	struct buf message = {0};
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&message, "%s%.*s %s", i == 0 ? "" : "; ", TEXT_ARGS(p->items[i].field),
			   p->items[i].what);
	json_put_text(o, "message", buf_view(&message));
	o->buf->failed = o->buf->failed || message.failed;
	buf_free(&message);
}

static void put_field(struct json_out *o, const struct problem *problem)
{
	json_name(o, problem->field);
	json_open(o, NULL, '[');
	json_open(o, NULL, '{');
	json_put_text(o, "field", problem->field);
	json_put_text(o, "message", text_of(problem->what));
	json_close(o, '}');
	json_close(o, ']');
}

static void reply_all(struct call *call, const struct problems *p)
{
	struct json_out o = call_json(call);
	json_open(&o, NULL, '{');
	json_put_u64(&o, "code", 422);
	put_message(&o, p);
	json_open(&o, "errors", '{');
	for (size_t i = 0; i < p->n; i++)
		put_field(&o, &p->items[i]);
	json_close(&o, '}');
	json_close(&o, '}');
	call_reply_json(call, 422);
}

bool call_check(struct call *call)
{
	if (call->problems == NULL && !call->no_memory)
		return true;
	if (call->no_memory)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else if (call->reply_problems != NULL)
		call->reply_problems(call->reply_problems_arg, call->problems);
	else
		reply_all(call, call->problems);
	return false;
}

static void reply(struct call *call)
{
	bool fine = call_check(call);
	(void)fine;
}

void call_reply_named(struct call *call, struct text name, const char *what)
{
	call_note_named(call, name, what);
	reply(call);
}

void call_reply_field(struct call *call, const char *field, const char *what)
{
	call_reply_named(call, text_of(field), what);
}

void call_reply_problems(struct call *call, const struct problems *problems)
{
	assert(problems->given <= problems->n);
	for (size_t i = problems->given; i < problems->n; i++)
		call_note_named(call, problems->items[i].field, problems->items[i].what);
	reply(call);
}

static void hand_over(struct call *call, struct problems *problems)
{
	assert(!call->replied);
	if (call->problems != NULL)
		*problems = *call->problems;
	problems->given = problems->n;
}

void call_submit_noted(struct call *call, struct command *cmd, struct problems *problems)
{
	hand_over(call, problems);
	if (call->no_memory)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else
		call_submit_audited(call, cmd);
}

void call_query_noted(struct call *call, struct command *cmd, struct problems *problems)
{
	hand_over(call, problems);
	if (call->no_memory || store_query(call->api->store, cmd) != ERR_OK)
		call_reply_err(call, call->no_memory ? ERR_NO_MEMORY : ERR_BUSY, NULL);
}
