/*
 * Owns the record tables: which struct member is stored under which tag. Never changes a tag or a
 * number, because they are on people's disks: append instead (store/record.h has the recipe).
 * Called by all of core, through the kinds.
 */
#include "core/records.h"

#include "core/names.h"
#include "record_table.h"

static const struct field setting_keys[] = {KEY(TEXT, setting, name)};
static const struct field setting_values[] = {VALUE(1, BYTES, setting, value)};
const struct record_kind KIND_SETTING = KIND_OF_CLASS(RECORD_CONFIG, 1, setting, "settings");

static const struct field campaign_keys[] = {KEY(U64, campaign, id)};
static const struct field campaign_values[] = {
    VALUE(1, TEXT, campaign, name),
    VALUE(2, TEXT, campaign, lang),
    WORD(3, CAMPAIGN_STATUS_NAMES, campaign, status),
    VALUE(4, TIME, campaign, starts_ms),
    VALUE(5, TIME, campaign, ends_ms),
    VALUE(6, TIME, campaign, created_ms),
    WORD(7, EXISTING_NAMES, campaign, existing),
    VALUE(8, FLAG, campaign, test_mode),
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
const struct record_kind KIND_CAMPAIGN = KIND_OF_CLASS(RECORD_CONFIG, 2, campaign, "campaigns");

static const struct field campaign_stats_keys[] = {KEY(U64, campaign_stats, campaign_id)};
static const struct field campaign_stats_values[] = {
    VALUE(1, U64, campaign_stats, users),     VALUE(2, U64, campaign_stats, referrals),
    VALUE(3, U64, campaign_stats, qualified), VALUE(4, U64, campaign_stats, tests),
    VALUE(5, U64, campaign_stats, reach),
};
const struct record_kind KIND_CAMPAIGN_STATS =
    KIND_OF_CLASS(RECORD_COUNTER, 3, campaign_stats, "campaign_stats");

static const struct field user_keys[] = {KEY(U64, user, id)};
static const struct field user_values[] = {
    VALUE(1, ID, user, campaign_id),
    VALUE(2, ID, user, referrer_id),
    WORD(3, USER_TYPE_NAMES, user, type),
    WORD(4, SOURCE_NAMES, user, source),
    VALUE(5, TIME, user, joined_ms),
    VALUE(6, TIME, user, qualified_ms),
    VALUE(7, TEXT, user, first_name),
    VALUE(8, TEXT, user, email),
    VALUE(9, IP, user, ip),
    VALUE(10, PAIRS, user, meta),
    VALUE(11, TEXT, user, alias),
    VALUE(12, FLAG, user, test),
    VALUE(13, TIME, user, unsubscribed_ms),
    VALUE(14, U64, user, flags),
    WORD(15, REVIEW_NAMES, user, review),
    VALUE(16, ID, user, last_event_id),
    VALUE(17, BYTES, user, newest_order),
    VALUE(18, U64, user, form_number),
    VALUE(19, FLAG, user, alias_chosen),
    VALUE(20, PAIRS, user, former_codes),
};
const struct record_kind KIND_USER = KIND(4, user, "users");

static const struct field user_stats_keys[] = {KEY(U64, user_stats, user_id)};
static const struct field user_stats_values[] = {
    VALUE(1, U64, user_stats, referrals),  VALUE(2, U64, user_stats, qualified_referrals),
    VALUE(3, U64, user_stats, reach),      VALUE(4, TIME, user_stats, hour_ms),
    VALUE(5, U64, user_stats, hour_joins), VALUE(6, IDS, user_stats, newest),
};
const struct record_kind KIND_USER_STATS =
    KIND_OF_CLASS(RECORD_SERIAL, 5, user_stats, "user_stats");

static const struct field email_index_keys[] = {KEY(HASH, email_index, hash)};
static const struct field email_index_values[] = {VALUE(1, IDS, email_index, user_ids)};
const struct record_kind KIND_EMAIL_INDEX =
    KIND_OF_CLASS(RECORD_INDEX, 6, email_index, "email_index");

static const struct field idempotency_keys[] = {KEY(BYTES, idempotency, hash)};
static const struct field idempotency_values[] = {
    VALUE(1, BYTES, idempotency, request_hash), VALUE(2, TIME, idempotency, at_ms),
    VALUE(3, ID, idempotency, user_id),         VALUE(4, FLAG, idempotency, changed),
    VALUE(5, TIME, idempotency, qualified_ms),  VALUE(6, IDS, idempotency, rewards),
    VALUE(7, ID, idempotency, object_id),
};
const struct record_kind KIND_IDEMPOTENCY = KIND(7, idempotency, "idempotency_keys");

static const struct field idempotency_age_keys[] = {
    KEY(TIME, idempotency_age, at_ms),
    KEY(BYTES, idempotency_age, hash),
};
static const struct field idempotency_age_values[] = {VALUE(1, U64, idempotency_age, number)};
const struct record_kind KIND_IDEMPOTENCY_AGE =
    KIND_OF_CLASS(RECORD_QUEUE, 8, idempotency_age, "idempotency_ages");

static const struct field event_keys[] = {KEY(U64, event, id)};
static const struct field event_values[] = {
    WORD(1, EVENT_NAMES, event, type),
    VALUE(2, TIME, event, at_ms),
    VALUE(3, ID, event, campaign_id),
    VALUE(4, ID, event, user_id),
    VALUE(5, ID, event, referrer_id),
    WORD(6, USER_TYPE_NAMES, event, user_type),
    WORD(7, SOURCE_NAMES, event, source),
    VALUE(8, TIME, event, joined_ms),
    VALUE(9, TIME, event, qualified_ms),
    VALUE(10, ID, event, referrals),
    VALUE(11, ID, event, qualified_referrals),
    VALUE(12, TEXT, event, first_name),
    VALUE(13, TEXT, event, email),
    VALUE(14, IP, event, ip),
    VALUE(15, TEXT, event, referrer_first_name),
    VALUE(16, TEXT, event, referrer_email),
    VALUE(17, TEXT, event, public_url),
    VALUE(18, PAIRS, event, meta),
    VALUE(19, FLAG, event, test),
    VALUE(20, ID, event, about_webhook_id),
    VALUE(21, TEXT, event, about_name),
    VALUE(22, TEXT, event, reason),
    VALUE(23, TIME, event, since_ms),
    VALUE(24, ID, event, pending),
    VALUE(25, TEXT, event, alias),
    VALUE(26, TEXT, event, referrer_alias),
    VALUE(27, ID, event, previous_id),
    VALUE(28, ID, event, rule_id),
    VALUE(29, ID, event, reward_id),
    WORD(30, METRIC_NAMES, event, reward_metric),
    VALUE(31, ID, event, reward_amount),
    WORD(32, RECIPIENT_NAMES, event, recipient),
    VALUE(33, TEXT, event, reward_name),
    VALUE(34, TEXT, event, reward_currency),
    VALUE(35, TEXT, event, reward_coupon),
    VALUE(36, FLAG, event, reward_clawback),
    VALUE(37, FLAG, event, erased),
    VALUE(38, DAY, event, joined_day),
    VALUE(39, DAY, event, qualified_day),
    VALUE(40, ID, event, reward_clawback_amount),
    VALUE(41, U64, event, flags),
    WORD(42, REVIEW_NAMES, event, review),
};
const struct record_kind KIND_EVENT = KIND(9, event, "events");

static const struct field webhook_keys[] = {KEY(U64, webhook, id)};
static const struct field webhook_values[] = {
    VALUE(1, TEXT, webhook, name),
    VALUE(2, ID, webhook, campaign_id),
    VALUE(3, U64, webhook, events),
    VALUE(4, U64, webhook, types),
    VALUE(5, U64, webhook, sources),
    VALUE(6, TEXT, webhook, url),
    WORD(7, METHOD_NAMES, webhook, method),
    WORD(8, FORMAT_NAMES, webhook, format),
    WORD(9, ORDER_NAMES, webhook, order),
    VALUE(10, PAIRS, webhook, fields),
    VALUE(11, PAIRS, webhook, hidden),
    VALUE(12, PAIRS, webhook, plain_headers),
    VALUE(13, U64, webhook, revision),
    VALUE(14, TIME, webhook, created_ms),
    VALUE(15, TIME, webhook, updated_ms),
    VALUE(16, TIME, webhook, disabled_ms),
    VALUE(17, TEXT, webhook, disabled_reason),
    VALUE(18, BYTES, webhook, secret),
    VALUE(19, U64, webhook, connect_ms),
    VALUE(20, U64, webhook, total_ms),
    VALUE(21, BYTES, webhook, old_secret),
    VALUE(22, TIME, webhook, old_secret_until_ms),
    VALUE(23, U64, webhook, concurrency),
    VALUE(24, U64, webhook, rate),
    VALUE(25, U64, webhook, disable_after_ms),
    VALUE(26, IDS, webhook, schedule),
    VALUE(27, ID, webhook, rule_id),
    VALUE(28, IDS, webhook, success_statuses),
    VALUE(29, U64, webhook, fields_are),
    VALUE(30, SEALED, webhook, headers),
    VALUE(31, TEXT, webhook, origin),
    VALUE(32, U64, webhook, disabled_by),
    VALUE(33, ID, webhook, disabled_actor),
    VALUE(34, U64, webhook, times_enabled),
};
const struct record_kind KIND_WEBHOOK = KIND_OF_CLASS(RECORD_CONFIG, 10, webhook, "webhooks");

static const struct field webhook_revision_keys[] = {
    KEY(U64, webhook_revision, webhook_id),
    KEY(U64, webhook_revision, revision),
};
static const struct field webhook_revision_values[] = {
    WORD(1, METHOD_NAMES, webhook_revision, method),
    WORD(2, FORMAT_NAMES, webhook_revision, format),
    VALUE(3, PAIRS, webhook_revision, fields),
    VALUE(4, PAIRS, webhook_revision, hidden),
    VALUE(5, FLAG, webhook_revision, arrays),
};
const struct record_kind KIND_WEBHOOK_REVISION =
    KIND_OF_CLASS(RECORD_CONFIG, 11, webhook_revision, "webhook_revisions");

static const struct field webhook_set_keys[] = {KEY(U64, webhook_set, campaign_id)};
static const struct field webhook_set_values[] = {VALUE(1, IDS, webhook_set, webhook_ids)};
const struct record_kind KIND_WEBHOOK_SET =
    KIND_OF_CLASS(RECORD_CONFIG, 12, webhook_set, "webhook_sets");

static const struct field delivery_keys[] = {KEY(U64, delivery, id)};
static const struct field delivery_values[] = {
    VALUE(1, ID, delivery, event_id),
    VALUE(2, ID, delivery, webhook_id),
    VALUE(3, U64, delivery, revision),
    VALUE(4, ID, delivery, user_id),
    WORD(5, DELIVERY_STATUS_NAMES, delivery, status),
    VALUE(6, U64, delivery, attempts),
    VALUE(7, TIME, delivery, created_ms),
    VALUE(8, TIME, delivery, due_ms),
    VALUE(9, TIME, delivery, finished_ms),
    VALUE(10, ID, delivery, next_id),
    VALUE(11, FLAG, delivery, waiting),
    VALUE(12, ID, delivery, last_status),
    WORD(13, FAILURE_NAMES, delivery, last_failure),
    WORD(14, EVENT_NAMES, delivery, event_type),
    VALUE(15, FLAG, delivery, chained),
    VALUE(16, ID, delivery, chain_user_id),
    VALUE(17, U64, delivery, round_start),
    VALUE(18, FLAG, delivery, test),
    VALUE(19, U64, delivery, refusals),
    VALUE(20, TEXT, delivery, reason),
    VALUE(21, FLAG, delivery, derived),
};
const struct record_kind KIND_DELIVERY = KIND(13, delivery, "deliveries");

static const struct field due_keys[] = {
    KEY(U64, due, webhook_id),
    KEY(TIME, due, due_ms),
    KEY(U64, due, delivery_id),
};
const struct record_kind KIND_DUE = KIND_OF_KEYS(RECORD_QUEUE, 14, due, "due_deliveries");

static const struct field chain_keys[] = {
    KEY(U64, chain, webhook_id),
    KEY(U64, chain, user_id),
};
static const struct field chain_values[] = {VALUE(1, ID, chain, last_id)};
const struct record_kind KIND_CHAIN = KIND_OF_CLASS(RECORD_SERIAL, 15, chain, "chains");

static const struct field attempt_keys[] = {
    KEY(U64, attempt, delivery_id),
    KEY(U64, attempt, number),
};
static const struct field attempt_values[] = {
    VALUE(1, TIME, attempt, at_ms),           VALUE(2, ID, attempt, status),
    WORD(3, FAILURE_NAMES, attempt, failure), VALUE(4, U64, attempt, dns_us),
    VALUE(5, U64, attempt, connect_us),       VALUE(6, U64, attempt, tls_us),
    VALUE(7, U64, attempt, first_byte_us),    VALUE(8, U64, attempt, total_us),
    VALUE(9, FLAG, attempt, reused),          VALUE(10, TEXT, attempt, detail),
    VALUE(11, BYTES, attempt, answer),        VALUE(12, FLAG, attempt, accepted),
    VALUE(13, FLAG, attempt, secret),
};
const struct record_kind KIND_ATTEMPT = KIND(16, attempt, "attempts");

static const struct field webhook_stats_keys[] = {KEY(U64, webhook_stats, webhook_id)};
static const struct field webhook_stats_values[] = {
    VALUE(1, U64, webhook_stats, pending),          VALUE(2, U64, webhook_stats, delivered),
    VALUE(3, U64, webhook_stats, exhausted),        VALUE(4, U64, webhook_stats, cancelled),
    VALUE(5, U64, webhook_stats, failing_since_ms), VALUE(6, U64, webhook_stats, failures),
    VALUE(7, U64, webhook_stats, last_attempt_ms),  VALUE(8, U64, webhook_stats, last_success_ms),
    VALUE(9, U64, webhook_stats, last_status),      VALUE(10, U64, webhook_stats, last_failure),
    VALUE(11, TEXT, webhook_stats, last_detail),    VALUE(12, U64, webhook_stats, failing_ms),
};
const struct record_kind KIND_WEBHOOK_STATS =
    KIND_OF_CLASS(RECORD_COUNTER, 17, webhook_stats, "webhook_stats");

static const struct field token_keys[] = {KEY(BYTES, token, hash)};
static const struct field token_values[] = {
    VALUE(1, ID, token, id),           VALUE(2, TEXT, token, name),
    VALUE(3, U64, token, scopes),      VALUE(4, TIME, token, created_ms),
    VALUE(5, TIME, token, expires_ms),
};
const struct record_kind KIND_TOKEN = KIND_OF_CLASS(RECORD_CONFIG, 18, token, "tokens");

static const struct field session_keys[] = {KEY(BYTES, session, hash)};
static const struct field session_values[] = {
    VALUE(1, ID, session, token_id),          VALUE(2, TIME, session, created_ms),
    VALUE(3, TIME, session, seen_ms),         VALUE(4, ID, session, operator_id),
    VALUE(5, U64, session, password_version),
};
/* Each session is written once a minute, so sessions are not configuration. Commands that begin or
 * end a session announce it to the other nodes. */
const struct record_kind KIND_SESSION = KIND(41, session, "sessions");

static const struct field event_delivery_keys[] = {
    KEY(U64, event_delivery, event_id),
    KEY(U64, event_delivery, webhook_id),
};
static const struct field event_delivery_values[] = {VALUE(1, ID, event_delivery, delivery_id)};
const struct record_kind KIND_EVENT_DELIVERY =
    KIND_OF_CLASS(RECORD_INDEX, 20, event_delivery, "event_deliveries");

static const struct field delivery_by_keys[] = {
    KEY(U64, delivery_by, by),
    KEY(U64, delivery_by, number),
    KEY(U64, delivery_by, delivery_id),
};
const struct record_kind KIND_DELIVERY_BY =
    KIND_OF_KEYS(RECORD_INDEX, 21, delivery_by, "delivery_index");

static const struct field replay_keys[] = {KEY(U64, replay, id)};
static const struct field replay_values[] = {
    VALUE(1, ID, replay, webhook_id),   VALUE(2, TIME, replay, since_ms),
    VALUE(3, TIME, replay, until_ms),   VALUE(4, U64, replay, statuses),
    VALUE(5, ID, replay, next_event),   VALUE(6, ID, replay, last_event),
    VALUE(7, U64, replay, looked_at),   VALUE(8, U64, replay, queued),
    VALUE(9, TIME, replay, created_ms), VALUE(10, TIME, replay, finished_ms),
};
const struct record_kind KIND_REPLAY = KIND(22, replay, "replays");

static const struct field alias_keys[] = {
    KEY(TEXT, alias, code),
};
static const struct field alias_values[] = {
    VALUE(1, ID, alias, user_id),
    VALUE(2, ID, alias, campaign_id),
};
const struct record_kind KIND_ALIAS = KIND(23, alias, "aliases");

static const struct field user_by_keys[] = {
    KEY(U64, user_by, by),
    KEY(U64, user_by, number),
    KEY(U64, user_by, user_id),
};
const struct record_kind KIND_USER_BY = KIND_OF_KEYS(RECORD_INDEX, 24, user_by, "user_index");

static const struct field day_keys[] = {
    KEY(U64, day, campaign_id),
    KEY(DAY, day, date),
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
const struct record_kind KIND_DAY = KIND_OF_CLASS(RECORD_COUNTER, 25, day, "days");

static const struct field leaders_keys[] = {
    KEY(U64, leaders, campaign_id),
};
static const struct field leaders_values[] = {
    VALUE(1, IDS, leaders, entries),
};
const struct record_kind KIND_LEADERS = KIND(26, leaders, "leaders");

static const struct field erasure_keys[] = {
    KEY(U64, erasure, user_id),
};
static const struct field erasure_values[] = {
    VALUE(1, ID, erasure, last_event_id), VALUE(2, U64, erasure, phase),
    VALUE(3, ID, erasure, next),          VALUE(4, TIME, erasure, created_ms),
    VALUE(5, ID, erasure, person_id),
};
const struct record_kind KIND_ERASURE = KIND_OF_CLASS(RECORD_SERIAL, 37, erasure, "erasures");
