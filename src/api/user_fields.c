/*
 * Owns the reading of meta and referrer. Never looks up a referrer. Called by the user calls.
 */
#include "user_fields.h"

#include "core/code_alias.h"

/* ---- meta ---- */

static bool add_meta(const struct json *entry, struct buf *list)
{
	const struct json *v = json_get(entry, "value");
	struct text name, value = {0};
	if (!body_string(json_get(entry, "field"), &name) || v == NULL)
		return false;
	if (json_kind(v) != JSON_NULL && !body_value_text(v, &value))
		return false;
	pairs_add(list, name, value);
	return true;
}

/* Forms write the member as meta[0][field]=company. Without a refusal, its values would be lost
 * unnoticed. */
static void refuse_in_form(struct call *call, const struct body *body, const char *name,
			   const char *problem)
{
	for (size_t i = 0; i < body->n; i++) {
		struct text base, rest;
		text_cut(body->fields[i].name, '[', &base, &rest);
		if (!text_eq(base, text_of(name)))
			continue;
		call_note(call, name, problem);
		return;
	}
}

bool user_read_meta(struct call *call, const struct body *body, struct pairs *meta, bool *given)
{
	const struct json *array = body->is_json ? json_get(body->json, "meta") : NULL;
	struct buf list = {0};
	refuse_in_form(call, body, "meta", "cannot be sent in a form: send the request as JSON");
	*given = array != NULL && json_kind(array) != JSON_NULL;
	if (!*given)
		return true;
	bool ok = json_kind(array) == JSON_ARRAY;
	for (size_t i = 0; ok && i < json_length(array); i++)
		ok = add_meta(json_at(array, i), &list);
	meta->raw = arena_copy(&call->req->arena, buf_view(&list));
	bool failed = list.failed || (list.n > 0 && meta->raw.p == NULL);
	buf_free(&list);
	if (failed)
		call_reply_err(call, ERR_NO_MEMORY, NULL);
	else if (!ok)
		call_note(
		    call, "meta",
		    "must be a list such as [{\"field\": \"company\", \"value\": \"Initech\"}]");
	return !failed;
}

/* ---- referrer ---- */

static enum err read_value(struct call *call, const struct json *referrer, struct who *who)
{
	const struct json *v = json_get(referrer, "value");
	struct text kind, value;
	if (!body_string(json_get(referrer, "field"), &kind) || !body_value_text(v, &value))
		return ERR_INVALID;
	if (json_kind(v) == JSON_NUMBER)
		value = body_number(value);
	value = arena_copy(&call->req->arena, value);
	return who_read_kind(kind, value, &call->req->arena, who);
}

static const struct json *find_referrer(const struct body *body)
{
	const struct json *v = body->is_json ? json_get(body->json, "referrer") : NULL;
	return v != NULL && json_kind(v) != JSON_NULL ? v : NULL;
}

/* Returns false after 503. */
static bool read_referrer(struct call *call, const struct json *referrer, struct who *who)
{
	const uint64_t campaign_id = who->campaign_id;
	enum err err = read_value(call, referrer, who);
	if (err == ERR_OK)
		return true;
	*who = (struct who){.campaign_id = campaign_id};
	if (err == ERR_NO_MEMORY) {
		call_reply_err(call, err, NULL);
		return false;
	}
	call_note(call, "referrer",
		  "must be an object such as {\"field\": \"code\", \"value\": \"uK3fTz9Q\"}, whose "
		  "field is id, code or email");
	return true;
}

bool user_read_referrer(struct call *call, const struct body *body, uint64_t campaign_id,
			struct who *who, const char **field)
{
	const struct json *referrer = find_referrer(body);
	struct text code;
	enum body_field given = body_text(body, "referrer_code", true, &code);
	const char *problem = NULL;
	refuse_in_form(call, body, "referrer",
		       "cannot be sent in a form: send referrer_code, or the request as JSON");
	*who = (struct who){.campaign_id = campaign_id};
	*field = referrer != NULL ? "referrer" : "referrer_code";
	if (given == BODY_WRONG)
		problem = "must be sent once, as text";
	else if (code.n > 0 && referrer != NULL)
		problem = "cannot be sent together with referrer: send one of the two";
	else if (code.n > 0 && !code_is_plausible(code))
		problem = USER_NO_REFERRER;
	if (problem != NULL)
		call_note(call, "referrer_code", problem);
	if (problem != NULL)
		return true;
	return referrer != NULL ? read_referrer(call, referrer, who)
				: call_keep(call, code, &who->code);
}
