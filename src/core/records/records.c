/*
 * Owns the record tables: which struct member is stored under which tag. Never changes a tag or a
 * number, because they are on people's disks: append instead (store/record.h has the recipe).
 * Called by all of core, through the kinds.
 */
#include "core/records.h"

#include "record_table.h"

static const struct field setting_keys[] = {KEY(TEXT, setting, name)};
static const struct field setting_values[] = {VALUE(1, TEXT, setting, value)};
const struct record_kind KIND_SETTING = KIND_OF_CLASS(RECORD_CONFIG, 1, setting);

static const struct field campaign_keys[] = {KEY(U64, campaign, id)};
static const struct field campaign_values[] = {
    VALUE(1, TEXT, campaign, name),
    VALUE(2, TEXT, campaign, lang),
    VALUE(3, U64, campaign, status),
    VALUE(4, U64, campaign, starts_ms),
    VALUE(5, U64, campaign, ends_ms),
    VALUE(6, U64, campaign, created_ms),
    VALUE(7, U64, campaign, existing),
    VALUE(8, U64, campaign, test_mode),
    VALUE(9, PAIRS, campaign, fields_referring),
    VALUE(10, PAIRS, campaign, fields_invited),
    VALUE(11, TEXT, campaign, redirect_url),
    VALUE(12, PAIRS, campaign, redirect_params),
    VALUE(13, PAIRS, campaign, texts),
    VALUE(14, TEXT, campaign, logo_url),
    VALUE(15, TEXT, campaign, colour),
    VALUE(16, PAIRS, campaign, origins),
    VALUE(17, TEXT, campaign, alias),
    VALUE(18, TEXT, campaign, timezone),
    VALUE(19, PAIRS, campaign, pass_params),
};
const struct record_kind KIND_CAMPAIGN = KIND_OF_CLASS(RECORD_CONFIG, 2, campaign);

static const struct field campaign_stats_keys[] = {KEY(U64, campaign_stats, campaign_id)};
static const struct field campaign_stats_values[] = {
    VALUE(1, U64, campaign_stats, users),     VALUE(2, U64, campaign_stats, referrals),
    VALUE(3, U64, campaign_stats, qualified), VALUE(4, U64, campaign_stats, tests),
    VALUE(5, U64, campaign_stats, reach),
};
const struct record_kind KIND_CAMPAIGN_STATS = KIND_OF_CLASS(RECORD_COUNTER, 3, campaign_stats);

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
    VALUE(11, TEXT, user, alias),
    VALUE(12, U64, user, test),
    VALUE(13, U64, user, unsubscribed_ms),
    VALUE(14, U64, user, flags),
    VALUE(15, U64, user, review),
    VALUE(16, U64, user, last_event_id),
    VALUE(17, TEXT, user, newest_order),
};
const struct record_kind KIND_USER = KIND(4, user);

static const struct field user_stats_keys[] = {KEY(U64, user_stats, user_id)};
static const struct field user_stats_values[] = {
    VALUE(1, U64, user_stats, referrals),  VALUE(2, U64, user_stats, qualified_referrals),
    VALUE(3, U64, user_stats, reach),      VALUE(4, U64, user_stats, hour_ms),
    VALUE(5, U64, user_stats, hour_joins), VALUE(6, TEXT, user_stats, newest),
};
const struct record_kind KIND_USER_STATS = KIND(5, user_stats);

static const struct field email_index_keys[] = {KEY(U64, email_index, hash)};
static const struct field email_index_values[] = {VALUE(1, TEXT, email_index, user_ids)};
const struct record_kind KIND_EMAIL_INDEX = KIND(6, email_index);

static const struct field idempotency_keys[] = {KEY(TEXT, idempotency, hash)};
static const struct field idempotency_values[] = {
    VALUE(1, TEXT, idempotency, request_hash), VALUE(2, U64, idempotency, at_ms),
    VALUE(3, U64, idempotency, user_id),       VALUE(4, U64, idempotency, changed),
    VALUE(5, U64, idempotency, qualified_ms),  VALUE(6, TEXT, idempotency, rewards),
    VALUE(7, U64, idempotency, object_id),
};
const struct record_kind KIND_IDEMPOTENCY = KIND(7, idempotency);

