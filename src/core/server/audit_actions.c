/*
 * Owns the tables of the audit list: actions, objects, and the API's names of changed members.
 * Never reads or writes a record. Called by audit.c, by the list, and by the API.
 */
#include "audit_actions.h"

#include <assert.h>
#include <stddef.h>

#include "core/reward_records.h"

const struct name AUDIT_ACTION_NAMES[] = {
    {AUDIT_CAMPAIGN_CREATE, "campaign.create"},
    {AUDIT_CAMPAIGN_UPDATE, "campaign.update"},
    {AUDIT_CAMPAIGN_DELETE, "campaign.delete"},
    {AUDIT_CAMPAIGN_IMPORT, "campaign.import"},
    {AUDIT_WEBHOOK_CREATE, "webhook.create"},
    {AUDIT_WEBHOOK_UPDATE, "webhook.update"},
    {AUDIT_WEBHOOK_DELETE, "webhook.delete"},
    {AUDIT_WEBHOOK_ENABLE, "webhook.enable"},
    {AUDIT_WEBHOOK_DISABLE, "webhook.disable"},
    {AUDIT_WEBHOOK_ROTATE_SECRET, "webhook.rotate_secret"},
    {AUDIT_WEBHOOK_TEST, "webhook.test"},
    {AUDIT_WEBHOOK_REPLAY, "webhook.replay"},
    {AUDIT_DELIVERY_RESEND, "delivery.resend"},
    {AUDIT_RULE_CREATE, "reward_rule.create"},
    {AUDIT_RULE_UPDATE, "reward_rule.update"},
    {AUDIT_RULE_DELETE, "reward_rule.delete"},
    {AUDIT_RULE_ADD_COUPONS, "reward_rule.add_coupons"},
    {AUDIT_REWARD_ISSUE, "reward.issue"},
    {AUDIT_REWARD_CANCEL, "reward.cancel"},
    {AUDIT_REWARD_UPDATE, "reward.update"},
    {AUDIT_USER_CREATE, "user.create"},
    {AUDIT_USER_UPDATE, "user.update"},
    {AUDIT_USER_QUALIFY, "user.qualify"},
    {AUDIT_USER_REFUND, "user.refund"},
    {AUDIT_USER_REVIEW, "user.review"},
    {AUDIT_USER_ERASE, "user.erase"},
    {AUDIT_TOKEN_CREATE, "token.create"},
    {AUDIT_TOKEN_REVOKE, "token.revoke"},
    {AUDIT_OPERATOR_CREATE, "operator.create"},
    {AUDIT_OPERATOR_UPDATE, "operator.update"},
    {AUDIT_OPERATOR_DELETE, "operator.delete"},
    {AUDIT_SETTINGS_ROTATE_TOKEN, "settings.rotate_inbound_token"},
    {AUDIT_SETTINGS_ROTATE_SECRET, "settings.rotate_inbound_secret"},
    {0, NULL},
};

const struct name AUDIT_OBJECT_NAMES[] = {
    {OBJECT_CAMPAIGN, "campaign"}, {OBJECT_WEBHOOK, "webhook"},
    {OBJECT_DELIVERY, "delivery"}, {OBJECT_RULE, "reward_rule"},
    {OBJECT_REWARD, "reward"},     {OBJECT_USER, "user"},
    {OBJECT_TOKEN, "token"},       {OBJECT_OPERATOR, "operator"},
    {OBJECT_SETTINGS, "settings"}, {0, NULL},
};

/* An action that only names its object. */
#define ACT(object)                                                                                \
	{                                                                                          \
		OBJECT_##object, NULL, AUDIT_NOTHING, AUDIT_NOTHING                                \
	}
/* A save creates an object or changes members of it. */
#define SAVE(object)                                                                               \
	{                                                                                          \
		OBJECT_##object, &KIND_##object, AUDIT_##object##_CREATE, AUDIT_##object##_UPDATE  \
	}

