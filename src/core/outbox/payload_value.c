/*
 * Owns the values of payloads: the table of fields, and how each value is made. Never knows a
 * format. Called by payload.c.
 */
#include "payload_value.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/decimal.h"
#include "base/ip.h"
#include "core/code_alias.h"
#include "core/event_sets.h"
#include "core/money.h"
#include "core/names.h"
#include "core/payload.h"

enum { DEFAULT_FIELDS = 13 };

/* How a value is made from one member of the event. */
enum how {
	AS_TEXT,
	AS_ID,
	AS_NUMBER,
	AS_IS_SET,
	AS_CODE,
	AS_URL,
	AS_UNSUBSCRIBE,
	AS_ME,
	AS_DATE,
	AS_TIME,
	AS_IP,
	AS_SOURCE,
	AS_USER_TYPE,
	AS_EVENT,
	AS_METRIC,
	AS_RECIPIENT,
	AS_REVIEW,
	AS_FLAGS,
	AS_MONEY,
	AS_CLAWBACK,
	AS_CLAWED_BACK,
};

struct payload_field {
	struct text name;
	enum how how;
	size_t at; /* a struct text for AS_TEXT and AS_IP, else a uint64_t */
};

#define NAME(lit)                                                                                  \
	{                                                                                          \
		.p = "" lit, .n = sizeof(lit) - 1                                                  \
	}

/* The first thirteen are the default fields, in the order in which they are sent. */
static const struct payload_field fields[] = {
    {NAME("referrer_id"), AS_ID, offsetof(struct event, referrer_id)},
    {NAME("referrer_code"), AS_CODE, offsetof(struct event, referrer_id)},
    {NAME("referrer_first_name"), AS_TEXT, offsetof(struct event, referrer_first_name)},
    {NAME("referrer_email"), AS_TEXT, offsetof(struct event, referrer_email)},
    {NAME("id"), AS_ID, offsetof(struct event, user_id)},
    {NAME("code"), AS_CODE, offsetof(struct event, user_id)},
    {NAME("first_name"), AS_TEXT, offsetof(struct event, first_name)},
    {NAME("email"), AS_TEXT, offsetof(struct event, email)},
    {NAME("url"), AS_URL, offsetof(struct event, user_id)},
    {NAME("source"), AS_SOURCE, offsetof(struct event, source)},
    {NAME("date"), AS_DATE, offsetof(struct event, joined_ms)},
    {NAME("referrals_count"), AS_NUMBER, offsetof(struct event, referrals)},
    {NAME("campaign_id"), AS_ID, offsetof(struct event, campaign_id)},
    {NAME("type"), AS_USER_TYPE, offsetof(struct event, user_type)},
    {NAME("qualified"), AS_IS_SET, offsetof(struct event, qualified_ms)},
    {NAME("qualified_at"), AS_DATE, offsetof(struct event, qualified_ms)},
    {NAME("qualified_referrals_count"), AS_NUMBER, offsetof(struct event, qualified_referrals)},
    {NAME("ip"), AS_IP, offsetof(struct event, ip)},
    {NAME("event"), AS_EVENT, offsetof(struct event, type)},
    {NAME("event_id"), AS_ID, offsetof(struct event, id)},
    {NAME("occurred_at"), AS_TIME, offsetof(struct event, at_ms)},
    {NAME("referrer_url"), AS_URL, offsetof(struct event, referrer_id)},
    {NAME("unsubscribe_url"), AS_UNSUBSCRIBE, offsetof(struct event, user_id)},
    {NAME("me_url"), AS_ME, offsetof(struct event, user_id)},
    {NAME("review"), AS_REVIEW, offsetof(struct event, review)},
    {NAME("flags"), AS_FLAGS, offsetof(struct event, flags)},
    {NAME("rule_id"), AS_ID, offsetof(struct event, rule_id)},
    {NAME("reward_id"), AS_ID, offsetof(struct event, reward_id)},
    {NAME("reward_name"), AS_TEXT, offsetof(struct event, reward_name)},
    {NAME("reward_metric"), AS_METRIC, offsetof(struct event, reward_metric)},
    {NAME("reward_amount"), AS_MONEY, offsetof(struct event, reward_amount)},
    {NAME("reward_currency"), AS_TEXT, offsetof(struct event, reward_currency)},
    {NAME("reward_coupon"), AS_TEXT, offsetof(struct event, reward_coupon)},
    {NAME("reward_reason"), AS_TEXT, offsetof(struct event, reason)},
    {NAME("reward_clawback"), AS_CLAWBACK, offsetof(struct event, reward_clawback)},
    {NAME("reward_clawback_amount"), AS_CLAWED_BACK,
     offsetof(struct event, reward_clawback_amount)},
    {NAME("recipient"), AS_RECIPIENT, offsetof(struct event, recipient)},
};

