/*
 * Owns the check of due times at the start and after a jump of the wall clock, and the latest time
 * that a schedule can ask for. Never moves a row itself (delivery_late.c in core). Called by
 * lane.c.
 */
#include "base/log.h"
#include "scheduler_parts.h"

/* The longest wait that Retry-After may ask for. */
static const uint64_t DAY_MS = 86400000;

static uint64_t limit_ms(const struct lane *l)
{
	const struct policy_schedule *schedule = &l->target.rules.schedule;
	uint64_t longest_s = 0;
	for (size_t i = 0; i < schedule->n; i++)
		if (schedule->seconds[i] > longest_s)
			longest_s = schedule->seconds[i];
	return scheduler_now_ms(l->scheduler) + longest_s * 1000 + DAY_MS;
}

static struct lane_late *late_of(struct command *command)
{
	return (struct lane_late *)(void *)command;
}

static void end(struct lane_late *late, enum err err)
{
	late->busy = false;
	if (err == ERR_OK)
		lane_poke(late->lane);
	else if (!lane_lost(late->lane, &late->slice.lane, err))
		lane_pause(late->lane);
}

static void on_moved(struct command *command, enum err err)
{
	struct lane_late *late = late_of(command);
	if (err == ERR_OK)
		log_info("delivery.late_moved", LOG_U64("webhook_id", late->lane->webhook_id),
			 LOG_U64("deliveries", late->slice.n));
	end(late, err);
}

static void on_found(struct command *command, enum err err)
{
	struct lane_late *late = late_of(command);
	late->wanted = err != ERR_OK || late->slice.n > 0; /* until a query finds no row */
	if (err != ERR_OK || late->slice.n == 0) {
		end(late, err);
		return;
	}
	late->slice.command =
	    (struct command){.decide = delivery_move_late_decide, .done = on_moved};
	err = store_submit(late->lane->scheduler->config.store, &late->slice.command);
	if (err != ERR_OK)
		end(late, err);
}

void lane_judge_late(struct lane *l)
{
	struct lane_late *late = &l->late;
	if (!late->wanted || late->busy || !l->configured || l->scheduler->draining)
		return;
	scheduler_spend(l->scheduler, 1);
	late->slice.command =
	    (struct command){.decide = delivery_find_late_decide, .done = on_found};
	late->slice.webhook_id = l->webhook_id;
	late->slice.lane = l->claim.fence;
	late->slice.limit_ms = limit_ms(l);
	late->busy = store_query(l->scheduler->config.store, &late->slice.command) == ERR_OK;
	if (!late->busy)
		lane_pause(l);
}
