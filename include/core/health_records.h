/*
 * The record of a webhook's health. The owner of the webhook's lane writes it when it stores the
 * result of an attempt; no other command does.
 */
#ifndef CORE_HEALTH_RECORDS_H
#define CORE_HEALTH_RECORDS_H

#include "core/records.h"

/* Read it with webhook_read_health (core/webhook_health.h), which knows older records. */
struct webhook_health {
	uint64_t webhook_id; /* key */
	/* since when every attempt has failed; 0: the last attempt succeeded */
	uint64_t failing_since_ms;
	uint64_t failures;   /* in a row */
	uint64_t failing_ms; /* how long it has failed while referd was running */
	uint64_t last_attempt_ms, last_success_ms;
	uint64_t last_status, last_failure; /* of the last failure, as in struct delivery */
	struct text last_detail;
	/* `times_enabled` of the webhook at the last failure. If the webhook was enabled after it,
	 * the first three numbers count from zero. */
	uint64_t times_enabled;
};

#endif