static const struct field idempotency_age_keys[] = {
    KEY(U64, idempotency_age, at_ms),
    KEY(TEXT, idempotency_age, hash),
};
static const struct field idempotency_age_values[] = {VALUE(1, U64, idempotency_age, number)};
const struct record_kind KIND_IDEMPOTENCY_AGE = KIND(8, idempotency_age);

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
    VALUE(25, TEXT, event, alias),
    VALUE(26, TEXT, event, referrer_alias),
    VALUE(27, U64, event, previous_id),
    VALUE(28, U64, event, rule_id),
    VALUE(29, U64, event, reward_id),
    VALUE(30, U64, event, reward_metric),
    VALUE(31, U64, event, reward_amount),
    VALUE(32, U64, event, recipient),
    VALUE(33, TEXT, event, reward_name),
    VALUE(34, TEXT, event, reward_currency),
    VALUE(35, TEXT, event, reward_coupon),
    VALUE(36, U64, event, reward_clawback),
    VALUE(37, U64, event, erased),
    VALUE(38, U64, event, joined_day),
    VALUE(39, U64, event, qualified_day),
    VALUE(40, U64, event, reward_clawback_amount),
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
    VALUE(12, PAIRS, webhook, plain_headers),
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
    VALUE(27, U64, webhook, rule_id),
    VALUE(28, TEXT, webhook, success_statuses),
    VALUE(29, U64, webhook, fields_are),
    VALUE(30, PAIRS, webhook, headers),
    VALUE(31, TEXT, webhook, origin),
    VALUE(32, U64, webhook, disabled_by),
    VALUE(33, U64, webhook, disabled_actor),
    VALUE(34, U64, webhook, times_enabled),
};
const struct record_kind KIND_WEBHOOK = KIND_OF_CLASS(RECORD_CONFIG, 10, webhook);

static const struct field webhook_revision_keys[] = {
    KEY(U64, webhook_revision, webhook_id),
    KEY(U64, webhook_revision, revision),
};
static const struct field webhook_revision_values[] = {
    VALUE(1, U64, webhook_revision, method),   VALUE(2, U64, webhook_revision, format),
    VALUE(3, PAIRS, webhook_revision, fields), VALUE(4, PAIRS, webhook_revision, hidden),
    VALUE(5, U64, webhook_revision, arrays),
};
const struct record_kind KIND_WEBHOOK_REVISION = KIND_OF_CLASS(RECORD_CONFIG, 11, webhook_revision);

static const struct field webhook_set_keys[] = {KEY(U64, webhook_set, campaign_id)};
static const struct field webhook_set_values[] = {VALUE(1, TEXT, webhook_set, webhook_ids)};
const struct record_kind KIND_WEBHOOK_SET = KIND_OF_CLASS(RECORD_CONFIG, 12, webhook_set);

static const struct field delivery_keys[] = {KEY(U64, delivery, id)};
static const struct field delivery_values[] = {
    VALUE(1, U64, delivery, event_id),      VALUE(2, U64, delivery, webhook_id),
    VALUE(3, U64, delivery, revision),      VALUE(4, U64, delivery, user_id),
    VALUE(5, U64, delivery, status),        VALUE(6, U64, delivery, attempts),
    VALUE(7, U64, delivery, created_ms),    VALUE(8, U64, delivery, due_ms),
    VALUE(9, U64, delivery, finished_ms),   VALUE(10, U64, delivery, next_id),
    VALUE(11, U64, delivery, waiting),      VALUE(12, U64, delivery, last_status),
    VALUE(13, U64, delivery, last_failure), VALUE(14, U64, delivery, event_type),
    VALUE(15, U64, delivery, chained),      VALUE(16, U64, delivery, chain_user_id),
    VALUE(17, U64, delivery, round_start),  VALUE(18, U64, delivery, test),
    VALUE(19, U64, delivery, refusals),     VALUE(20, TEXT, delivery, reason),
    VALUE(21, U64, delivery, derived),
};
const struct record_kind KIND_DELIVERY = KIND(13, delivery);

static const struct field due_keys[] = {
    KEY(U64, due, webhook_id),
    KEY(U64, due, due_ms),
    KEY(U64, due, delivery_id),
};
const struct record_kind KIND_DUE = KIND_OF_KEYS(14, due);

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
    VALUE(1, U64, attempt, at_ms),         VALUE(2, U64, attempt, status),
    VALUE(3, U64, attempt, failure),       VALUE(4, U64, attempt, dns_us),
    VALUE(5, U64, attempt, connect_us),    VALUE(6, U64, attempt, tls_us),
    VALUE(7, U64, attempt, first_byte_us), VALUE(8, U64, attempt, total_us),
    VALUE(9, U64, attempt, reused),        VALUE(10, TEXT, attempt, detail),
    VALUE(11, TEXT, attempt, answer),      VALUE(12, U64, attempt, accepted),
    VALUE(13, U64, attempt, secret),
};
const struct record_kind KIND_ATTEMPT = KIND(16, attempt);

