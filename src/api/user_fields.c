/*
 * Owns the reading of meta and referrer. Never what they lead to. Called by the user calls.
 */
#include "user_fields.h"

#include "core/email.h"

/* ---- meta ---- */

static bool add_meta(const struct json *entry, struct buf *list)
{
	const struct json *v = json_get(entry, "value");
	struct text name, value = {0};
	if (!json_string(json_get(entry, "field"), &name) || v == NULL)
		return false;
	if (json_kind(v) != JSON_NULL && !body_value_text(v, &value))
		return false;
	pairs_add(list, name, value);
	return true;
}

bool user_read_meta(struct call *call, const struct body *body, struct pairs *meta, bool *given)
{
	const struct json *array = body->is_json ? json_get(body->json, "meta") : NULL;
	struct buf list = {0};
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
		call_reply_field(call, "meta",
		    "must be a list such as [{\"field\": \"company\", \"value\": \"Initech\"}]");
	return ok && !failed;
}

/* ---- referrer ---- */

static bool read_id(struct call *call, struct text value, struct who *who)
{
	(void)call;
	return text_to_u64(value, &who->id) && who->id != 0;
}

static bool read_code(struct call *call, struct text value, struct who *who)
{
	who->code = arena_copy(&call->req->arena, value);
	return code_is_plausible(who->code);
}

static bool read_email(struct call *call, struct text value, struct who *who)
{
	if (value.n == 0 || email_refusal(value) != NULL)
		return false;
	who->canonical_email = email_canonical(value, &call->req->arena);
	return who->canonical_email.p != NULL;
}

static bool read_value(struct call *call, const struct json *referrer, struct who *who)
{
	static const struct {
		const char *field;
		bool (*read)(struct call *, struct text, struct who *);
	} fields[] = {{"id", read_id}, {"code", read_code}, {"email", read_email}};
	struct text field, value;
	if (!json_string(json_get(referrer, "field"), &field) ||
	    !body_value_text(json_get(referrer, "value"), &value))
		return false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (text_eq(field, text_of(fields[i].field)))
			return fields[i].read(call, text_trim(value), who);
	return false;
}

bool user_read_referrer(struct call *call, const struct body *body, uint64_t campaign_id,
    struct who *who)
{
	const struct json *referrer = body->is_json ? json_get(body->json, "referrer") : NULL;
	*who = (struct who){.campaign_id = campaign_id};
	if (referrer == NULL || json_kind(referrer) == JSON_NULL || read_value(call, referrer, who))
		return true;
	call_reply_field(call, "referrer",
	    "must be such as {\"field\": \"code\", \"value\": \"uK3fTz9Q\"}; the field is id, code or email");
	return false;
}
