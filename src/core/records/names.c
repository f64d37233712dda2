/*
 * Owns the words of the API for stored numbers. Never defines the numbers. Called by the API, by
 * payloads and by webhook matching.
 */
#include "core/names.h"

#include "core/operator_records.h"
#include "core/reward_records.h"

const struct name CAMPAIGN_STATUS_NAMES[] = {
    {CAMPAIGN_DRAFT, "draft"},
    {CAMPAIGN_LAUNCHED, "launched"},
    {CAMPAIGN_PAUSED, "paused"},
    {CAMPAIGN_ARCHIVED, "archived"},
    {0, NULL},
};
const struct name USER_TYPE_NAMES[] = {
    {USER_REFERRING, "person_referring"},
    {USER_INVITED, "person_invited"},
    {0, NULL},
};
const struct name SOURCE_NAMES[] = {
    {SOURCE_DIRECT, "Direct"}, {SOURCE_REFERRED, "Referred"},
    {SOURCE_API, "Api"},       {SOURCE_ADDED, "Added"},
    {SOURCE_ZAPIER, "Zapier"}, {SOURCE_WIDGET, "Widget"},
    {SOURCE_POPUP, "Popup"},   {SOURCE_EMBED, "Embed"},
    {SOURCE_TEST, "Test"},     {0, NULL},
};
const struct name EVENT_NAMES[] = {
    {EVENT_USER_JOIN, "user.join"},
    {EVENT_USER_QUALIFIED, "user.qualified"},
    {EVENT_USER_UNQUALIFIED, "user.unqualified"},
    {EVENT_USER_UPDATED, "user.updated"},
    {EVENT_USER_UNSUBSCRIBED, "user.unsubscribed"},
    {EVENT_USER_ERASED, "user.erased"},
    {EVENT_USER_FLAGGED, "user.flagged"},
    {EVENT_USER_REVIEWED, "user.reviewed"},
    {EVENT_USER_LINK_REQUESTED, "user.link_requested"},
    {EVENT_REWARD_DUE, "reward.due"},
    {EVENT_REWARD_ISSUED, "reward.issued"},
    {EVENT_REWARD_CANCELLED, "reward.cancelled"},
    {EVENT_WEBHOOK_DISABLED, "webhook.disabled"},
    {EVENT_DELIVERY_EXHAUSTED, "delivery.exhausted"},
    {0, NULL},
};
const struct name METHOD_NAMES[] = {
    {WEBHOOK_POST, "POST"},
    {WEBHOOK_PUT, "PUT"},
    {WEBHOOK_PATCH, "PATCH"},
    {WEBHOOK_GET, "GET"},
    {0, NULL},
};
const struct name FORMAT_NAMES[] = {
    {FORMAT_QUERY, "query"},
    {FORMAT_FORM, "form"},
    {FORMAT_JSON, "json"},
    {FORMAT_STANDARD, "standard"},
    {0, NULL},
};
const struct name ORDER_NAMES[] = {
    {ORDER_PER_USER, "per_user"},
    {ORDER_NONE, "none"},
    {ORDER_STRICT, "strict"},
    {0, NULL},
};
const struct name DELIVERY_STATUS_NAMES[] = {
    {DELIVERY_PENDING, "pending"},     {DELIVERY_HELD, "held"},
    {DELIVERY_DELIVERED, "delivered"}, {DELIVERY_EXHAUSTED, "exhausted"},
    {DELIVERY_CANCELLED, "cancelled"}, {0, NULL},
};
const struct name EXISTING_NAMES[] = {
    {EXISTING_CODE, "code"},
    {EXISTING_GENERIC, "generic"},
    {EXISTING_LINK_BY_EVENT, "link_by_event"},
    {0, NULL},
};
const struct name REVIEW_NAMES[] = {
    {REVIEW_PENDING, "pending"},
    {REVIEW_ACCEPTED, "accepted"},
    {REVIEW_REJECTED, "rejected"},
    {0, NULL},
};
const struct name USER_FLAG_NAMES[] = {
    {FLAG_SAME_ADDRESS, "same_address"},
    {FLAG_PLUS_ADDRESS, "plus_address"},
    {FLAG_DISPOSABLE, "disposable"},
    {FLAG_MANY_JOINS, "many_joins"},
    {FLAG_SAME_MAILBOX, "same_mailbox"},
    {FLAG_LINK_IN_NAME, "link_in_name"},
    {FLAG_ROBOT, "robot"},
    {0, NULL},
};
const struct name SCOPE_NAMES[] = {{0, "read"}, {1, "write"}, {2, "admin"}, {0, NULL}};
const struct name ROLE_NAMES[] = {
    {ROLE_VIEWER, "viewer"}, {ROLE_EDITOR, "editor"}, {ROLE_ADMIN, "admin"}, {0, NULL}};
const struct name METRIC_NAMES[] = {
    {METRIC_AMOUNT, "amount"},
    {METRIC_COMMISSION, "commission"},
    {METRIC_COUPON, "coupon"},
    {METRIC_CUSTOM, "custom"},
    {0, NULL},
};
const struct name RECIPIENT_NAMES[] = {
    {RECIPIENT_REFERRER, "referrer"},
    {RECIPIENT_INVITED, "invited"},
    {0, NULL},
};
const struct name TRIGGER_NAMES[] = {
    {TRIGGER_JOIN, "join"},
    {TRIGGER_QUALIFY, "qualify"},
    {0, NULL},
};
const struct name REWARD_TYPE_NAMES[] = {
    {REWARD_STANDARD, "standard"},
    {REWARD_RECURRING, "recurring"},
    {REWARD_MILESTONE, "milestone"},
    {0, NULL},
};
const struct name REPEAT_NAMES[] = {
    {REPEAT_ONCE, "once"},
    {REPEAT_EVERY_ORDER, "every_order"},
    {0, NULL},
};
const struct name REWARD_METHOD_NAMES[] = {
    {REWARD_BY_WEBHOOK, "webhook"},
    {REWARD_MANUALLY, "manual"},
    {0, NULL},
};
const struct name REWARD_STATE_NAMES[] = {
    {REWARD_DUE, "due"},
    {REWARD_ISSUED, "issued"},
    {REWARD_CANCELLED, "cancelled"},
    {0, NULL},
};
const struct name ORDER_STATE_NAMES[] = {
    {ORDER_SEEN, "seen"},
    {ORDER_STANDS, "stands"},
    {ORDER_REFUNDED, "refunded"},
    {0, NULL},
};
const struct name FAILURE_NAMES[] = {
    {1, "dns"},      {2, "connect"}, {3, "tls"}, {4, "timeout"},
    {5, "protocol"}, {6, "policy"},  {0, NULL},
};

const char *name_of(const struct name *table, uint64_t number)
{
	for (; table->word != NULL; table++)
		if (table->number == number)
			return table->word;
	return "unknown";
}

bool name_find(const struct name *table, struct text word, uint64_t *number)
{
	for (; table->word != NULL; table++) {
		if (!text_eq(word, text_of(table->word)))
			continue;
		*number = table->number;
		return true;
	}
	return false;
}

void name_list(const struct name *table, struct buf *out)
{
	for (const struct name *n = table; n->word != NULL; n++) {
		if (n != table)
			buf_str(out, n[1].word == NULL ? " or " : ", ");
		buf_str(out, n->word);
	}
}