const struct payload_field *payload_field_find(struct text name)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (text_eq(name, fields[i].name))
			return &fields[i];
	return NULL;
}

static void set_text(struct payload_value *v, struct text t)
{
	v->kind = t.n == 0 ? VALUE_ABSENT : VALUE_TEXT;
	v->text = t;
}

static void set_number(struct payload_value *v, uint64_t n)
{
	v->kind = VALUE_NUMBER;
	v->number = n;
}

static void set_id(struct payload_value *v, uint64_t id)
{
	if (id != 0)
		set_number(v, id);
}

/* Returns the imported code of the user or of the referrer, whichever the member belongs to. */
static struct text alias_of(const struct event *e, size_t at)
{
	return at == offsetof(struct event, referrer_id) ? e->referrer_alias : e->alias;
}

/* A payload names the code of a user twice: alone and in the link. Computing the code costs more
 * than the rest of the value. */
static struct text code_of(struct payload_value *v, struct codes *codes, uint64_t id,
			   struct text alias)
{
	if (alias.n > 0)
		return alias;
	if (v->code_of != id || v->code[0] == '\0')
		code_write(codes, CODE_USER, id, v->code);
	v->code_of = id;
	return text_of(v->code);
}

static void set_code(struct payload_value *v, struct codes *codes, uint64_t id, struct text alias)
{
	if (id != 0 || alias.n > 0)
		set_text(v, code_of(v, codes, id, alias));
}

/* The day of joining or of qualifying; `at` is the event's member with the milliseconds. */
static void set_date(struct payload_value *v, const struct event *e, size_t at, uint64_t ms)
{
	uint64_t day =
	    at == offsetof(struct event, qualified_ms) ? e->qualified_day : e->joined_day;
	if (ms == 0)
		return;
	clock_format_day(day != 0 ? day : ms / CLOCK_DAY_MS, v->room);
	set_text(v, text_of(v->room));
}

static void set_time(struct payload_value *v, uint64_t ms)
{
	clock_format_time(ms, v->room);
	set_text(v, text_of(v->room));
}

/* Writes "{public_url}/{code}{path}" into v->long_text, for the user whose id is at that member of
 * the event. */
static void begin_url(struct payload_value *v, struct codes *codes, const struct event *e,
		      size_t at, uint64_t id, const char *path)
{
	buf_reset(v->long_text);
	buf_text(v->long_text, e->public_url);
	buf_char(v->long_text, '/');
	buf_text(v->long_text, code_of(v, codes, id, alias_of(e, at)));
	buf_str(v->long_text, path);
}

static void set_join_url(struct payload_value *v, struct codes *codes, const struct event *e,
			 size_t at, uint64_t id)
{
	if (id == 0 && alias_of(e, at).n == 0)
		return;
	begin_url(v, codes, e, at, id, "/join");
	set_text(v, buf_view(v->long_text));
}

