/*
 * Owns the record table: which struct member is stored under which tag. Numbers here are on people's
 * disks: append, never renumber (store/record.h has the recipe). Used by everything in core.
 */
#include "core/records.h"

#include <string.h>

#define KEY(type, struct_name, member) \
	{0, FIELD_##type, offsetof(struct struct_name, member), #member}
#define VALUE(tag, type, struct_name, member) \
	{tag, FIELD_##type, offsetof(struct struct_name, member), #member}
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define KIND(number, struct_name)                        \
	{                                                \
		.id = (number),                          \
		.name = #struct_name,                    \
		.size = sizeof(struct struct_name),      \
		.keys = struct_name##_keys,              \
		.n_keys = COUNT(struct_name##_keys),     \
		.values = struct_name##_values,          \
		.n_values = COUNT(struct_name##_values), \
	}

static const struct field setting_keys[] = {KEY(TEXT, setting, name)};
static const struct field setting_values[] = {VALUE(1, TEXT, setting, value)};
const struct record_kind KIND_SETTING = KIND(1, setting);

static const struct field campaign_keys[] = {KEY(U64, campaign, id)};
static const struct field campaign_values[] = {
    VALUE(1, TEXT, campaign, name),
    VALUE(2, TEXT, campaign, lang),
    VALUE(3, U64, campaign, status),
    VALUE(4, U64, campaign, starts_ms),
    VALUE(5, U64, campaign, ends_ms),
    VALUE(6, U64, campaign, created_ms),
    VALUE(7, U64, campaign, existing),
};
const struct record_kind KIND_CAMPAIGN = KIND(2, campaign);

static const struct field campaign_stats_keys[] = {KEY(U64, campaign_stats, campaign_id)};
static const struct field campaign_stats_values[] = {
    VALUE(1, U64, campaign_stats, users),
    VALUE(2, U64, campaign_stats, referrals),
    VALUE(3, U64, campaign_stats, qualified),
};
const struct record_kind KIND_CAMPAIGN_STATS = KIND(3, campaign_stats);

static const struct field user_keys[] = {KEY(U64, user, id)};
static const struct field user_values[] = {
    VALUE(1, U64, user, campaign_id),
    VALUE(2, U64, user, referrer_id),
    VALUE(3, U64, user, type),
    VALUE(4, U64, user, source),
    VALUE(5, U64, user, joined_ms),
    VALUE(6, U64, user, qualified_ms),
    VALUE(7, TEXT, user, first_name),
    VALUE(8, TEXT, user, email),
    VALUE(9, TEXT, user, ip),
    VALUE(10, PAIRS, user, meta),
};
const struct record_kind KIND_USER = KIND(4, user);

static const struct field user_stats_keys[] = {KEY(U64, user_stats, user_id)};
static const struct field user_stats_values[] = {
    VALUE(1, U64, user_stats, referrals),
    VALUE(2, U64, user_stats, qualified_referrals),
};
const struct record_kind KIND_USER_STATS = KIND(5, user_stats);

static const struct field email_index_keys[] = {KEY(U64, email_index, hash)};
static const struct field email_index_values[] = {VALUE(1, TEXT, email_index, user_ids)};
const struct record_kind KIND_EMAIL_INDEX = KIND(6, email_index);

static const struct field idempotency_keys[] = {KEY(TEXT, idempotency, hash)};
static const struct field idempotency_values[] = {
    VALUE(1, TEXT, idempotency, request_hash),
    VALUE(2, U64, idempotency, at_ms),
    VALUE(3, U64, idempotency, user_id),
    VALUE(4, U64, idempotency, changed),
    VALUE(5, U64, idempotency, qualified_ms),
};
const struct record_kind KIND_IDEMPOTENCY = KIND(7, idempotency);

static const struct field idempotency_age_keys[] = {
    KEY(U64, idempotency_age, at_ms),
    KEY(TEXT, idempotency_age, hash),
};
const struct record_kind KIND_IDEMPOTENCY_AGE = {
    .id = 8,
    .name = "idempotency_age",
    .size = sizeof(struct idempotency_age),
    .keys = idempotency_age_keys,
    .n_keys = COUNT(idempotency_age_keys),
};

static const struct field event_keys[] = {KEY(U64, event, id)};
static const struct field event_values[] = {
    VALUE(1, U64, event, type),
    VALUE(2, U64, event, at_ms),
    VALUE(3, U64, event, campaign_id),
    VALUE(4, U64, event, user_id),
    VALUE(5, U64, event, referrer_id),
    VALUE(6, U64, event, user_type),
    VALUE(7, U64, event, source),
    VALUE(8, U64, event, joined_ms),
    VALUE(9, U64, event, qualified_ms),
    VALUE(10, U64, event, referrals),
    VALUE(11, U64, event, qualified_referrals),
    VALUE(12, TEXT, event, first_name),
    VALUE(13, TEXT, event, email),
    VALUE(14, TEXT, event, ip),
    VALUE(15, TEXT, event, referrer_first_name),
    VALUE(16, TEXT, event, referrer_email),
    VALUE(17, TEXT, event, public_url),
    VALUE(18, PAIRS, event, meta),
    VALUE(19, U64, event, test),
    VALUE(20, U64, event, about_webhook_id),
    VALUE(21, TEXT, event, about_name),
    VALUE(22, TEXT, event, reason),
    VALUE(23, U64, event, since_ms),
    VALUE(24, U64, event, pending),
};
const struct record_kind KIND_EVENT = KIND(9, event);

static const struct field webhook_keys[] = {KEY(U64, webhook, id)};
static const struct field webhook_values[] = {
    VALUE(1, TEXT, webhook, name),
    VALUE(2, U64, webhook, campaign_id),
    VALUE(3, U64, webhook, events),
    VALUE(4, U64, webhook, types),
    VALUE(5, U64, webhook, sources),
    VALUE(6, TEXT, webhook, url),
    VALUE(7, U64, webhook, method),
    VALUE(8, U64, webhook, format),
    VALUE(9, U64, webhook, order),
    VALUE(10, PAIRS, webhook, fields),
    VALUE(11, PAIRS, webhook, hidden),
    VALUE(12, PAIRS, webhook, headers),
    VALUE(13, U64, webhook, revision),
    VALUE(14, U64, webhook, created_ms),
    VALUE(15, U64, webhook, updated_ms),
    VALUE(16, U64, webhook, disabled_ms),
    VALUE(17, TEXT, webhook, disabled_reason),
    VALUE(18, TEXT, webhook, secret),
    VALUE(19, U64, webhook, connect_ms),
    VALUE(20, U64, webhook, total_ms),
    VALUE(21, TEXT, webhook, old_secret),
    VALUE(22, U64, webhook, old_secret_until_ms),
    VALUE(23, U64, webhook, concurrency),
    VALUE(24, U64, webhook, rate),
    VALUE(25, U64, webhook, disable_after_ms),
    VALUE(26, TEXT, webhook, schedule),
};
const struct record_kind KIND_WEBHOOK = KIND(10, webhook);

static const struct field webhook_revision_keys[] = {
    KEY(U64, webhook_revision, webhook_id),
    KEY(U64, webhook_revision, revision),
};
static const struct field webhook_revision_values[] = {
    VALUE(1, U64, webhook_revision, method),
    VALUE(2, U64, webhook_revision, format),
    VALUE(3, PAIRS, webhook_revision, fields),
    VALUE(4, PAIRS, webhook_revision, hidden),
};
const struct record_kind KIND_WEBHOOK_REVISION = KIND(11, webhook_revision);

static const struct field webhook_set_keys[] = {KEY(U64, webhook_set, campaign_id)};
static const struct field webhook_set_values[] = {VALUE(1, TEXT, webhook_set, webhook_ids)};
const struct record_kind KIND_WEBHOOK_SET = KIND(12, webhook_set);

static const struct field delivery_keys[] = {KEY(U64, delivery, id)};
static const struct field delivery_values[] = {
    VALUE(1, U64, delivery, event_id),
    VALUE(2, U64, delivery, webhook_id),
    VALUE(3, U64, delivery, revision),
    VALUE(4, U64, delivery, user_id),
    VALUE(5, U64, delivery, status),
    VALUE(6, U64, delivery, attempts),
    VALUE(7, U64, delivery, created_ms),
    VALUE(8, U64, delivery, due_ms),
    VALUE(9, U64, delivery, finished_ms),
    VALUE(10, U64, delivery, next_id),
    VALUE(11, U64, delivery, waiting),
    VALUE(12, U64, delivery, last_status),
    VALUE(13, U64, delivery, last_failure),
    VALUE(14, U64, delivery, event_type),
    VALUE(15, U64, delivery, chained),
    VALUE(16, U64, delivery, chain_user_id),
    VALUE(17, U64, delivery, round_start),
    VALUE(18, U64, delivery, test),
};
const struct record_kind KIND_DELIVERY = KIND(13, delivery);

static const struct field due_keys[] = {
    KEY(U64, due, webhook_id),
    KEY(U64, due, due_ms),
    KEY(U64, due, delivery_id),
};
const struct record_kind KIND_DUE = {
    .id = 14,
    .name = "due",
    .size = sizeof(struct due),
    .keys = due_keys,
    .n_keys = COUNT(due_keys),
};

static const struct field chain_keys[] = {
    KEY(U64, chain, webhook_id),
    KEY(U64, chain, user_id),
};
static const struct field chain_values[] = {VALUE(1, U64, chain, last_id)};
const struct record_kind KIND_CHAIN = KIND(15, chain);

static const struct field attempt_keys[] = {
    KEY(U64, attempt, delivery_id),
    KEY(U64, attempt, number),
};
static const struct field attempt_values[] = {
    VALUE(1, U64, attempt, at_ms),
    VALUE(2, U64, attempt, status),
    VALUE(3, U64, attempt, failure),
    VALUE(4, U64, attempt, dns_us),
    VALUE(5, U64, attempt, connect_us),
    VALUE(6, U64, attempt, tls_us),
    VALUE(7, U64, attempt, first_byte_us),
    VALUE(8, U64, attempt, total_us),
    VALUE(9, U64, attempt, reused),
    VALUE(10, TEXT, attempt, detail),
    VALUE(11, TEXT, attempt, answer),
};
const struct record_kind KIND_ATTEMPT = KIND(16, attempt);

static const struct field webhook_stats_keys[] = {KEY(U64, webhook_stats, webhook_id)};
static const struct field webhook_stats_values[] = {
    VALUE(1, U64, webhook_stats, pending),
    VALUE(2, U64, webhook_stats, delivered),
    VALUE(3, U64, webhook_stats, exhausted),
    VALUE(4, U64, webhook_stats, cancelled),
    VALUE(5, U64, webhook_stats, failing_since_ms),
    VALUE(6, U64, webhook_stats, failures),
    VALUE(7, U64, webhook_stats, last_attempt_ms),
    VALUE(8, U64, webhook_stats, last_success_ms),
    VALUE(9, U64, webhook_stats, last_status),
    VALUE(10, U64, webhook_stats, last_failure),
    VALUE(11, TEXT, webhook_stats, last_detail),
};
const struct record_kind KIND_WEBHOOK_STATS = KIND(17, webhook_stats);

static const struct field token_keys[] = {KEY(TEXT, token, hash)};
static const struct field token_values[] = {
    VALUE(1, U64, token, id),
    VALUE(2, TEXT, token, name),
    VALUE(3, U64, token, scopes),
    VALUE(4, U64, token, created_ms),
    VALUE(5, U64, token, expires_ms),
};
const struct record_kind KIND_TOKEN = KIND(18, token);

static const struct field order_keys[] = {
    KEY(U64, order, user_id),
    KEY(TEXT, order, hash),
};
static const struct field order_values[] = {
    VALUE(1, U64, order, changed),
    VALUE(2, U64, order, qualified_ms),
    VALUE(3, U64, order, at_ms),
};
const struct record_kind KIND_ORDER = KIND(19, order);

static const struct field event_delivery_keys[] = {
    KEY(U64, event_delivery, event_id),
    KEY(U64, event_delivery, webhook_id),
};
static const struct field event_delivery_values[] = {VALUE(1, U64, event_delivery, delivery_id)};
const struct record_kind KIND_EVENT_DELIVERY = KIND(20, event_delivery);

static const struct field delivery_by_keys[] = {
    KEY(U64, delivery_by, by),
    KEY(U64, delivery_by, number),
    KEY(U64, delivery_by, delivery_id),
};
const struct record_kind KIND_DELIVERY_BY = {
    .id = 21,
    .name = "delivery_by",
    .size = sizeof(struct delivery_by),
    .keys = delivery_by_keys,
    .n_keys = COUNT(delivery_by_keys),
};

static const struct field replay_keys[] = {KEY(U64, replay, id)};
static const struct field replay_values[] = {
    VALUE(1, U64, replay, webhook_id),
    VALUE(2, U64, replay, since_ms),
    VALUE(3, U64, replay, until_ms),
    VALUE(4, U64, replay, statuses),
    VALUE(5, U64, replay, next_event),
    VALUE(6, U64, replay, last_event),
    VALUE(7, U64, replay, looked_at),
    VALUE(8, U64, replay, queued),
    VALUE(9, U64, replay, created_ms),
    VALUE(10, U64, replay, finished_ms),
};
const struct record_kind KIND_REPLAY = KIND(22, replay);

size_t id_list_length(struct text list)
{
	return list.n / 8;
}

uint64_t id_list_at(struct text list, size_t i)
{
	uint64_t id = 0;
	for (size_t at = i * 8; at < i * 8 + 8; at++)
		id = id << 8 | (uint8_t)list.p[at];
	return id;
}

static void put_id(char *out, uint64_t id)
{
	for (int i = 7; i >= 0; i--, id >>= 8)
		out[i] = (char)id;
}

enum err id_list_add(struct text list, uint64_t id, struct arena *arena, struct text *out)
{
	char *bytes = arena_alloc(arena, list.n + 8);
	if (bytes == NULL)
		return ERR_NO_MEMORY;
	if (list.n > 0)
		memcpy(bytes, list.p, list.n);
	put_id(bytes + list.n, id);
	*out = text_from(bytes, list.n + 8);
	return ERR_OK;
}

enum err id_list_remove(struct text list, uint64_t id, struct arena *arena, struct text *out)
{
	char *bytes = arena_alloc(arena, list.n + 1);
	size_t n = 0;
	if (bytes == NULL)
		return ERR_NO_MEMORY;
	for (size_t i = 0; i < id_list_length(list); i++) {
		uint64_t each = id_list_at(list, i);
		if (each == id)
			continue;
		put_id(bytes + n, each);
		n += 8;
	}
	*out = text_from(bytes, n);
	return ERR_OK;
}