static const struct field webhook_stats_keys[] = {KEY(U64, webhook_stats, webhook_id)};
static const struct field webhook_stats_values[] = {
    VALUE(1, U64, webhook_stats, pending),          VALUE(2, U64, webhook_stats, delivered),
    VALUE(3, U64, webhook_stats, exhausted),        VALUE(4, U64, webhook_stats, cancelled),
    VALUE(5, U64, webhook_stats, failing_since_ms), VALUE(6, U64, webhook_stats, failures),
    VALUE(7, U64, webhook_stats, last_attempt_ms),  VALUE(8, U64, webhook_stats, last_success_ms),
    VALUE(9, U64, webhook_stats, last_status),      VALUE(10, U64, webhook_stats, last_failure),
    VALUE(11, TEXT, webhook_stats, last_detail),    VALUE(12, U64, webhook_stats, failing_ms),
};
const struct record_kind KIND_WEBHOOK_STATS = KIND_OF_CLASS(RECORD_COUNTER, 17, webhook_stats);

static const struct field token_keys[] = {KEY(TEXT, token, hash)};
static const struct field token_values[] = {
    VALUE(1, U64, token, id),         VALUE(2, TEXT, token, name),
    VALUE(3, U64, token, scopes),     VALUE(4, U64, token, created_ms),
    VALUE(5, U64, token, expires_ms),
};
const struct record_kind KIND_TOKEN = KIND_OF_CLASS(RECORD_CONFIG, 18, token);

static const struct field session_keys[] = {KEY(TEXT, session, hash)};
static const struct field session_values[] = {
    VALUE(1, U64, session, token_id),         VALUE(2, U64, session, created_ms),
    VALUE(3, U64, session, seen_ms),          VALUE(4, U64, session, operator_id),
    VALUE(5, U64, session, password_version),
};
const struct record_kind KIND_SESSION = KIND(41, session);

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
const struct record_kind KIND_DELIVERY_BY = KIND_OF_KEYS(21, delivery_by);

static const struct field replay_keys[] = {KEY(U64, replay, id)};
static const struct field replay_values[] = {
    VALUE(1, U64, replay, webhook_id), VALUE(2, U64, replay, since_ms),
    VALUE(3, U64, replay, until_ms),   VALUE(4, U64, replay, statuses),
    VALUE(5, U64, replay, next_event), VALUE(6, U64, replay, last_event),
    VALUE(7, U64, replay, looked_at),  VALUE(8, U64, replay, queued),
    VALUE(9, U64, replay, created_ms), VALUE(10, U64, replay, finished_ms),
};
const struct record_kind KIND_REPLAY = KIND(22, replay);

static const struct field alias_keys[] = {
    KEY(TEXT, alias, code),
};
static const struct field alias_values[] = {
    VALUE(1, U64, alias, user_id),
    VALUE(2, U64, alias, campaign_id),
};
const struct record_kind KIND_ALIAS = KIND(23, alias);

static const struct field user_by_keys[] = {
    KEY(U64, user_by, by),
    KEY(U64, user_by, number),
    KEY(U64, user_by, user_id),
};
const struct record_kind KIND_USER_BY = KIND_OF_KEYS(24, user_by);

static const struct field day_keys[] = {
    KEY(U64, day, campaign_id),
    KEY(U64, day, date),
};
static const struct field day_values[] = {
    VALUE(1, U64, day, joins),
    VALUE(2, U64, day, referrals),
    VALUE(3, U64, day, qualified),
    VALUE(4, U64, day, unqualified),
    VALUE(5, U64, day, rewards_due),
    VALUE(6, U64, day, rewards_issued),
    VALUE(7, U64, day, rewards_cancelled),
};
const struct record_kind KIND_DAY = KIND_OF_CLASS(RECORD_COUNTER, 25, day);

static const struct field leaders_keys[] = {
    KEY(U64, leaders, campaign_id),
};
static const struct field leaders_values[] = {
    VALUE(1, TEXT, leaders, entries),
};
const struct record_kind KIND_LEADERS = KIND(26, leaders);

static const struct field erasure_keys[] = {
    KEY(U64, erasure, user_id),
};
static const struct field erasure_values[] = {
    VALUE(1, U64, erasure, last_event_id), VALUE(2, U64, erasure, phase),
    VALUE(3, U64, erasure, next),          VALUE(4, U64, erasure, created_ms),
    VALUE(5, U64, erasure, person_id),
};
const struct record_kind KIND_ERASURE = KIND(37, erasure);