/* For the footer of the receiver's e-mails, and for their List-Unsubscribe header. */
static void set_unsubscribe_url(struct payload_value *v, struct codes *codes, const struct event *e,
				size_t at, uint64_t id)
{
	char secret[CODE_SECRET_SIZE];
	if (id == 0)
		return;
	code_secret_write(codes, SECRET_UNSUBSCRIBE, id, secret);
	begin_url(v, codes, e, at, id, "/unsubscribe?t=");
	buf_str(v->long_text, secret);
	set_text(v, buf_view(v->long_text));
}

/* The way back to the user's own page, for the receiver's e-mails. A person who only entered an
 * address gets a link that works once, because anybody can enter it. */
static void set_me_url(struct payload_value *v, struct codes *codes, const struct event *e,
		       size_t at, uint64_t id)
{
	if (id == 0)
		return;
	const struct text code = code_of(v, codes, id, alias_of(e, at));
	buf_reset(v->long_text);
	if (e->type == EVENT_USER_LINK_REQUESTED)
		code_write_once_url(codes, e->public_url, code, id, e->id, v->long_text);
	else
		code_write_me_url(codes, e->public_url, code, id, v->long_text);
	set_text(v, buf_view(v->long_text));
}

static void set_ip(struct payload_value *v, struct text ip)
{
	set_text(v, text_of(ip_text(ip, v->room)));
}

static void set_word(struct payload_value *v, const struct name *table, uint64_t number)
{
	if (number != 0)
		set_text(v, text_of(name_of(table, number)));
}

/* "plus_address disposable" */
static void set_flags(struct payload_value *v, uint64_t flags)
{
	buf_reset(v->long_text);
	for (const struct name *flag = USER_FLAG_NAMES; flag->word != NULL; flag++) {
		if ((flags & flag->number) == 0)
			continue;
		if (v->long_text->n > 0)
			buf_char(v->long_text, ' ');
		buf_str(v->long_text, flag->word);
	}
	set_text(v, buf_view(v->long_text));
}

/* "49.90" is text in JSON too, because most readers would take a number as a binary fraction. */
static void set_money(struct payload_value *v, uint64_t amount, struct text currency)
{
	if (currency.n == 0)
		return;
	buf_reset(v->long_text);
	decimal_write(v->long_text, amount, currency_places(currency));
	set_text(v, buf_view(v->long_text));
}

static void set_bool(struct payload_value *v, bool yes)
{
	set_number(v, yes);
	v->kind = VALUE_BOOL;
}

static void set_clawback(struct payload_value *v, const struct event *e, uint64_t clawback)
{
	if (e->reward_id != 0)
		set_bool(v, clawback != 0);
}

static void set_clawed_back(struct payload_value *v, const struct event *e, uint64_t amount)
{
	if (e->reward_clawback)
		set_money(v, amount, e->reward_currency);
}

static const struct name *const words[] = {
    [AS_SOURCE] = SOURCE_NAMES, [AS_USER_TYPE] = USER_TYPE_NAMES, [AS_EVENT] = EVENT_NAMES,
    [AS_METRIC] = METRIC_NAMES, [AS_RECIPIENT] = RECIPIENT_NAMES, [AS_REVIEW] = REVIEW_NAMES,
};

