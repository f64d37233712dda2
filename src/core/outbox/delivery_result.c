/*
 * Owns the effects of an attempt: its log, the verdict, the webhook's health, the disable rule, the
 * operator events. Never decides when to retry (an argument). Called by the delivery room.
 */
#include "core/delivery.h"

#include "core/audit.h"
#include "core/webhook.h"
#include "core/webhook_health.h"
#include "event.h"

static enum err fire(struct tx *tx, const struct delivery_record_attempt *cmd,
		     const struct delivery *d, enum event_type type, struct text reason)
{
	struct webhook webhook = {.id = d->webhook_id};
	struct webhook_stats stats = {.webhook_id = d->webhook_id};
	struct webhook_health health;
	/* The delivery of an operator event never causes another operator event. */
	if (event_is_operator(d->event_type))
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err == ERR_OK)
		err = tx_get(tx, &KIND_WEBHOOK_STATS, &stats);
	if (err == ERR_OK)
		err = webhook_read_health(tx, &webhook, &health);
	if (err != ERR_OK)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	struct event event = {
	    .type = type,
	    .at_ms = cmd->now_ms,
	    .campaign_id = webhook.campaign_id,
	    .about_webhook_id = webhook.id,
	    .about_name = webhook.name,
	    .reason = reason,
	    .since_ms = health.failing_since_ms,
	    .pending = stats.pending,
	};
	return event_emit(tx, &event);
}

static enum err disable(struct tx *tx, struct delivery_record_attempt *cmd,
			const struct delivery *d, struct webhook *webhook,
			enum webhook_disabled_by by, struct text reason)
{
	const struct audit_note note = {
	    .action = AUDIT_WEBHOOK_DISABLE,
	    .actor = {.kind = ACTOR_REFERD},
	    .now_ms = cmd->now_ms,
	};
	cmd->disabled = reason;
	webhook->disabled_by = by;
	webhook->disabled_actor = actor_number(note.actor);
	webhook->disabled_ms = cmd->now_ms;
	webhook->disabled_reason = reason;
	tx_put(tx, &KIND_WEBHOOK, webhook);
	audit_write(tx, &note, webhook->id, 0);
	return fire(tx, cmd, d, EVENT_WEBHOOK_DISABLED, reason);
}

static uint64_t disable_after_ms(const struct webhook *webhook)
{
	const uint64_t day_ms = (uint64_t)24 * 3600 * 1000;
	return webhook->disable_after_ms != 0 ? webhook->disable_after_ms
					      : WEBHOOK_DISABLE_AFTER_DAYS * day_ms;
}

/* Disables a webhook that has only failed for too long, or that answered 410. Its deliveries are
 * kept until it is enabled again. */
static enum err apply_disable_rule(struct tx *tx, struct delivery_record_attempt *cmd,
				   const struct delivery *d, const struct webhook_health *health)
{
	struct webhook webhook = {.id = d->webhook_id};
	if (cmd->verdict == VERDICT_DELIVERED || cmd->refused)
		return ERR_OK;
	enum err err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK || webhook.disabled_ms != 0)
		return err == ERR_NOT_FOUND ? ERR_OK : err;
	if (cmd->verdict == VERDICT_GONE)
		return disable(tx, cmd, d, &webhook, DISABLED_BY_GONE,
			       TEXT("the receiver answered 410 Gone"));
	/* The rule uses watched time instead of the difference of two times, because the wall clock
	 * may have been set in between. */
	if (health->failing_ms < disable_after_ms(&webhook))
		return ERR_OK;
	return disable(tx, cmd, d, &webhook, DISABLED_BY_FAILING,
		       TEXT("every attempt failed for the time that disable_after allows"));
}

/* 0.1 recorded no watched time. For its records, the time between the first and the last failure
 * counts. */
static void count_failing(struct webhook_health *health, const struct delivery_record_attempt *cmd)
{
	if (cmd->verdict == VERDICT_DELIVERED || cmd->refused || health->failures == 0)
		health->failing_ms = 0;
	else if (health->failing_ms == 0 && health->failures > 1 &&
		 health->last_attempt_ms > health->failing_since_ms)
		health->failing_ms =
		    health->last_attempt_ms - health->failing_since_ms + cmd->failing_ms;
	else
		health->failing_ms += cmd->failing_ms;
}