static const struct audit_action_row rows[AUDIT_ACTION_END] = {
    [AUDIT_CAMPAIGN_CREATE] = SAVE(CAMPAIGN),
    [AUDIT_CAMPAIGN_UPDATE] = SAVE(CAMPAIGN),
    [AUDIT_CAMPAIGN_DELETE] = ACT(CAMPAIGN),
    [AUDIT_CAMPAIGN_IMPORT] = ACT(CAMPAIGN),
    [AUDIT_WEBHOOK_CREATE] = SAVE(WEBHOOK),
    [AUDIT_WEBHOOK_UPDATE] = SAVE(WEBHOOK),
    [AUDIT_WEBHOOK_DELETE] = ACT(WEBHOOK),
    [AUDIT_WEBHOOK_ENABLE] = ACT(WEBHOOK),
    [AUDIT_WEBHOOK_DISABLE] = ACT(WEBHOOK),
    [AUDIT_WEBHOOK_ROTATE_SECRET] = ACT(WEBHOOK),
    [AUDIT_WEBHOOK_TEST] = ACT(WEBHOOK),
    [AUDIT_WEBHOOK_REPLAY] = ACT(WEBHOOK),
    [AUDIT_DELIVERY_RESEND] = ACT(DELIVERY),
    [AUDIT_RULE_CREATE] = SAVE(RULE),
    [AUDIT_RULE_UPDATE] = SAVE(RULE),
    [AUDIT_RULE_DELETE] = ACT(RULE),
    [AUDIT_RULE_ADD_COUPONS] = ACT(RULE),
    [AUDIT_REWARD_ISSUE] = ACT(REWARD),
    [AUDIT_REWARD_CANCEL] = ACT(REWARD),
    [AUDIT_REWARD_UPDATE] = {OBJECT_REWARD, &KIND_REWARD, AUDIT_NOTHING, AUDIT_REWARD_UPDATE},
    /* A request about an address that has joined already may store its Idempotency-Key. */
    [AUDIT_USER_CREATE] = {OBJECT_USER, &KIND_USER, AUDIT_USER_CREATE, AUDIT_NOTHING},
    [AUDIT_USER_UPDATE] = {OBJECT_USER, &KIND_USER, AUDIT_NOTHING, AUDIT_USER_UPDATE},
    [AUDIT_USER_QUALIFY] = ACT(USER),
    [AUDIT_USER_REFUND] = ACT(USER),
    [AUDIT_USER_REVIEW] = ACT(USER),
    [AUDIT_USER_ERASE] = ACT(USER),
    [AUDIT_TOKEN_CREATE] = ACT(TOKEN),
    [AUDIT_TOKEN_REVOKE] = ACT(TOKEN),
    [AUDIT_OPERATOR_CREATE] = ACT(OPERATOR),
    [AUDIT_OPERATOR_UPDATE] = ACT(OPERATOR),
    [AUDIT_OPERATOR_DELETE] = ACT(OPERATOR),
    [AUDIT_SETTINGS_ROTATE_TOKEN] = ACT(SETTINGS),
    [AUDIT_SETTINGS_ROTATE_SECRET] = ACT(SETTINGS),
};

const struct audit_action_row *audit_row(uint64_t action)
{
	assert(action < AUDIT_ACTION_END);
	return &rows[action];
}

uint64_t audit_object_of(uint64_t action)
{
	return action < AUDIT_ACTION_END ? rows[action].object : 0;
}

/* The stored numbers depend on this width. */
enum { OBJECT_BITS = 4 };

uint64_t audit_object_number(uint64_t object, uint64_t id)
{
	return id << OBJECT_BITS | object;
}

/* ---- the members ---- */

/* Members of the records that the API shows under these names. Members without a line follow from
 * other members, or change by themselves. */
#define MEMBER(kind, type, member, name)                                                           \
	{                                                                                          \
		&KIND_##kind, offsetof(struct type, member), name                                  \
	}