static void value_of(struct payload_value *v, const struct payload_field *field,
		     const struct event *e, struct codes *codes)
{
	const void *member = (const char *)e + field->at;
	const struct text *t = member;
	const uint64_t *n = member;
	switch (field->how) {
	case AS_TEXT:
		set_text(v, *t);
		break;
	case AS_ID:
		set_id(v, *n);
		break;
	case AS_NUMBER:
		set_number(v, *n);
		break;
	case AS_IS_SET:
		set_bool(v, *n != 0);
		break;
	case AS_CODE:
		set_code(v, codes, *n, alias_of(e, field->at));
		break;
	case AS_URL:
		set_join_url(v, codes, e, field->at, *n);
		break;
	case AS_UNSUBSCRIBE:
		set_unsubscribe_url(v, codes, e, field->at, *n);
		break;
	case AS_ME:
		set_me_url(v, codes, e, field->at, *n);
		break;
	case AS_DATE:
		set_date(v, e, field->at, *n);
		break;
	case AS_TIME:
		set_time(v, *n);
		break;
	case AS_IP:
		set_ip(v, *t);
		break;
	case AS_SOURCE:
	case AS_USER_TYPE:
	case AS_EVENT:
	case AS_METRIC:
	case AS_RECIPIENT:
	case AS_REVIEW:
		set_word(v, words[field->how], *n);
		break;
	case AS_FLAGS:
		set_flags(v, *n);
		break;
	case AS_MONEY:
		set_money(v, *n, e->reward_currency);
		break;
	case AS_CLAWED_BACK:
		set_clawed_back(v, e, *n);
		break;
	case AS_CLAWBACK:
		set_clawback(v, e, *n);
		break;
	}
}

/* The fields of user.erased. All others, and form fields, are about the person. */
static bool outlives_user(const struct payload_field *f)
{
	static const char *const names[] = {"id",    "code",     "campaign_id",
					    "event", "event_id", "occurred_at"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (text_eq(f->name, text_of(names[i])))
			return true;
	return false;
}

void payload_value_by_name(struct payload_value *v, struct text name, const struct event *e,
			   struct codes *codes)
{
	const struct payload_field *f = payload_field_find(name);
	struct text given;
	v->kind = VALUE_ABSENT;
	if (e->type == EVENT_USER_ERASED && (f == NULL || !outlives_user(f)))
		return;
	if (f != NULL) {
		value_of(v, f, e, codes);
		return;
	}
	if (pairs_find(e->meta, name, &given))
		set_text(v, given);
}

struct text payload_value_text(struct payload_value *v, char digits[PAYLOAD_DIGITS])
{
	struct buf b = {.p = digits, .cap = PAYLOAD_DIGITS};
	switch (v->kind) {
	case VALUE_TEXT:
		return v->text;
	case VALUE_BOOL:
		return v->number != 0 ? TEXT("true") : TEXT("false");
	case VALUE_NUMBER:
		buf_u64(&b, v->number);
		return text_from(digits, b.n);
	case VALUE_ABSENT:
		break;
	}
	return (struct text){0};
}

void payload_field_list(struct buf *out)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		buf_printf(out, "%s%.*s", i == 0 ? "" : ", ", TEXT_ARGS(fields[i].name));
}

static void add_same(struct buf *out, struct text name)
{
	pairs_add(out, name, name);
}

/* Fields that follow the thirteen if one of the events is chosen. */
static const struct {
	uint64_t events;
	const char *name;
} further[] = {
    {REWARD_EVENTS | MEMBER_EVENTS, "event"},
    {REWARD_EVENTS, "reward_id"},
    {REWARD_EVENTS, "reward_name"},
    {REWARD_EVENTS, "reward_metric"},
    {REWARD_EVENTS, "reward_amount"},
    {REWARD_EVENTS, "reward_currency"},
    {REWARD_EVENTS, "reward_coupon"},
    {REWARD_EVENTS, "recipient"},
    {1 << EVENT_USER_FLAGGED | 1 << EVENT_USER_REVIEWED, "review"},
    {1 << EVENT_USER_FLAGGED | 1 << EVENT_USER_REVIEWED, "flags"},
    {1 << EVENT_USER_LINK_REQUESTED, "me_url"},
};

void payload_default_fields(uint64_t events, struct buf *out)
{
	for (size_t i = 0; i < DEFAULT_FIELDS; i++)
		add_same(out, fields[i].name);
	for (size_t i = 0; i < sizeof further / sizeof *further; i++)
		if ((events & further[i].events) != 0)
			add_same(out, text_of(further[i].name));
}