static enum err record_health(struct tx *tx, struct delivery_record_attempt *cmd,
			      const struct delivery *d, struct webhook_health *health)
{
	const struct attempt *a = &cmd->attempt;
	struct webhook webhook = {.id = d->webhook_id};
	bool failed = cmd->verdict != VERDICT_DELIVERED && !cmd->refused;
	enum err err = webhook_read_stored_health(tx, d->webhook_id, health);
	/* Other results end the row of failures, so they need not know when it began. */
	if (err == ERR_OK && failed)
		err = tx_get(tx, &KIND_WEBHOOK, &webhook);
	if (err != ERR_OK && err != ERR_NOT_FOUND)
		return err;
	if (failed) {
		webhook_health_since_enabled(health, &webhook);
		health->times_enabled = webhook.times_enabled;
	}
	cmd->first =
	    cmd->verdict != VERDICT_DELIVERED &&
	    (health->last_attempt_ms == 0 || health->last_attempt_ms == health->last_success_ms);
	count_failing(health, cmd);
	health->last_attempt_ms = cmd->now_ms;
	if (cmd->verdict == VERDICT_DELIVERED)
		health->last_success_ms = cmd->now_ms;
	if (!failed) {
		health->failing_since_ms = health->failures = 0; /* the endpoint works */
	} else {
		health->failures++;
		if (health->failing_since_ms == 0)
			health->failing_since_ms = cmd->now_ms;
	}
	if (cmd->verdict != VERDICT_DELIVERED) {
		health->last_status = a->status;
		health->last_failure = a->failure;
		health->last_detail = a->detail;
	}
	tx_put(tx, &KIND_WEBHOOK_HEALTH, health);
	return ERR_OK;
}

static struct text exhausted_reason(struct tx *tx, const struct delivery_record_attempt *cmd)
{
	const struct attempt *a = &cmd->attempt;
	struct buf reason = {0};
	if (a->status == 0 && cmd->advice == NULL)
		return a->detail;
	if (a->status == 0) {
		buf_text(&reason, a->detail);
		buf_str(&reason, ": ");
		buf_str(&reason, cmd->advice);
	} else {
		buf_str(&reason, cmd->refused ? "the receiver refused the message with status "
					      : "the receiver answered with status ");
		buf_u64(&reason, a->status);
	}
	struct text kept;
	(void)!buf_keep(&reason, tx_arena(tx), &kept); /* out of memory: without a reason */
	return kept;
}

static enum err apply_verdict(struct tx *tx, const struct delivery_record_attempt *cmd,
			      struct delivery *d)
{
	enum err err;
	switch (cmd->verdict) {
	case VERDICT_DELIVERED:
		return delivery_finish(tx, d, DELIVERY_DELIVERED, cmd->now_ms);
	case VERDICT_EXHAUSTED:
		d->reason = exhausted_reason(tx, cmd);
		err = delivery_finish(tx, d, DELIVERY_EXHAUSTED, cmd->now_ms);
		if (err != ERR_OK)
			return err;
		return fire(tx, cmd, d, EVENT_DELIVERY_EXHAUSTED, d->reason);
	case VERDICT_RETRY:
	case VERDICT_GONE:
		break;
	}
	const struct due due = {d->webhook_id, cmd->retry_ms, d->id};
	d->due_ms = cmd->retry_ms;
	tx_put(tx, &KIND_DELIVERY, d);
	tx_put(tx, &KIND_DUE, &due);
	return ERR_OK;
}

/* If the user was erased during the attempt, the response may contain personal data. */
static enum err forget_erased(struct tx *tx, struct delivery_record_attempt *cmd,
			      const struct delivery *d)
{
	struct event event = {.id = d->event_id};
	enum err err = tx_get(tx, &KIND_EVENT, &event);
	if (err == ERR_NOT_FOUND || event.erased)
		cmd->attempt.answer = cmd->attempt.detail = (struct text){0};
	return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err delivery_record_attempt_decide(struct command *command, struct tx *tx)
{
	struct delivery_record_attempt *cmd = (struct delivery_record_attempt *)command;
	struct delivery d = {.id = cmd->attempt.delivery_id};
	struct webhook_health health;
	enum err err = lease_check(tx, &cmd->lane);
	if (err == ERR_OK)
		err = tx_get(tx, &KIND_DELIVERY, &d);
	if (err != ERR_OK)
		return err;
	cmd->disabled = (struct text){0};
	const struct due claimed = {d.webhook_id, cmd->claimed_due_ms, d.id};
	const struct due hastened = {d.webhook_id, d.due_ms,
				     d.id}; /* a resend during the attempt made this row */
	d.attempts++;
	d.refusals += cmd->refused;
	d.last_status = cmd->attempt.status;
	d.last_failure = cmd->attempt.failure;
	cmd->attempt.number = d.attempts;
	if (d.event_type == EVENT_USER_ERASED)
		cmd->attempt.answer = (struct text){0}; /* the receiver may still know the person */
	if (d.status != DELIVERY_PENDING && (err = forget_erased(tx, cmd, &d)) != ERR_OK)
		return err;
	tx_put(tx, &KIND_ATTEMPT, &cmd->attempt);
	tx_delete(tx, &KIND_DUE, &claimed);
	if (d.due_ms != cmd->claimed_due_ms)
		tx_delete(tx, &KIND_DUE, &hastened);
	if ((err = record_health(tx, cmd, &d, &health)) != ERR_OK)
		return err;
	if (d.status != DELIVERY_PENDING) {
		tx_put(tx, &KIND_DELIVERY, &d);
		cmd->delivery = d;
		return ERR_OK;
	}
	err = apply_verdict(tx, cmd, &d);
	cmd->delivery = d;
	return err != ERR_OK ? err : apply_disable_rule(tx, cmd, &d, &health);
}