static const struct {
	const struct record_kind *kind;
	size_t offset;
	const char *name;
} members[] = {
    MEMBER(CAMPAIGN, campaign, name, "name"),
    MEMBER(CAMPAIGN, campaign, lang, "lang"),
    MEMBER(CAMPAIGN, campaign, status, "status"),
    MEMBER(CAMPAIGN, campaign, timezone, "timezone"),
    MEMBER(CAMPAIGN, campaign, starts_ms, "starts_at"),
    MEMBER(CAMPAIGN, campaign, ends_ms, "ends_at"),
    MEMBER(CAMPAIGN, campaign, existing, "existing"),
    MEMBER(CAMPAIGN, campaign, test_mode, "test_mode"),
    MEMBER(CAMPAIGN, campaign, alias, "code"),
    MEMBER(CAMPAIGN, campaign, fields_referring, "fields"),
    MEMBER(CAMPAIGN, campaign, fields_invited, "fields"),
    MEMBER(CAMPAIGN, campaign, redirect_url, "redirect"),
    MEMBER(CAMPAIGN, campaign, redirect_params, "redirect"),
    MEMBER(CAMPAIGN, campaign, pass_params, "pass_params"),
    MEMBER(CAMPAIGN, campaign, texts, "pages"),
    MEMBER(CAMPAIGN, campaign, logo_url, "logo_url"),
    MEMBER(CAMPAIGN, campaign, colour, "colour"),
    MEMBER(CAMPAIGN, campaign, origins, "origins"),

    MEMBER(WEBHOOK, webhook, name, "name"),
    MEMBER(WEBHOOK, webhook, campaign_id, "campaign_id"),
    MEMBER(WEBHOOK, webhook, events, "events"),
    MEMBER(WEBHOOK, webhook, types, "types"),
    MEMBER(WEBHOOK, webhook, sources, "sources"),
    MEMBER(WEBHOOK, webhook, url, "url"),
    MEMBER(WEBHOOK, webhook, method, "method"),
    MEMBER(WEBHOOK, webhook, format, "format"),
    MEMBER(WEBHOOK, webhook, order, "ordered"),
    MEMBER(WEBHOOK, webhook, fields, "fields"),
    MEMBER(WEBHOOK, webhook, hidden, "hidden_fields"),
    MEMBER(WEBHOOK, webhook, headers, "headers"),
    MEMBER(WEBHOOK, webhook, connect_ms, "connect_timeout_ms"),
    MEMBER(WEBHOOK, webhook, total_ms, "timeout_ms"),
    MEMBER(WEBHOOK, webhook, concurrency, "concurrency"),
    MEMBER(WEBHOOK, webhook, rate, "rate_limit"),
    MEMBER(WEBHOOK, webhook, disable_after_ms, "disable_after_seconds"),
    MEMBER(WEBHOOK, webhook, schedule, "retry_schedule"),
    MEMBER(WEBHOOK, webhook, success_statuses, "success_statuses"),
    MEMBER(WEBHOOK, webhook, disabled_ms, "state"),

    MEMBER(RULE, rule, campaign_id, "campaign_id"),
    MEMBER(RULE, rule, name, "name"),
    MEMBER(RULE, rule, description, "description"),
    MEMBER(RULE, rule, metric, "metric"),
    MEMBER(RULE, rule, recipient, "recipient"),
    MEMBER(RULE, rule, trigger, "trigger"),
    MEMBER(RULE, rule, type, "type"),
    MEMBER(RULE, rule, method, "method"),
    MEMBER(RULE, rule, amount, "amount"),
    MEMBER(RULE, rule, currency, "currency"),
    MEMBER(RULE, rule, percent, "percent"),
    MEMBER(RULE, rule, cap, "cap"),
    MEMBER(RULE, rule, every, "every"),
    MEMBER(RULE, rule, thresholds, "thresholds"),
    MEMBER(RULE, rule, repeat, "repeat"),
    MEMBER(RULE, rule, max_per_user, "max_per_user"),
    MEMBER(RULE, rule, auto_issue, "auto_issue"),
    MEMBER(RULE, rule, hold_ms, "hold_days"),

    MEMBER(REWARD, reward, amount, "amount"),
    MEMBER(REWARD, reward, reason, "reason"),

    MEMBER(USER, user, first_name, "first_name"),
    MEMBER(USER, user, email, "email"),
    MEMBER(USER, user, meta, "meta"),
    MEMBER(USER, user, qualified_ms, "qualified"),
    MEMBER(USER, user, unsubscribed_ms, "unsubscribed"),
};
enum { MEMBERS = sizeof members / sizeof *members };

uint64_t audit_named(const struct record_kind *kind)
{
	uint64_t named = 0;
	for (size_t i = 0; i < MEMBERS; i++)
		if (members[i].kind == kind)
			named |= record_bit(kind, members[i].offset);
	return named;
}

const char *audit_take_changed(uint64_t action, uint64_t *changed)
{
	const struct record_kind *kind = action < AUDIT_ACTION_END ? rows[action].kind : NULL;
	const char *name = NULL;
	for (size_t i = 0; i < MEMBERS; i++) {
		if (kind == NULL || members[i].kind != kind)
			continue;
		uint64_t bit = record_bit(kind, members[i].offset);
		if ((*changed & bit) == 0)
			continue;
		if (name == NULL)
			name = members[i].name;
		if (text_eq(text_of(name), text_of(members[i].name)))
			*changed &= ~bit;
	}
	return name;
}
